import {
  BarChart3,
  Contact,
  FileUp,
  Megaphone,
  MessagesSquare,
  Network,
  ScrollText,
  Settings,
  Users,
} from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import { useMemo } from 'react'
import { Link } from 'wouter'
import { listenersOf } from '../conversations/list-rows.ts'
import { useKnown } from '../platform/client.tsx'
import { PageLinks } from '../platform/page-links.tsx'
import { useText } from '../platform/texts.tsx'
import { useHere } from './organization-context.tsx'

/** The pages about people, and the groups that follow the chart. */
export function PeopleSide() {
  const text = useText()
  return (
    <>
      <div className="bar">
        <h1 className="org">{text('area.people')}</h1>
      </div>
      <div className="scroll">
        <PeoplePages />
        <ChartGroups kind="group" title={text('chart.groups')} icon={MessagesSquare} />
        <ChartGroups kind="broadcast" title={text('chart.broadcasts')} icon={Megaphone} />
        <p className="side-note">{text('chart.groupsNote')}</p>
      </div>
    </>
  )
}

/** The same pages as tabs, on phones. */
export const PeopleTabs = () => <PeoplePages asTabs />

function PeoplePages({ asTabs = false }: { asTabs?: boolean }) {
  const text = useText()
  const { isAdministrator } = useHere()
  const pages = [
    { href: '/people', label: text('members.title'), icon: Users },
    { href: '/contacts', label: text('contacts.title'), icon: Contact },
    { href: '/chart', label: text('chart.title'), icon: Network },
    { href: '/reports', label: text('report.title'), icon: BarChart3 },
    isAdministrator && { href: '/import', label: text('import.title'), icon: FileUp },
    isAdministrator && { href: '/organization', label: text('organization.short'), icon: Settings },
    isAdministrator && { href: '/audit', label: text('audit.title'), icon: ScrollText },
  ]
  return <PageLinks label={text('area.people')} pages={pages} asTabs={asTabs} />
}

type ChartGroupsProps = { kind: 'group' | 'broadcast'; title: string; icon: LucideIcon }

function ChartGroups({ kind, title, icon: Icon }: ChartGroupsProps) {
  const { organization } = useHere()
  const conversations = useKnown((state) => state.conversations)
  const groups = useMemo(
    () =>
      Array.from(conversations.values())
        .filter((one) => one.organizationId === organization.id && one.origin === 'chart' && one.kind === kind)
        .toSorted((a, b) => (a.name ?? '').localeCompare(b.name ?? '')),
    [conversations, organization.id, kind],
  )
  if (groups.length === 0) return null
  return (
    <section>
      <h2 className="sect">{title}</h2>
      {groups.map((group) => (
        <Link key={group.id} className="navrow" href={`/c/${group.id}`}>
          <Icon className="i s" />
          <span className="grow cut" title={group.name ?? ''} dir="auto">
            {group.name}
          </span>
          <span className="dim num t12">{kind === 'group' ? group.memberCount : listenerCount(group)}</span>
        </Link>
      ))}
    </section>
  )
}

const listenerCount = (group: Parameters<typeof listenersOf>[0]) => (group.may.post ? listenersOf(group) : '')
