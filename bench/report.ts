import type { Latency } from './load/messages.ts'
import type { BroadcastRun } from './measures/crowd.ts'
import type { Headline, PeerHeadline, Results, Runs } from './results.ts'

/** Pure: what is quoted, from the runs alone; the median of each. */
export function headlineOf(runs: Runs): Headline {
  const plain = runs.broadcast?.filter(({ isNarrowed }) => !isNarrowed)
  const narrowed = runs.broadcast?.filter(({ isNarrowed }) => isNarrowed)
  return withoutAbsent({
    directMessagesPerSecond: median(runs.direct?.map(({ answered, seconds }) => answered / seconds)),
    group100DeliveriesPerSecond: median(runs.group100?.map(({ delivered, seconds }) => delivered / seconds)),
    group1000DeliveriesPerSecond: median(runs.group1000?.map(({ delivered, seconds }) => delivered / seconds)),
    ackP99MsAtHalfLoad: median(
      runs.halfLoad?.map(({ answerMs }) => answerMs.p99),
      1,
    ),
    bytesPerIdleConnection: median(runs.idle?.map(({ bytesPerConnection }) => bytesPerConnection)),
    broadcast100kMs: median(plain?.map(({ milliseconds }) => milliseconds)),
    broadcast100kRows: insertedBy(plain),
    narrowedBroadcast100kMs: median(narrowed?.map(({ milliseconds }) => milliseconds)),
    narrowedBroadcast100kRows: insertedBy(narrowed),
    reconnectStormSeconds: median(
      runs.storm?.map(({ seconds }) => seconds),
      1,
    ),
    serverMicrosecondsPerMessage: median(
      runs.direct?.map((run) => (run.serverCpuSeconds * 1e6) / run.sent),
      1,
    ),
  })
}

const insertedBy = (broadcasts: readonly BroadcastRun[] | undefined) =>
  median(broadcasts?.map(({ rowsInserted }) => rowsInserted))

/** Pure: the middle one, rounded; of an even number the lower middle. */
export function median(values: readonly number[] | undefined, digits = 0): number | undefined {
  const sorted = values?.toSorted((one, other) => one - other) ?? []
  const middle = sorted[(sorted.length - 1) >> 1]
  return middle === undefined ? undefined : Number(middle.toFixed(digits))
}

const lessIsBetter = new Set<keyof Headline>([
  'ackP99MsAtHalfLoad',
  'bytesPerIdleConnection',
  'reconnectStormSeconds',
  'broadcast100kMs',
  'serverMicrosecondsPerMessage',
])

/** Pure: a peer's figures, and how many times better ours are. */
export function compare(ours: Headline, theirs: Headline): PeerHeadline {
  const ratio: PeerHeadline['ratio'] = {}
  for (const key of keysOf(theirs)) {
    const [mine = 0, other = 0] = [ours[key], theirs[key]]
    if (mine === 0 || other === 0) continue
    ratio[key] = Number((lessIsBetter.has(key) ? other / mine : mine / other).toFixed(2))
  }
  return { ...theirs, ratio }
}

/** Pure: all faults of all runs, with where they were found. */
export function faultsIn(runs: Readonly<Record<string, Runs>>): string[] {
  return Object.entries(runs).flatMap(([system, measured]) =>
    Object.entries(measured).flatMap(([measure, list]) =>
      list.flatMap((run, index) =>
        ('faults' in run ? run.faults : []).map((fault) => `${system} ${measure} ${index + 1}: ${fault}`),
      ),
    ),
  )
}

/** Our figures must come from our runs: the headline is never written by hand. */
export function summarise(runs: Results['runs']): Headline & Pick<Results, 'peers' | 'faults'> {
  const ours = headlineOf(runs['shoptalk'] ?? {})
  const others = Object.entries(runs).filter(([system]) => system !== 'shoptalk')
  const peers = Object.fromEntries(others.map(([system, measured]) => [system, compare(ours, headlineOf(measured))]))
  return { ...ours, peers, faults: faultsIn(runs) }
}

type Row = { title: string; key: keyof Headline; unit: string }
export const rows: readonly Row[] = [
  { title: 'One to one', key: 'directMessagesPerSecond', unit: 'messages/s' },
  { title: 'Group of 100', key: 'group100DeliveriesPerSecond', unit: 'deliveries/s' },
  { title: 'Group of 1,000', key: 'group1000DeliveriesPerSecond', unit: 'deliveries/s' },
  { title: 'Answer at half load, p99', key: 'ackP99MsAtHalfLoad', unit: 'ms' },
  { title: 'Memory of an idle connection', key: 'bytesPerIdleConnection', unit: 'bytes' },
  { title: 'Broadcast to the last socket', key: 'broadcast100kMs', unit: 'ms' },
  { title: 'Rows inserted by a broadcast', key: 'broadcast100kRows', unit: 'rows' },
  { title: 'Narrowed broadcast', key: 'narrowedBroadcast100kMs', unit: 'ms' },
  { title: 'Rows inserted by a narrowed one', key: 'narrowedBroadcast100kRows', unit: 'rows' },
  { title: 'Storm of reconnections', key: 'reconnectStormSeconds', unit: 's' },
  { title: 'CPU of the server for a message', key: 'serverMicrosecondsPerMessage', unit: 'µs' },
]

/** Pure: the table, as text or as Markdown. */
export function tableOf(results: Results): string[][] {
  const systems = Object.keys(results.peers)
  const head = ['', 'Shoptalk', ...systems, 'unit']
  const lines = rows.map(({ title, key, unit }) => [
    title,
    shown(results[key]),
    ...systems.map((system) => {
      const peer = results.peers[system]
      const ratio = peer?.ratio[key]
      return `${shown(peer?.[key])}${ratio === undefined ? '' : ` (× ${ratio})`}`
    }),
    unit,
  ])
  return [head, ...lines]
}

export const shown = (value: number | undefined) => (value === undefined ? '–' : value.toLocaleString('en-US'))

export function plainText(table: readonly (readonly string[])[]): string {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)))
  return table
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

export function markdown(table: readonly (readonly string[])[]): string {
  const [head = [], ...lines] = table
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...lines.map(line)].join('\n')
}

export const latencyText = ({ p50, p99, max }: Latency) => `p50 ${p50} ms, p99 ${p99} ms, max ${max} ms`

function keysOf(headline: Headline): (keyof Headline)[] {
  return rows.map(({ key }) => key).filter((key) => headline[key] !== undefined)
}

function withoutAbsent(values: { [K in keyof Headline]: number | undefined }): Headline {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}
