/**
 * Orders under faults: `npm run chaos:orders -- --seed 4711`. A burst of 50,000 changes of status, reordered and each
 * delivered up to three times, while the server is killed five times at moments that the seed chooses, with its
 * database in some. In the end there are exactly the coupons of a fresh calculation, and one message for each change.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runOrderBurst } from '../e2e/faults/order-burst.ts'
import { chooseSeed, createRandom } from '../e2e/support/random.ts'

const { values } = parseArgs({
  options: { changes: { type: 'string', default: '50000' }, seed: { type: 'string', multiple: true } },
})
const results = join(import.meta.dirname, '../bench/results/chaos-orders.json')
const seeds = values.seed?.map(Number) ?? [chooseSeed()]
const runs = []
for (const seed of seeds) {
  console.log(`seed ${seed}`)
  const random = createRandom(seed)
  const figures = await runOrderBurst({ changes: Number(values.changes), random, tell: (line) => console.log(line) })
  runs.push({ seed, ...figures })
  writeFileSync(results, `${JSON.stringify(runs, null, 2)}\n`)
}
