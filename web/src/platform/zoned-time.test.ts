import assert from 'node:assert/strict'
import { test } from 'node:test'
import { momentAt, wallTime } from './zoned-time.ts'

test('K-07 a time is typed and shown by the clocks of a zone, also when they are put forward or back', () => {
  for (const [wall, zone, moment] of [
    ['2026-05-14T09:00', 'Europe/Berlin', '2026-05-14T07:00:00.000Z'],
    ['2026-05-14T00:30', 'Asia/Kathmandu', '2026-05-13T18:45:00.000Z'],
    ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25T03:00', 'Europe/Berlin', '2026-10-25T02:00:00.000Z'],
    ['2026-12-31T23:59', 'Pacific/Kiritimati', '2026-12-31T09:59:00.000Z'],
  ] as const) {
    assert.equal(momentAt(wall, zone), moment)
    assert.equal(wallTime(moment, zone), wall)
  }
  assert.equal(wallTime(momentAt('2026-03-29T02:30', 'Europe/Berlin'), 'Europe/Berlin'), '2026-03-29T03:30')
  assert.deepEqual([momentAt('', 'UTC'), wallTime(null, 'UTC')], [null, ''])
})
