import type { PersonId } from '../../../protocol/ids.ts'
import type { RuleContent } from '../../../protocol/order-rules.ts'
import { formatMoney } from '../coupons/money.ts'
import { conditionWords, giftWords, type Words } from './rule-words.ts'

export type VersionWords = Words & {
  campaignName: (campaignId: string) => string
  personName: (personId: PersonId) => string
  /** A moment, by the clocks of rules. */
  moment: (at: string) => string
}

/** What somebody has changed in a rule, each as a sentence. */
export function changesBetween(words: VersionWords, before: RuleContent, after: RuleContent): string[] {
  const { text } = words
  const sentences = [
    before.name !== after.name && text('rule.changed.name', { before: before.name, after: after.name }),
    before.isActive !== after.isActive && text(after.isActive ? 'rule.changed.resumed' : 'rule.changed.paused'),
    changed(
      words,
      text('rule.status'),
      [before, after].map(({ status }) => text(`order.status.${status}`)),
    ),
    ...conditionChanges(words, before, after),
    changed(
      words,
      text('rule.giftWords'),
      [before, after].map(({ gifts }) => giftWords(gifts, words.campaignName)),
    ),
    messageChange(words, before, after),
    senderChange(words, before, after),
    ...limitChanges(words, before, after),
    ...(['validFrom', 'validUntil'] as const).map((key) =>
      changed(
        words,
        text(`rule.more.${key}`),
        [before, after].map((one) => one[key] && words.moment(one[key])),
      ),
    ),
    changed(
      words,
      text('rule.more.priority'),
      [before, after].map(({ priority }) => String(priority)),
    ),
    ...(['isLast', 'takesBack'] as const).map(
      (key) =>
        before[key] !== after[key] &&
        text(after[key] ? 'rule.changed.yes' : 'rule.changed.no', { what: text(`rule.${key}`) }),
    ),
  ].filter((sentence) => sentence !== false)
  return sentences.length === 0 ? [text('rule.changed.nothing')] : sentences
}

/** Of something that has a name and one value. */
function changed({ text }: Words, what: string, [before, after]: (string | null)[]): string | false {
  if (before === after) return false
  return text('rule.changed.value', {
    what,
    before: before ?? text('rule.noValue'),
    after: after ?? text('rule.noValue'),
  })
}

function conditionChanges(words: VersionWords, before: RuleContent, after: RuleContent): (string | false)[] {
  const { text } = words
  if (after.expression !== null)
    return [before.expression !== after.expression && text('rule.changed.expression', { expression: after.expression })]
  const [old, fresh] = [before, after].map(({ form, expression }) =>
    expression === null ? form.conditions.map((one) => conditionWords(words, one)) : [],
  )
  const gone = old?.filter((condition) => !fresh?.includes(condition)) ?? []
  const added = fresh?.filter((condition) => !old?.includes(condition)) ?? []
  return [
    before.expression !== null && text('rule.changed.form'),
    ...gone.map((condition) => text('rule.changed.conditionGone', { condition })),
    ...added.map((condition) => text('rule.changed.conditionNew', { condition })),
    before.form.join !== after.form.join &&
      after.form.conditions.length > 1 &&
      text(`rule.changed.join.${after.form.join}`),
  ]
}

function messageChange({ text }: VersionWords, before: RuleContent, after: RuleContent): string | false {
  if (before.message === after.message) return false
  if (after.message === '') return text('rule.changed.messageGone')
  return text(before.message === '' ? 'rule.changed.messageNew' : 'rule.changed.message')
}

function senderChange({ text, personName }: VersionWords, before: RuleContent, after: RuleContent): string | false {
  if (before.senderId === after.senderId) return false
  if (after.senderId === null) return text('rule.changed.senderGone')
  return text('rule.changed.sender', { name: personName(after.senderId) })
}

function limitChanges(words: VersionWords, before: RuleContent, after: RuleContent): (string | false)[] {
  const { text, locale } = words
  const all = [before.limits, after.limits]
  const money = (key: 'amount' | 'each') =>
    all.map(({ budget }) => budget && formatMoney(locale, { amount: budget[key], currency: budget.currency }))
  return [
    ...(['total', 'perPerson', 'perDay'] as const).map((key) =>
      changed(
        words,
        text(`rule.more.${key}`),
        all.map((limits) => capWords(limits[key])),
      ),
    ),
    changed(words, text('rule.more.budget'), money('amount')),
    changed(words, text('rule.more.each'), money('each')),
  ]
}

const capWords = (cap: number | null) => (cap === null ? null : String(cap))
