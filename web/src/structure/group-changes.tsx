import type { ImportPreview } from '../../../protocol/structure.ts'
import { Badge } from '../platform/badge.tsx'
import { useText } from '../platform/texts.tsx'

type Group = ImportPreview['groups'][number]

/** The groups and broadcasts that the import makes or moves people through. */
export function GroupChanges({ groups, count }: { groups: readonly Group[]; count: number }) {
  const text = useText()
  if (count === 0) return null
  return (
    <section className="group-changes" aria-label={text('groups.title')}>
      <div className="row wrap">
        <h2>{text('groups.title')}</h2>
        <span className="dim t12">{text('groups.note', { count })}</span>
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- without it the keyboard cannot scroll */}
      <div className="table-scroll" tabIndex={0}>
        <table className="tight">
          <thead>
            <tr>
              <th>{text('groups.group')}</th>
              <th>{text('groups.kind')}</th>
              <th className="n">{text('groups.members')}</th>
              <th className="gap">{text('groups.join')}</th>
              <th>{text('groups.leave')}</th>
            </tr>
          </thead>
          <tbody>
            {groups.map((group) => (
              <GroupLine key={`${group.kind} ${group.name}`} group={group} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function GroupLine({ group }: { group: Group }) {
  const text = useText()
  return (
    <tr>
      <td>
        {group.name} {group.isNew && <Badge meaning="ok">{text('groups.new')}</Badge>}
        {group.isClosed && (
          <Badge meaning="warn" title={text('groups.closedHint')}>
            {text('groups.closed')}
          </Badge>
        )}
      </td>
      <td className="muted nowrap">
        {text(group.kind === 'group' ? 'groups.twoWay' : 'groups.broadcast')}
        {group.isNested && `, ${text('groups.nested')}`}
      </td>
      <td className="n nowrap" data-label={text('groups.members')}>
        {group.isNew || group.before === group.after ? group.after : `${group.before} → ${group.after}`}
      </td>
      <td className="gap" data-label={text('groups.join')}>
        <Names names={group.joins} count={Math.max(group.joins.length, group.after - group.before)} />
      </td>
      <td data-label={text('groups.leave')}>
        <Names names={group.leaves} count={Math.max(group.leaves.length, group.before - group.after)} />
      </td>
    </tr>
  )
}

function Names({ names, count }: { names: readonly string[]; count: number }) {
  const text = useText()
  if (names.length === 0) return <span className="dim">{text('groups.nobody')}</span>
  const more = count - names.length
  return (
    <>
      {names.join(', ')} {more > 0 && <span className="dim">{text('groups.more', { count: more })}</span>}
    </>
  )
}
