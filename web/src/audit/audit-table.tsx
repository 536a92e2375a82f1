import { ScrollText } from 'lucide-react'
import type { OutputOf } from '../../../sdk/index.ts'
import { EmptyState } from '../platform/empty-state.tsx'
import { useDates } from '../platform/use-dates.ts'
import { useNow } from '../platform/now.ts'
import { useTexts } from '../platform/texts.tsx'

type Entry = OutputOf<'audit.list'>['entries'][number]
type AuditTableProps = { entries: readonly Entry[]; names: ReadonlyMap<string, string> }

/** Each line opens to what the entry holds, for those who must know exactly. */
export function AuditTable({ entries, names }: AuditTableProps) {
  const { text } = useTexts()
  if (entries.length === 0)
    return <EmptyState icon={ScrollText} title={text('audit.none')} body={text('audit.noneBody')} />
  return (
    <ul className="audit">
      {entries.map((entry) => (
        <li key={entry.number}>
          <AuditLine entry={entry} names={names} />
        </li>
      ))}
    </ul>
  )
}

const namedMax = 3

function AuditLine({ entry, names }: { entry: Entry; names: ReadonlyMap<string, string> }) {
  const { text, has } = useTexts()
  const dates = useDates()
  const now = useNow()
  const at = new Date(entry.at)
  const nameOf = (id: string) => names.get(id) ?? text('audit.erased')
  const actor = entry.actorId === null ? text(`audit.actor.${kindOf(entry)}`) : nameOf(entry.actorId)
  const key = `audit.act.${entry.act}`
  const more = entry.personIds.length - namedMax
  const concerned = entry.personIds.slice(0, namedMax).map(nameOf)
  const whom = more > 0 ? [...concerned, text('audit.others', { count: more })] : concerned
  const act = has(key) ? text(key) : entry.act
  return (
    <details>
      <summary className="audit-line">
        <time className="num dim" dateTime={entry.at} title={dates.full(at)}>
          {dates.short(at, now)}
        </time>
        <span className="col">
          <span className="cut" title={act} dir="auto">
            {act}
          </span>
          <span className="t12 dim cut" title={whom.join(', ')} dir="auto">
            {whom.join(', ')}
          </span>
        </span>
        <span className="cut" title={actor} dir="auto">
          {actor}
        </span>
        <span className="t12 dim cut audit-source">{entry.source}</span>
      </summary>
      <dl className="facts audit-facts">
        <Fact label={text('audit.number')} value={String(entry.number)} />
        <Fact label={text('audit.time')} value={dates.full(at)} />
        <Fact label={text('audit.details')} value={factsOf(entry)} />
        <Fact label={text('audit.thing')} value={entry.thingId ?? ''} />
        <Fact label={text('audit.request')} value={[entry.command, entry.requestId].filter(Boolean).join(' · ')} />
        <Fact label={text('audit.source')} value={entry.source} />
        <Fact label={text('audit.hash')} value={entry.hash} />
      </dl>
    </details>
  )
}

const kindOf = ({ actorKind }: Entry) => (actorKind === 'person' ? 'nobody' : actorKind)
const factsOf = ({ facts }: Entry) =>
  Object.entries(facts)
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(', ') : String(value)}`)
    .join(' · ')

function Fact({ label, value }: { label: string; value: string }) {
  if (value === '') return null
  return (
    <div>
      <dt>{label}</dt>
      <dd className="mono">{value}</dd>
    </div>
  )
}
