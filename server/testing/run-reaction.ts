/**
 * One reaction in a process of its own, until who started it lets go: `run-reaction.ts URL NAME TIME` acts on the
 * facts in that database, as if it were that time.
 */
import { setTimeout } from 'node:timers/promises'
import { pino } from 'pino'
import { feature } from '../features/orders/index.ts'
import { takePortion } from '../platform/reaction-runner.ts'
import { createSeal } from '../platform/seal.ts'
import { readSettings } from '../platform/settings.ts'
import { openDatabase } from '../platform/sql.ts'

const IDLE_MS = 10
const [connectionString = '', name, time = ''] = process.argv.slice(2)
const reaction = feature.reactions?.find((one) => one.name === name)
if (!reaction) throw new Error(`There is no reaction ${name}.`)

const database = openDatabase({ connectionString })
const tools = {
  database,
  clock: () => new Date(time),
  seal: createSeal(new Uint8Array(32)),
  settings: readSettings([], {}),
  log: pino({ enabled: false }),
}
process.send?.('ready')
while (process.connected) if ((await takePortion(reaction, tools)) === 0) await setTimeout(IDLE_MS)
await database.end()
