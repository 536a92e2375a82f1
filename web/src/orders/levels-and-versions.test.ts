import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RuleContent } from '../../../protocol/order-rules.ts'
import { formatter } from '../platform/formatter.ts'
import english from '../texts/en.json' with { type: 'json' }
import laterEnglish from '../texts/later/en.json' with { type: 'json' }
import { draftLevel, levelFaults, levelsOf, missingLevels } from './level-rules.ts'
import { changesBetween } from './version-changes.ts'

test('K-03 a level needs a name of its own, and more orders than those below it', () => {
  const drafts = [
    ['Regular', '3'],
    ['', '5'],
    ['regular ', '8'],
    ['gold', '2'],
    ['friend', ''],
    ['vip', '1001'],
  ].map(([name = '', orders = '']) => ({ ...draftLevel({ name, ordersMin: null }), orders }))
  const faults = levelFaults(drafts)
  assert.deepEqual(
    drafts.map(({ id }) => faults.get(id)),
    [undefined, 'name', 'twice', 'hidden', undefined, 'number'],
  )
  const levels = levelsOf(drafts.filter(({ id }) => !faults.has(id)))
  assert.deepEqual(levels, [
    { name: 'regular', ordersMin: 3 },
    { name: 'friend', ordersMin: null },
  ])
  const asking = (name: string, values: string[]) => ({ ...content({ field: 'level', operator: 'is', values }), name })
  assert.deepEqual(missingLevels([asking('One', ['Regular', 'gold']), asking('Two', ['Gold'])], levels), [
    { level: 'gold', rules: ['One', 'Two'] },
  ])
})

test('K-08 what was changed in a rule is told in sentences', () => {
  const before = content({ field: 'country', operator: 'is', values: ['DE'] })
  const limits = { ...before.limits, total: 50, budget: { amount: 50_000, each: 1_000, currency: 'EUR' } }
  const form = { ...before.form, conditions: [] }
  const after = { ...before, name: 'New', status: 'paid' as const, form, message: 'Thanks', isActive: false, limits }
  const text = formatter('en', { ...english, ...laterEnglish })
  const words = { text, locale: 'en', campaignName: () => 'Ten off', personName: () => '', moment: String } as const
  assert.deepEqual(changesBetween(words, before, after), [
    'It is called “New”, no longer “Old”.',
    'It was paused.',
    'State: paid, before that shipped.',
    'Without the condition “the customer’s country is Germany”.',
    'A message goes with it.',
    'Orders in total: 50, before that no limit.',
    'Budget: €500, before that no limit.',
    'Each order counts: €10, before that no limit.',
  ])
  assert.deepEqual(changesBetween(words, before, before), ['Nothing but what was saved before.'])
})

function content(condition: object): RuleContent {
  const form = { join: 'all', conditions: [condition] }
  const gifts = [{ campaignId: '01890000-0000-7000-8000-000000000001' }]
  return RuleContent.parse({ name: 'Old', status: 'shipped', form, gifts })
}
