import { UserPlus, Users } from 'lucide-react'
import { Link } from 'wouter'
import type { Member } from '../../../protocol/organization.ts'
import { Avatar } from '../platform/avatar.tsx'
import { Badge } from '../platform/badge.tsx'
import { Button } from '../platform/button.tsx'
import { EmptyState } from '../platform/empty-state.tsx'
import { More } from '../platform/pages.tsx'
import { SearchField } from '../platform/search-field.tsx'
import { useText } from '../platform/texts.tsx'

type MemberListProps = {
  members: readonly Member[]
  total: number
  search: string
  onSearch: (search: string) => void
  selected?: string | undefined
  hrefOf: (member: Member) => string
  managerName: (member: Member) => string | undefined
  more: (() => void) | undefined
  isLoadingMore: boolean
  onInviteAll?: { count: number; run: () => void; working: boolean } | undefined
}

export function MemberList(props: MemberListProps) {
  const { members, total, search, onInviteAll } = props
  const text = useText()
  return (
    <>
      <div className="members-head">
        <SearchField label={text('members.search')} words={search} onSearch={props.onSearch} grow />
        {onInviteAll && onInviteAll.count > 0 && (
          <Button icon={UserPlus} working={onInviteAll.working} onClick={onInviteAll.run}>
            {text('members.inviteAll', { count: onInviteAll.count })}
          </Button>
        )}
      </div>
      <div className="scroll members">
        {members.length === 0 ? (
          <EmptyState icon={Users} title={text('members.none')} body={text('members.noneBody', { words: search })} />
        ) : (
          <ul>
            {members.map((member) => (
              <MemberLine key={member.personId} member={member} {...props} />
            ))}
          </ul>
        )}
        <More
          label={text('members.more', { count: total - members.length })}
          more={props.more}
          isLoading={props.isLoadingMore}
        />
      </div>
    </>
  )
}

function MemberLine({ member, selected, hrefOf, managerName }: MemberListProps & { member: Member }) {
  const text = useText()
  const manager = managerName(member)
  return (
    <li>
      <Link className="member" href={hrefOf(member)} aria-current={member.personId === selected ? 'true' : undefined}>
        <Avatar id={member.personId} name={member.name} />
        <span className="col grow">
          <span className="row">
            <span className="cut" title={member.name} dir="auto">
              {member.name}
            </span>
            {member.role !== 'member' && <Badge>{text(`role.badge.${member.role}`)}</Badge>}
            {member.isAgent && <Badge meaning="accent">{text('role.badge.agent')}</Badge>}
            {member.state === 'invited' && <Badge meaning="warn">{text('member.invited')}</Badge>}
            {member.state === 'deactivated' && <Badge meaning="bad">{text('member.deactivated')}</Badge>}
          </span>
          <span className="dim t12 cut" title={member.title} dir="auto">
            {member.title}
          </span>
        </span>
        <span className="member-more t13 muted cut" title={manager}>
          {manager ? text('member.reportsTo', { name: manager }) : ''}
        </span>
        <span className="member-more t13 muted cut" title={member.place} dir="auto">
          {member.place}
        </span>
      </Link>
    </li>
  )
}
