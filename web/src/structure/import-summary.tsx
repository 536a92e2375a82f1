import type { ReactNode } from 'react'
import type { Fault, ImportPreview } from '../../../protocol/structure.ts'
import { numbered } from '../platform/numbered.ts'
import { useText } from '../platform/texts.tsx'

/** The four counts; what is faulty stands out only where there is something. */
export function ImportCounts({ counts }: { counts: ImportPreview['counts'] }) {
  const text = useText()
  return (
    <div className="sum">
      <span>
        <b className={counts.created > 0 ? 'num ok' : 'num'}>{counts.created}</b>
        {text('import.created')}
      </span>
      <span>
        <b className={counts.changed > 0 ? 'num warn' : 'num'}>{counts.changed}</b>
        {text('import.changed')}
      </span>
      <span>
        <b className="num">{counts.deactivated}</b>
        {text('import.deactivated')}
      </span>
      <span>
        <b className={counts.faulty > 0 ? 'num bad' : 'num'}>{counts.faulty}</b>
        {text('import.faulty')}
      </span>
    </div>
  )
}

/** Every row that would do something, and every row that cannot. */
export function ImportChanges({ preview }: { preview: ImportPreview }) {
  const text = useText()
  const { counts } = preview
  const nothing = text('import.nothing')
  return (
    <>
      <Faults faults={preview.faults} count={counts.faulty} />
      <Section title={text('import.circlesTitle')} shown={preview.circles.length} count={preview.circles.length}>
        {numbered(preview.circles.map((names) => ({ names }))).map(({ place, names }) => (
          <Line key={place} line={null} name={[...names, names[0]].join(' → ')}>
            {text('import.circleNote')}
          </Line>
        ))}
      </Section>
      <Section title={text('import.createdTitle')} shown={preview.created.length} count={counts.created}>
        {numbered(preview.created).map((who) => (
          <Line key={who.place} line={who.line} name={who.name}>
            {[who.title, who.managerName && text('member.reportsTo', { name: who.managerName })]
              .filter(Boolean)
              .join(' · ')}
          </Line>
        ))}
      </Section>
      <Section title={text('import.changedTitle')} shown={preview.changed.length} count={counts.changed}>
        {numbered(preview.changed).map((who) => (
          <Line key={who.place} line={who.line} name={who.name}>
            {who.changes.map((change) => (
              <span className="change" key={change.field}>
                {fieldName(text, change.field)} <span className="was">{change.before || nothing}</span>{' '}
                {change.after || nothing}
              </span>
            ))}
          </Line>
        ))}
      </Section>
      <Section title={text('import.deactivatedTitle')} shown={preview.deactivated.length} count={counts.deactivated}>
        {numbered(preview.deactivated).map((who) => (
          <Line key={who.place} line={who.line} name={who.name}>
            {text('import.deactivatedNote')}
          </Line>
        ))}
      </Section>
    </>
  )
}

type SectionProps = { title: string; shown: number; count: number; look?: string; children: ReactNode }

function Section({ title, shown, count, look, children }: SectionProps) {
  const text = useText()
  if (count === 0) return null
  return (
    <section className="block">
      <h2 className={look}>{title}</h2>
      {children}
      {count > shown && <p className="t12 dim diff-more">{text('import.andMore', { count: count - shown })}</p>}
    </section>
  )
}

function Line({ line, name, children }: { line: number | null; name: string; children?: ReactNode }) {
  const text = useText()
  return (
    <div className="diff">
      <span className="diff-line num">{line === null ? text('import.noLine') : text('import.line', { line })}</span>
      <span className="col">
        <span dir="auto">{name}</span>
        <span className="t12 muted" dir="auto">
          {children}
        </span>
      </span>
    </div>
  )
}

function Faults({ faults, count }: { faults: readonly Fault[]; count: number }) {
  const text = useText()
  return (
    <Section title={text('import.faultyTitle')} shown={faults.length} count={Math.max(count, faults.length)} look="bad">
      {numbered(faults).map((fault) => (
        <Line
          key={fault.place}
          line={fault.line}
          name={text(`fault.${fault.code}`, {
            column: fault.column ?? '',
            value: fault.value,
            other: fault.otherLine ?? 0,
          })}
        />
      ))}
    </Section>
  )
}

const fields = ['key', 'name', 'title', 'address', 'phone', 'place', 'manager'] as const

function fieldName(text: ReturnType<typeof useText>, field: string): string {
  const known = fields.find((name) => name === field)
  return known ? text(`field.${known}`) : field
}
