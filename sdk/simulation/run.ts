import { parseArgs } from 'node:util'
import { simulate } from './simulate.ts'

/**
 * `npm run simulate -- --seeds 2000` runs the stories 1 to 2000, `--seed 17` that one, both together 2000 from 17 on.
 */
const { values } = parseArgs({ options: { seeds: { type: 'string' }, seed: { type: 'string' } } })
const first = Number(values.seed ?? 1)
const count = Number(values.seeds ?? (values.seed === undefined ? 2_000 : 1))
let failures = 0
let commits = 0
for (let seed = first; seed < first + count; seed++) {
  try {
    const summary = await simulate(seed)
    commits += summary.commits
    if (count === 1) console.log(summary)
  } catch (error) {
    failures++
    const isShort = count > 1 && error instanceof Error
    console.log(`seed ${seed} failed:`, isShort ? error.message.split('\n')[0] : error)
  }
}
console.log(`${count - failures} of ${count} seeds passed, ${commits} events`)
process.exitCode = failures > 0 ? 1 : 0
