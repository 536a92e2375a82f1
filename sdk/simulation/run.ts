import { parseArgs } from 'node:util'
import { simulate } from './simulate.ts'

/** `node sdk/simulation/run.ts --seeds 2000`, or `--seed 17` for one of them. */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    seed: { type: 'string' },
    first: { type: 'string', default: '1' },
  },
})
const first = Number(values.seed ?? values.first)
const count = values.seed === undefined ? Number(values.seeds) : 1
let failures = 0
for (let seed = first; seed < first + count; seed++) {
  try {
    const summary = await simulate(seed)
    if (values.seed !== undefined) console.log(summary)
  } catch (error) {
    failures++
    console.log(
      `seed ${seed} failed:`,
      values.seed === undefined && error instanceof Error ? error.message.split('\n')[0] : error,
    )
  }
}
console.log(`${count - failures} of ${count} seeds passed`)
process.exitCode = failures > 0 ? 1 : 0
