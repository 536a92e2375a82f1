import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { openTestDatabase } from '../testing/database.ts'
import { systemClock } from './clock.ts'
import { record } from './events.ts'
import { forgetPortion } from './forget-facts.ts'
import type { Reaction } from './feature.ts'
import { takePortion } from './reaction-runner.ts'
import { createSeal } from './seal.ts'
import { readSettings } from './settings.ts'

const DAY_MS = 24 * 3_600_000

test('facts are removed a week after they were recorded, and not before everybody who wants them has done them', async () => {
  await using opened = await openTestDatabase()
  const { database } = opened
  const now = new Date('2026-05-14T09:00:00Z')
  const tools = {
    database,
    clock: systemClock,
    settings: readSettings([], {}),
    seal: createSeal(new Uint8Array(32)),
    log: pino({ enabled: false }),
  }
  const reaction = (name: string, ...to: string[]): Reaction => ({ name, to, run: async () => undefined })
  const [quick, slow] = [reaction('test.quick', 'note.taken', 'note.read'), reaction('test.slow', 'note.taken')]
  const note = (name: string, daysAgo: number) =>
    database.transaction((tx) =>
      record(tx, [{ name, organizationId: null, body: {} }], new Date(now.getTime() - daysAgo * DAY_MS)),
    )
  const left = async () =>
    (await database.read((tx) => tx<{ name: string }>`select name from event order by id`)).map(({ name }) => name)
  const take = async (one: Reaction) => {
    while ((await takePortion(one, tools)) === 0);
  }

  for (const name of ['note.taken', 'note.read', 'note.ignored']) await note(name, 8)
  await note('note.taken', 6)
  assert.equal(await forgetPortion(database, [quick, slow], now), false)
  assert.deepEqual(await left(), ['note.taken', 'note.read', 'note.taken'], 'what nobody wants is done')
  await take(quick)
  await forgetPortion(database, [quick, slow], now)
  assert.deepEqual(await left(), ['note.taken', 'note.taken'], 'one who wants it has not done it')
  await take(slow)
  await forgetPortion(database, [quick, slow], now)
  assert.deepEqual(await left(), ['note.taken'], 'it is young')
  await forgetPortion(database, [quick, slow], new Date(now.getTime() + 2 * DAY_MS))
  assert.deepEqual(await left(), [])
})
