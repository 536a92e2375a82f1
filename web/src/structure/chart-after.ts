import type { ImportPreview } from '../../../protocol/structure.ts'

export type Position = { personId: string; name: string; title: string; managerId: string | null }
export type PositionAfter = Position & {
  change?: { kind: 'created' } | { kind: 'moved'; from: string } | { kind: 'leaves' } | undefined
}

/** Pictures of more people than this say less than the lists do. */
const peopleMax = 400

/**
 * The chart as it will be once the import is applied. The preview names managers by name; where a name is not unique,
 * or not all rows are listed, there is no honest picture and the lists stand alone.
 */
export function chartAfter(preview: ImportPreview, positions: readonly Position[]): PositionAfter[] | undefined {
  const { counts } = preview
  const isWhole =
    preview.created.length === counts.created &&
    preview.changed.length === counts.changed &&
    preview.deactivated.length === counts.deactivated
  const people: PositionAfter[] = [
    ...positions,
    ...preview.created.map((who) => ({
      personId: `line ${who.line}`,
      name: who.name,
      title: who.title,
      managerId: null,
      change: { kind: 'created' as const },
    })),
  ]
  const byName = new Map(people.map((person) => [person.name, person.personId]))
  if (!isWhole || people.length > peopleMax || byName.size !== people.length) return undefined
  const managerOf = new Map(preview.created.map((who) => [who.name, who.managerName]))
  const changed = new Map(preview.changed.map((who) => [who.name, who]))
  const leaving = new Set(preview.deactivated.map((who) => who.name))
  return people.map((person) => {
    if (person.change) return { ...person, managerId: byName.get(managerOf.get(person.name) ?? '') ?? null }
    if (leaving.has(person.name)) return { ...person, change: { kind: 'leaves' } }
    const who = changed.get(person.name)
    const move = who?.changes.find((change) => change.field === 'manager')
    if (!who || !move) return { ...person, title: who?.title ?? person.title }
    const managerId = byName.get(who.managerName ?? '') ?? null
    return { ...person, title: who.title, managerId, change: { kind: 'moved', from: move.before } }
  })
}
