import assert from 'node:assert/strict'
import { test } from 'node:test'
import { barsOf } from './day-bars.ts'

test('a chart has a bar for every day up to today where the campaign is, with what all places come to', () => {
  const days = [
    { day: '2026-05-12', issued: 3, redeemed: 0 },
    { day: '2026-05-12', issued: 0, redeemed: 2 },
    { day: '2026-01-01', issued: 9, redeemed: 9 },
  ]
  const now = new Date('2026-05-12T20:00:00Z')
  assert.deepEqual(barsOf(days, { count: 3, now, timeZone: 'Asia/Shanghai' }), [
    { day: '2026-05-11', issued: 0, redeemed: 0 },
    { day: '2026-05-12', issued: 3, redeemed: 2 },
    { day: '2026-05-13', issued: 0, redeemed: 0 },
  ])
})
