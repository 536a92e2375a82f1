import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chartOf } from './chart.ts'
import { markdown, shown, tableOf } from './report.ts'
import type { Results } from './results.ts'

const docsFolder = join(import.meta.dirname, '../docs')
const BEGIN = '<!-- measured: written by npm run bench -->'
const END = '<!-- measured: end -->'

/** Puts the figures of a whole run into docs/performance.md, and the chart beside it. */
export function writeDocument(results: Results): void {
  const path = join(docsFolder, 'performance.md')
  writeFileSync(path, replaceMeasured(readFileSync(path, 'utf8'), measuredOf(results)))
  writeFileSync(join(docsFolder, 'performance.svg'), chartOf(results))
}

/** Pure: everything outside of the marks stays as it is. */
export function replaceMeasured(document: string, measured: string): string {
  const begin = document.indexOf(BEGIN)
  const end = document.indexOf(END)
  if (begin < 0 || end < begin) throw new Error(`docs/performance.md needs the lines ${BEGIN} and ${END}.`)
  return `${document.slice(0, begin + BEGIN.length)}\n\n${measured}\n\n${document.slice(end)}`
}

/** Pure: what one run of the bench says. */
export function measuredOf(results: Results): string {
  const { machine, sizes, commit, isChanged, startedAt, leftOut } = results
  const memory = Math.round(machine.memoryBytes / 2 ** 30)
  const version = `${commit.slice(0, 10)}${isChanged ? ', with changes' : ''}`
  const lines = [
    '![Messages and deliveries a second, of Shoptalk and its peers](performance.svg)',
    '',
    markdown(tableOf(results)),
    '',
    `Measured on ${startedAt.slice(0, 10)} at version ${version}: ${machine.cores} cores (${machine.processor}), ` +
      `${memory} GB, ` +
      `${shown(machine.syncsPerSecond)} confirmed writes a second, Node ${machine.node}. Others used ` +
      `${Math.round(machine.busyBefore * 100)} % of the processors just before. ` +
      `Each load ran ${sizes.runs} times for ` +
      `${sizes.measureMs / 1_000} s after ${sizes.warmMs / 1_000} s of warming up; the medians are shown. ` +
      'In brackets: how many times better Shoptalk is, also where less is better.',
  ]
  for (const [peer, reason] of Object.entries(leftOut)) lines.push('', `${peer} was left out: ${reason}.`)
  const faults = results.faults.length
  lines.push(
    '',
    faults === 0
      ? 'No run lost, doubled or reordered a message.'
      : `${faults} faults were found; they stand in the results.`,
  )
  return lines.join('\n')
}
