import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startDebianPostgres } from '../../server/platform/postgres/index.ts'
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

const isDebianMissing = (process.env['SHOPTALK_TEST_MISSING'] ?? '').split(' ').includes('postgresql')
const skip = isDebianMissing ? 'Debian’s postgresql is not installed' : false

test('R1 the same on Debian’s PostgreSQL 15, which DATABASE_URL names', { skip }, async (context) => {
  await using postgres = await startDebianPostgres()
  const random = createRandom(chooseSeed())
  const tell = (line: string) => context.diagnostic(line)
  const figures = await runKillRounds({ victims: ['server'], random, tell, databaseUrl: postgres.url })
  assert.equal(figures.length, 1)
})
