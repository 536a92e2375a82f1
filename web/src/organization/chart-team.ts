import { chart } from './chart-layout.ts'
import type { ChartLayout, ChartPerson } from './chart-layout.ts'

export type ChartTeam<Person extends ChartPerson> = {
  manager: Person
  memberIds: ReadonlySet<string>
  /** Around them all, where nobody else stands between. */
  box: { left: number; top: number; width: number; height: number } | undefined
}

/** Room for what is written below the team, and between its edge and the cards. */
const around = { side: 8, below: 36 }

/** The manager and the reports who make one group: of the chosen person, or the one they are in. */
export function teamOf<Person extends ChartPerson>(
  layout: ChartLayout<Person>,
  people: readonly Person[],
  chosenId: string | undefined,
): ChartTeam<Person> | undefined {
  const chosen = people.find(({ id }) => id === chosenId)
  if (!chosen) return undefined
  const leads = people.some(({ managerId }) => managerId === chosen.id)
  const manager = leads ? chosen : people.find(({ id }) => id === chosen.managerId)
  if (!manager) return undefined
  const members = people.filter(({ id, managerId }) => id === manager.id || managerId === manager.id)
  const memberIds = new Set(members.map(({ id }) => id))
  return { manager, memberIds, box: boxAround(layout, memberIds) }
}

function boxAround<Person extends ChartPerson>({ nodes }: ChartLayout<Person>, memberIds: ReadonlySet<string>) {
  const inside = nodes.filter(({ person }) => memberIds.has(person.id))
  if (inside.length < 2) return undefined
  const left = Math.min(...inside.map(({ x }) => x)) - around.side
  const top = Math.min(...inside.map(({ y }) => y)) - around.side
  const right = Math.max(...inside.map(({ x }) => x + chart.width)) + around.side
  const bottom = Math.max(...inside.map(({ y }) => y + chart.height)) + around.below
  const isFree = nodes.every(
    ({ person, x, y }) =>
      memberIds.has(person.id) || x >= right || y >= bottom || x + chart.width <= left || y + chart.height <= top,
  )
  return isFree ? { left, top, width: right - left, height: bottom - top } : undefined
}
