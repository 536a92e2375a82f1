import { MessageCircle, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { Member } from '../../../protocol/organization.ts'
import { Avatar } from '../platform/avatar.tsx'
import { Button } from '../platform/button.tsx'
import { IconButton } from '../platform/icon-button.tsx'
import { useText } from '../platform/texts.tsx'

type Named = { id: string; name: string; href: string }
type PersonPaneProps = {
  member: Member
  isMe: boolean
  isOnline: boolean
  manager?: Named | undefined
  reports: readonly Named[]
  /** Which groups the person and the reports make. */
  teamText: string
  onClose: () => void
  onMessage: () => void
  /** What an administrator may do, as buttons. */
  administration?: ReactNode
}

export function PersonPane({
  member,
  isMe,
  isOnline,
  manager,
  reports,
  teamText,
  onClose,
  onMessage,
  administration,
}: PersonPaneProps) {
  const text = useText()
  return (
    <>
      <div className="bar">
        <h1 className="pane-title grow cut" title={member.name}>
          {member.name}
        </h1>
        <IconButton icon={X} label={text('action.close')} shortcut="escape" onClick={onClose} />
      </div>
      <div className="scroll">
        <div className="block row g4">
          <Avatar id={member.personId} name={member.name} size="xl" presence={isOnline ? 'online' : undefined} />
          <span className="col">
            <span className="strong t16" dir="auto">
              {member.name}
            </span>
            <span className="muted t13" dir="auto">
              {member.title}
            </span>
            {isOnline && <span className="presence t12">{text('presence.online')}</span>}
          </span>
        </div>
        <dl className="block facts">
          <Fact label={text('member.address')}>{member.address}</Fact>
          <Fact label={text('member.phone')}>{member.phone}</Fact>
          <Fact label={text('member.place')}>{member.place}</Fact>
          <Fact label={text('member.manager')}>{manager && <Link href={manager.href}>{manager.name}</Link>}</Fact>
          <Fact label={text('role.title')}>
            {rolesOf(member)
              .map((role) => text(`role.${role}`))
              .join(', ')}
          </Fact>
          <Fact label={text('member.state')}>{text(`member.state.${member.state}`)}</Fact>
        </dl>
        {reports.length > 0 && (
          <section className="block">
            <h2>{text('member.reports', { count: reports.length })}</h2>
            <p className="t12 muted">{text('member.makes', { team: teamText })}</p>
            <ul>
              {reports.map((report) => (
                <li key={report.id}>
                  <Link className="person" href={report.href}>
                    <Avatar {...report} size="sm" />
                    <span className="cut">{report.name}</span>
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        )}
        {administration && <section className="block administration">{administration}</section>}
      </div>
      {!isMe && member.state !== 'deactivated' && (
        <div className="pane-foot">
          <Button look="primary" icon={MessageCircle} onClick={onMessage}>
            {text('people.message', { name: member.name })}
          </Button>
        </div>
      )}
    </>
  )
}

/** A manager is who has reports, an agent who serves customers, whatever else they are. */
const rolesOf = ({ role, isManager, isAgent }: Member) => [
  role,
  ...(isManager ? ['manager' as const] : []),
  ...(isAgent ? ['agent' as const] : []),
]

function Fact({ label, children }: { label: string; children: ReactNode }) {
  if (!children) return null
  return (
    <div>
      <dt>{label}</dt>
      <dd dir="auto">{children}</dd>
    </div>
  )
}
