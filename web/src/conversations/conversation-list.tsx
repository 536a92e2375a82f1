import { Megaphone, MessagesSquare, Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { Avatar } from '../platform/avatar.tsx'
import { Count } from '../platform/badge.tsx'
import { classes } from '../platform/classes.ts'
import { IconButton } from '../platform/icon-button.tsx'
import { useText } from '../platform/texts.tsx'
import type { ConversationRow } from './view.ts'

type ListProps = {
  conversations: readonly ConversationRow[]
  /** Opens the dialogue for a new conversation of this kind. */
  /** Absent where one begins none. */
  onNew?: ((kind: ConversationRow['kind']) => void) | undefined
}

const sections = [
  { kind: 'group', title: 'list.groups', add: 'list.newGroup' },
  { kind: 'broadcast', title: 'list.broadcasts', add: 'list.newBroadcast' },
  { kind: 'direct', title: 'list.direct', add: 'list.newDirect' },
] as const

/** The sidebar of wide screens: one line for each conversation, by kind. */
export function ConversationList({ conversations, onNew }: ListProps) {
  const text = useText()
  return (
    <div className="scroll list">
      {sections.map(({ kind, title, add }) => (
        <section key={kind}>
          <h2 className="sect">
            {text(title)}
            {onNew && <IconButton icon={Plus} label={text(add)} onClick={() => onNew(kind)} />}
          </h2>
          <ul>
            {conversations
              .filter((conversation) => conversation.kind === kind)
              .map((conversation) => (
                <li key={conversation.id}>
                  <ListRow {...conversation} />
                </li>
              ))}
          </ul>
        </section>
      ))}
    </div>
  )
}

function ListRow(row: ConversationRow) {
  const text = useText()
  return (
    <Link
      href={row.href}
      className={classes('navrow', row.unread > 0 && 'unread')}
      aria-current={row.isCurrent ? 'page' : undefined}
    >
      {conversationPicture(row)}
      <span className="grow cut" title={row.name} dir="auto">
        {row.name}
        {row.person?.presence && <span className="sr">, {text('presence.online')}</span>}
      </span>
      {row.draft && <span className="dim t12">{text('list.draft')}</span>}
      {row.unread > 0 ? (
        <Count count={row.unread} label={text('list.unreadCount', { count: row.unread })} />
      ) : (
        row.listeners !== undefined && (
          <span className="dim num t12" title={text('list.listenersHint', { count: row.listeners })}>
            {row.listeners}
          </span>
        )
      )}
    </Link>
  )
}

export function conversationPicture({ kind, person }: Pick<ConversationRow, 'kind' | 'person'>): ReactNode {
  if (person) return <Avatar {...person} />
  return kind === 'broadcast' ? <Megaphone className="i s" /> : <MessagesSquare className="i s" />
}
