/**
 * Kills servers for longer than `npm test` has time for: `npm run chaos -- --rounds 10 --seed 4711`. Each round kills
 * one in the middle of a thousand posts, once without and once with its database, and checks that everything
 * acknowledged is there once, in order. A run with the same seed chooses the same moments.
 */
import { parseArgs } from 'node:util'
import { runKillRounds, type Victim } from '../e2e/faults/kill-rounds.ts'
import { chooseSeed, createRandom } from '../e2e/support/random.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '10' }, seed: { type: 'string' } } })
const random = createRandom(values.seed === undefined ? chooseSeed() : Number(values.seed))
const rounds = Number(values.rounds)
const victims: readonly Victim[] = ['server', 'server and database']

const figures = await runKillRounds({
  victims: victims.flatMap((victim) => Array.from({ length: rounds }, () => victim)),
  random,
  tell: (line) => console.log(line),
})
for (const victim of victims) {
  const mine = figures.filter((one) => one.victim === victim)
  const sum = (of: (one: (typeof mine)[number]) => number) => mine.reduce((total, one) => total + of(one), 0)
  const back = mine.map(({ backAfterMs }) => Math.round(backAfterMs))
  console.log(
    `${mine.length} × kill -9 of the ${victim}: ${sum(({ posts }) => posts)} posts, ` +
      `${sum(({ acknowledgedBeforeKill }) => acknowledgedBeforeKill)} acknowledged before a kill, ` +
      `${sum(({ sentAgain }) => sentAgain)} sent again; 0 lost, 0 twice; ` +
      `back after ${Math.min(...back)} to ${Math.max(...back)} ms`,
  )
}
