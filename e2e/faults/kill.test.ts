import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseSeed, createRandom } from '../support/random.ts'
import { runKillRounds } from './kill-rounds.ts'

test('R1 kill -9 of the server, alone or with PostgreSQL, during a thousand posts loses and repeats nothing', async (context) => {
  const random = createRandom(chooseSeed())
  const victims = ['server', 'server and database', 'server', 'server and database'] as const
  const figures = await runKillRounds({ victims, random, tell: (line) => context.diagnostic(line) })
  assert.deepEqual(
    figures.map(({ victim }) => victim),
    victims,
  )
})
