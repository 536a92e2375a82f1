export type ChartPerson = { id: string; name: string; title: string; managerId: string | null }
export type ChartNode<Person extends ChartPerson> = {
  person: Person
  x: number
  y: number
  level: number
  /** People below that are not shown, because the branch is folded. */
  folded: number
  reports: number
}
export type ChartLine = { from: string; to: string; path: string }
export type ChartLayout<Person extends ChartPerson> = {
  nodes: ChartNode<Person>[]
  lines: ChartLine[]
  width: number
  height: number
}

/** Pixels at 100 %. */
export const chart = { width: 192, height: 60, gapX: 12, levelY: 98, stackY: 72, indent: 28, margin: 24 }

type Branch<Person extends ChartPerson> = { person: Person; below: Branch<Person>[]; folded: number; reports: number }
type Placed<Person extends ChartPerson> = {
  nodes: ChartNode<Person>[]
  lines: ChartLine[]
  width: number
  anchor: number
}

/** Teams below this level always stand in columns. */
const wideLevelsMax = 4

/**
 * A manager stands above the middle of those who report to them, side by side where they fit into the room, the upper
 * levels first. Where they do not fit, reports who manage nobody stand in a column, so that a wide team does not make
 * a wide picture.
 */
export function chartLayout<Person extends ChartPerson>(
  people: readonly Person[],
  isFolded: (id: string) => boolean,
  room = 0,
): ChartLayout<Person> {
  const roots = branches(people, isFolded)
  for (let wideLevels = wideLevelsMax; ; wideLevels--) {
    const placed = sideBySide(roots, { level: 0, left: chart.margin, wideLevels })
    const width = placed.width + 2 * chart.margin
    if (width > room && wideLevels > 0) continue
    const bottom = placed.nodes.reduce((low, node) => Math.max(low, node.y + chart.height), 0)
    return { nodes: placed.nodes, lines: placed.lines, width, height: bottom + chart.margin }
  }
}

function branches<Person extends ChartPerson>(
  people: readonly Person[],
  isFolded: (id: string) => boolean,
): Branch<Person>[] {
  const known = new Set(people.map((person) => person.id))
  const below = Map.groupBy(people, ({ managerId }) => (managerId !== null && known.has(managerId) ? managerId : ''))
  const visited = new Set<string>()
  const grow = (person: Person): Branch<Person> => {
    visited.add(person.id)
    const reports = (below.get(person.id) ?? []).filter(({ id }) => !visited.has(id))
    const folded = isFolded(person.id) && reports.length > 0
    const children = folded ? [] : reports.map(grow)
    return { person, below: children, folded: folded ? countBelow(person.id, below) : 0, reports: reports.length }
  }
  return (below.get('') ?? []).map(grow)
}

function countBelow(id: string, below: Map<string, ChartPerson[]>): number {
  let count = 0
  const open = [id]
  const seen = new Set(open)
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const report of below.get(next) ?? []) {
      if (seen.has(report.id)) continue
      seen.add(report.id)
      count++
      open.push(report.id)
    }
  }
  return count
}

type Where = { level: number; left: number; wideLevels: number }

function sideBySide<Person extends ChartPerson>(list: Branch<Person>[], where: Where): Placed<Person> {
  const result: Placed<Person> = { nodes: [], lines: [], width: 0, anchor: 0 }
  let x = where.left
  for (const branch of list) {
    const placed = place(branch, { ...where, left: x })
    result.nodes.push(...placed.nodes)
    result.lines.push(...placed.lines)
    x += placed.width + chart.gapX
  }
  result.width = Math.max(x - where.left - chart.gapX, 0)
  return result
}

function place<Person extends ChartPerson>(branch: Branch<Person>, where: Where): Placed<Person> {
  const { level, left, wideLevels } = where
  const y = chart.margin + level * chart.levelY
  const node = { person: branch.person, x: left, y, level, folded: branch.folded, reports: branch.reports }
  const isWide = level < wideLevels && branch.below.length > 0
  const managers = isWide ? branch.below : branch.below.filter(hasReports)
  if (managers.length === 0) return stacked(branch, node)
  const others = isWide ? [] : branch.below.filter((report) => !hasReports(report))
  return spread(node, { below: sideBySide(managers, { ...where, level: level + 1 }), others })
}

/** Only people who manage nobody: a column under the manager, with a line down its side. */
function stacked<Person extends ChartPerson>(branch: Branch<Person>, node: ChartNode<Person>): Placed<Person> {
  const nodes = [node]
  const lines: ChartLine[] = []
  const bend = chart.indent / 2
  for (const [index, { person, reports, folded }] of branch.below.entries()) {
    const y = node.y + chart.levelY + index * chart.stackY
    nodes.push({ person, x: node.x + chart.indent, y, level: node.level + 1, reports, folded })
    const middle = y + chart.height / 2
    const path = `M${node.x + bend} ${node.y + chart.height}V${middle - 6}q0 6 6 6H${node.x + chart.indent}`
    lines.push({ from: node.person.id, to: person.id, path })
  }
  const width = chart.width + (branch.below.length > 0 ? chart.indent : 0)
  return { nodes, lines, width, anchor: node.x + chart.width / 2 }
}

type Below<Person extends ChartPerson> = { below: Placed<Person>; others: Branch<Person>[] }

function spread<Person extends ChartPerson>(node: ChartNode<Person>, { below, others }: Below<Person>): Placed<Person> {
  const top = node.y + chart.levelY
  const columnX = node.x + below.width + chart.gapX
  const column = others.map(({ person, reports, folded }, index) => ({
    person,
    x: columnX,
    y: top + index * chart.stackY,
    level: node.level + 1,
    reports,
    folded,
  }))
  const width = below.width + (column.length > 0 ? chart.gapX + chart.width : 0)
  const heads = below.nodes.filter((child) => child.level === node.level + 1)
  const joined = [...heads, ...column.slice(0, 1)]
  const centres = joined.map((child) => child.x + chart.width / 2)
  const anchor = ((centres[0] ?? 0) + (centres.at(-1) ?? 0)) / 2
  const placed = { ...node, x: anchor - chart.width / 2 }
  const lines = joined.map((child) => ({
    from: node.person.id,
    to: child.person.id,
    path: elbow(anchor, placed.y, child),
  }))
  const hanging = column.slice(1).map((child) => ({
    from: node.person.id,
    to: child.person.id,
    path: `M${child.x + chart.width / 2} ${child.y - (chart.stackY - chart.height)}V${child.y}`,
  }))
  return { nodes: [placed, ...below.nodes, ...column], lines: [...lines, ...below.lines, ...hanging], width, anchor }
}

/** Down from the manager, along, and down to the report, with rounded corners. */
function elbow(fromX: number, fromY: number, child: { x: number; y: number }): string {
  const toX = child.x + chart.width / 2
  const middle = child.y - 22
  const start = `M${fromX} ${fromY + chart.height}V${middle}`
  if (Math.abs(toX - fromX) < 1) return `M${fromX} ${fromY + chart.height}V${child.y}`
  const turn = toX > fromX ? 8 : -8
  return `${start}H${toX - turn}q${turn} 0 ${turn} 8V${child.y}`
}

const hasReports = <Person extends ChartPerson>(branch: Branch<Person>): boolean => branch.reports > 0
