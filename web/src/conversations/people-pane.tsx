import { MessageCircle, UserMinus, UserPlus, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Avatar } from '../platform/avatar.tsx'
import { Badge } from '../platform/badge.tsx'
import { IconButton } from '../platform/icon-button.tsx'
import { More } from '../platform/pages.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useText } from '../platform/texts.tsx'
import type { MemberRow } from './view.ts'

type PeoplePaneProps = {
  title: string
  about: string
  members: readonly MemberRow[]
  isLoading: boolean
  more?: (() => void) | undefined
  isLoadingMore?: boolean
  onClose: () => void
  onMessage?: ((member: MemberRow) => void) | undefined
  onAdd?: (() => void) | undefined
  onRemove?: ((member: MemberRow) => void) | undefined
  /** Above the people: read counts of a message, or what the conversation is. */
  children?: ReactNode
  footer?: ReactNode
}

/** Who is in a conversation, or who received a message. */
export function PeoplePane(props: PeoplePaneProps) {
  const text = useText()
  return (
    <>
      <div className="bar">
        <h1 className="pane-title grow cut" title={props.title}>
          {props.title}
        </h1>
        {props.onAdd && <IconButton icon={UserPlus} label={text('people.add')} onClick={props.onAdd} />}
        <IconButton icon={X} label={text('action.close')} shortcut="escape" onClick={props.onClose} />
      </div>
      <div className="scroll">
        <div className="block muted t13">
          {props.about}
          {props.children}
        </div>
        {props.isLoading && <SkeletonList rows={6} />}
        <ul className="people">
          {props.members.map((member) => (
            <li key={member.id} className="person">
              <Avatar {...member} />
              <span className="grow col">
                <span className="row g1">
                  <span className="cut" title={member.name} dir="auto">
                    {member.name}
                  </span>
                  {member.isOwner && <Badge>{text('people.owner')}</Badge>}
                  {member.isExternal && <Badge meaning="external">{text('external.badge')}</Badge>}
                </span>
                <span className="dim t12 cut" title={member.title}>
                  {member.presence && <span className="ok">{text('presence.online')} · </span>}
                  {member.through ? text('people.through', { group: member.through }) : member.title}
                </span>
              </span>
              <PersonTools member={member} {...props} />
            </li>
          ))}
        </ul>
        <More label={text('people.more')} more={props.more} isLoading={props.isLoadingMore === true} />
      </div>
      {props.footer && <div className="pane-foot">{props.footer}</div>}
    </>
  )
}

function PersonTools({ member, onMessage, onRemove }: PeoplePaneProps & { member: MemberRow }) {
  const text = useText()
  return (
    <span className="row g1 person-tools">
      {onMessage && !member.isMe && (
        <IconButton
          icon={MessageCircle}
          label={text('people.message', { name: member.name })}
          onClick={() => onMessage(member)}
        />
      )}
      {onRemove && !member.isOwner && !member.through && (
        <IconButton
          icon={UserMinus}
          label={text('people.remove', { name: member.name })}
          onClick={() => onRemove(member)}
        />
      )}
    </span>
  )
}
