import assert from 'node:assert/strict'
import { test } from 'node:test'
import chinese from '../texts/zh-CN.json' with { type: 'json' }
import english from '../texts/en.json' with { type: 'json' }
import { dates, daysBetween } from './dates.ts'
import { formatter, preferredLocale } from './formatter.ts'

const inEnglish = dates('en', formatter('en', english))
const inChinese = dates('zh-CN', formatter('zh-CN', chinese))
const now = new Date('2026-05-13T10:00:00')
const at = (when: string) => new Date(when)

test('days are counted by the calendar, not by hours', () => {
  assert.equal(daysBetween(at('2026-05-12T23:59:00'), at('2026-05-13T00:01:00')), 1)
  assert.equal(daysBetween(at('2026-05-13T00:01:00'), at('2026-05-13T23:59:00')), 0)
})

test('day lines say today and yesterday, then the day, and the year where it is another', () => {
  assert.equal(inEnglish.day(at('2026-05-13T08:00:00'), now), 'Today')
  assert.equal(inChinese.day(at('2026-05-12T08:00:00'), now), '昨天')
  assert.equal(inEnglish.day(at('2026-05-04T08:00:00'), now), 'Monday, May 4')
  assert.match(inEnglish.day(at('2025-05-04T08:00:00'), now), /2025/)
})

test('lists show the time today, the weekday this week, then the date', () => {
  assert.match(inEnglish.short(at('2026-05-13T08:05:00'), now), /^8:05\sAM$/)
  assert.equal(inEnglish.short(at('2026-05-11T08:05:00'), now), 'Mon')
  assert.equal(inEnglish.short(at('2026-04-11T08:05:00'), now), 'Apr 11')
})

test('a narrow place shows the time without the half of the day', () => {
  assert.equal(inEnglish.clock(at('2026-05-13T15:05:00')), '3:05')
  assert.equal(inChinese.clock(at('2026-05-13T15:05:00')), '15:05')
})

test('the language is the chosen one, else the first wanted that there is, else English', () => {
  assert.equal(preferredLocale('zh-CN', ['en-US']), 'zh-CN')
  assert.equal(preferredLocale(null, ['fr', 'zh-Hans-SG', 'en']), 'zh-CN')
  assert.equal(preferredLocale('klingon', ['fr']), 'en')
})
