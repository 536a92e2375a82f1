import type { ChartLayout, ChartPerson } from './chart-layout.ts'

type Step = { focus?: string; toggle?: true }

/** The keys of a tree: up and down between neighbours of a level, left to the manager, right to the first report. */
export function treeStep<Person extends ChartPerson>(
  layout: ChartLayout<Person>,
  id: string,
  key: string,
): Step | undefined {
  const node = layout.nodes.find(({ person }) => person.id === id)
  if (!node) return undefined
  if (key === 'ArrowLeft') return { focus: managerOf(layout, id) ?? id }
  if (key === 'ArrowRight') {
    if (node.folded > 0) return { toggle: true }
    return { focus: layout.lines.find((line) => line.from === id)?.to ?? id }
  }
  if (key === '-' || key === '+') return node.reports > 0 ? { toggle: true } : undefined
  const order = layout.nodes.map(({ person }) => person.id)
  if (key === 'Home') return { focus: order[0] ?? id }
  if (key === 'End') return { focus: order.at(-1) ?? id }
  const step = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0
  if (step === 0) return undefined
  return { focus: order[order.indexOf(id) + step] ?? id }
}

const managerOf = <Person extends ChartPerson>(layout: ChartLayout<Person>, id: string): string | undefined =>
  layout.lines.find((line) => line.to === id)?.from
