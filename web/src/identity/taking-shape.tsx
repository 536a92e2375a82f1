import { Lock, Megaphone, MessagesSquare, Network, Users } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import { Skeleton } from '../platform/skeleton.tsx'
import { useText } from '../platform/texts.tsx'

export type ShapingGroup = { name: string; kind: 'group' | 'broadcast'; count: number }

/** What people will see, growing beside the steps of the set-up. */
export function TakingShape({
  organizationName,
  groups,
}: {
  organizationName: string
  groups: readonly ShapingGroup[]
}) {
  const text = useText()
  return (
    <>
      <h2>{text('shape.title')}</h2>
      <p className="muted t13">{text('shape.lead')}</p>
      <div className="mini">
        <div className="bar">
          <span className="org cut">{organizationName || <Skeleton width={120} />}</span>
        </div>
        <Section
          title={text('list.groups')}
          icon={MessagesSquare}
          groups={groups.filter(({ kind }) => kind === 'group')}
        />
        <Section
          title={text('list.broadcasts')}
          icon={Megaphone}
          groups={groups.filter(({ kind }) => kind === 'broadcast')}
        />
      </div>
      <div className="promises">
        <Promised icon={Network} title={text('shape.chart')} body={text('shape.chartBody')} />
        <Promised icon={Lock} title={text('shape.passwords')} body={text('shape.passwordsBody')} />
        <Promised icon={Users} title={text('shape.yours')} body={text('shape.yoursBody')} />
      </div>
    </>
  )
}

const shownMax = 5

function Section({ title, icon: Icon, groups }: { title: string; icon: LucideIcon; groups: readonly ShapingGroup[] }) {
  const text = useText()
  return (
    <>
      <div className="sect">{title}</div>
      {groups.slice(0, shownMax).map((group) => (
        <div className="navrow" key={group.name}>
          <Icon className="i s" />
          <span className="grow cut" title={group.name}>
            {group.name}
          </span>
          <span className="dim t12">
            {text(group.kind === 'group' ? 'count.people' : 'count.listeners', { count: group.count })}
          </span>
        </div>
      ))}
      {groups.length > shownMax && (
        <div className="navrow dim">{text('shape.more', { count: groups.length - shownMax })}</div>
      )}
      {groups.length === 0 &&
        [92, 118].map((width) => (
          <div className="navrow" key={width} aria-hidden="true">
            <Skeleton width={16} height={16} />
            <Skeleton width={width} />
          </div>
        ))}
    </>
  )
}

const Promised = ({ icon: Icon, title, body }: { icon: LucideIcon; title: string; body: string }) => (
  <div className="row top g3">
    <Icon className="i s dim" />
    <span className="t13">
      <b>{title}</b> <span className="muted">{body}</span>
    </span>
  </div>
)
