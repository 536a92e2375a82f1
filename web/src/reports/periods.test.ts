import assert from 'node:assert/strict'
import { test } from 'node:test'
import { barsOf, periodOf } from './periods.ts'

test('a period ends today, by the calendar of the organization', () => {
  const now = new Date('2026-03-01T20:00:00Z')
  assert.deepEqual(periodOf('7', now, 'UTC'), { from: '2026-02-23', until: '2026-03-01' })
  assert.deepEqual(periodOf('7', now, 'Asia/Shanghai'), { from: '2026-02-24', until: '2026-03-02' })
})

test('every day has its bar, and a year has one for each week', () => {
  const days = [{ day: '2026-02-24', messages: 3 }]
  const week = barsOf(days, { from: '2026-02-23', until: '2026-03-01' })
  assert.deepEqual(
    week.map(({ messages }) => messages),
    [0, 3, 0, 0, 0, 0, 0],
  )
  const year = barsOf(days, { from: '2025-03-02', until: '2026-03-01' })
  assert.equal(year.length, 53)
  assert.equal(
    year.reduce((sum, { messages }) => sum + messages, 0),
    3,
  )
})
