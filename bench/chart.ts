import { shown } from './report.ts'
import type { Headline, Results } from './results.ts'

type Panel = { title: string; key: keyof Headline }
const panels: readonly Panel[] = [
  { title: 'One to one, messages a second', key: 'directMessagesPerSecond' },
  { title: 'Group of 100, deliveries a second', key: 'group100DeliveriesPerSecond' },
  { title: 'Group of 1,000, deliveries a second', key: 'group1000DeliveriesPerSecond' },
]
/** What each system does, so that nobody compares what cannot be compared. */
const notes: Record<string, string> = {
  shoptalk: 'stored',
  ejabberd: 'stored',
  'socket.io': 'stored',
  ws: 'not stored',
  'ws coalescing': 'not stored',
}
const names: Record<string, string> = { shoptalk: 'Shoptalk', 'socket.io': 'Socket.IO' }

const WIDTH = 760
const LABEL_WIDTH = 200
const VALUE_WIDTH = 90
const BAR_HEIGHT = 18
const ROW_HEIGHT = 26
const TITLE_HEIGHT = 34
const PANEL_GAP = 18
const MARGIN = 16

const STYLE = `
  .title { font-weight: 600; fill: #1c2430 } .label, .value { fill: #3d4858 } .note { fill: #77818f }
  .ours { fill: #2a5bd7 } .peer { fill: #a9b4c4 } .limit { fill: none; stroke: #a9b4c4; stroke-dasharray: 3 3 }
  @media (prefers-color-scheme: dark) {
    .title { fill: #eef2f8 } .label, .value { fill: #c3ccd9 } .note { fill: #8d98a8 }
    .ours { fill: #6f98ff } .peer { fill: #566174 } .limit { stroke: #8d98a8 }
  }`

/** Pure: bars for each system, drawn to the same linear scale within a panel; on a page of either brightness. */
export function chartOf(results: Results): string {
  const systems = ['shoptalk', ...Object.keys(results.peers)]
  let top = MARGIN
  const drawn = panels.map((panel) => {
    const bars = systems.flatMap((system) => {
      const value = (system === 'shoptalk' ? results : results.peers[system])?.[panel.key]
      return value === undefined ? [] : [{ system, value }]
    })
    const text = drawPanel(panel, bars, top)
    top += TITLE_HEIGHT + bars.length * ROW_HEIGHT + PANEL_GAP
    return text
  })
  const described = panels.map(({ title, key }) => `${title}: Shoptalk ${shown(results[key])}`).join('; ')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" role="img" aria-label="${described}"
  font-family="system-ui, sans-serif" font-size="13">
<style>${STYLE}
</style>
${drawn.join('\n')}
</svg>
`
}

type Bar = { system: string; value: number }

function drawPanel({ title }: Panel, bars: readonly Bar[], top: number): string {
  const largest = Math.max(...bars.map(({ value }) => value), 1)
  const space = WIDTH - 2 * MARGIN - LABEL_WIDTH - VALUE_WIDTH
  const lines = bars.map(({ system, value }, index) => {
    const y = top + TITLE_HEIGHT + index * ROW_HEIGHT
    const width = Math.max(1, Math.round((value / largest) * space))
    const x = MARGIN + LABEL_WIDTH
    const look = system === 'shoptalk' ? 'ours' : notes[system] === 'stored' ? 'peer' : 'limit'
    const middle = y + BAR_HEIGHT - 5
    return (
      `<text class="label" x="${MARGIN}" y="${middle}">${names[system] ?? system} ` +
      `<tspan class="note">${notes[system] ?? ''}</tspan></text>` +
      `<rect class="${look}" x="${x}" y="${y}" width="${width}" height="${BAR_HEIGHT}" rx="3"/>` +
      `<text class="value" x="${x + width + 8}" y="${middle}">${shown(value)}</text>`
    )
  })
  return [`<text class="title" x="${MARGIN}" y="${top + 16}">${title}</text>`, ...lines].join('\n')
}
