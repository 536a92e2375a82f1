import type { PersonId } from '../../../protocol/ids.ts'
import type { OrderRule, RuleCondition, RuleContent } from '../../../protocol/order-rules.ts'
import type { OrderStatus } from '../../../protocol/orders.ts'
import { readAmount, typeAmount } from '../coupons/money.ts'

/** A condition while somebody writes it: what is typed need not be right yet. */
export type ConditionDraft = {
  id: number
  field: RuleCondition['field']
  operator: string
  /** Words with commas between, an amount, a number, or what an attribute is compared with. */
  value: string
  /** Of an amount the currency, of an attribute its name. */
  extra: string
}
export type RuleDraft = {
  name: string
  status: OrderStatus
  join: 'all' | 'any'
  conditions: ConditionDraft[]
  expression: string | null
  gifts: { id: number; campaignId: string; count: string }[]
  message: string
  priority: string
  isLast: boolean
  takesBack: boolean
  total: string
  perPerson: string
  perDay: string
  /** What it spends at most, and how much of that each order counts. */
  budget: string
  each: string
  currency: string
  /** Moments; null: at any time. */
  validFrom: string | null
  validUntil: string | null
  senderId: PersonId | null
}

export const operatorsOf = {
  source: ['is', 'is-not'],
  currency: ['is', 'is-not'],
  country: ['is', 'is-not'],
  place: ['is', 'is-not'],
  level: ['is', 'is-not'],
  total: ['above', 'at-least', 'below', 'at-most'],
  quantity: ['above', 'at-least', 'below', 'at-most', 'equals'],
  'earlier-orders': ['above', 'at-least', 'below', 'at-most', 'equals'],
  sku: ['has', 'has-not'],
  tag: ['has', 'has-not'],
  'first-order': ['is', 'is-not'],
  attribute: ['is', 'is-not', 'above', 'at-least', 'below', 'at-most'],
} as const satisfies Record<RuleCondition['field'], readonly RuleCondition['operator'][]>

let lastId = 0
export const freshId = () => ++lastId

export const newCondition = (field: ConditionDraft['field'], currency = 'EUR'): ConditionDraft => ({
  id: freshId(),
  field,
  operator: operatorsOf[field][0],
  value: field === 'country' ? 'DE' : '',
  extra: field === 'total' ? currency : '',
})

export const emptyDraft = (): RuleDraft => ({
  name: '',
  status: 'shipped',
  join: 'all',
  conditions: [],
  expression: null,
  gifts: [{ id: freshId(), campaignId: '', count: '1' }],
  message: '',
  priority: '100',
  isLast: false,
  takesBack: true,
  total: '',
  perPerson: '',
  perDay: '',
  budget: '',
  each: '',
  currency: 'EUR',
  validFrom: null,
  validUntil: null,
  senderId: null,
})

export function draftOf(rule: RuleContent): RuleDraft {
  const { name, status, form, expression, gifts, message, priority, isLast, takesBack, limits } = rule
  const { validFrom, validUntil, senderId } = rule
  const { budget } = limits
  return {
    name,
    status,
    join: form.join,
    conditions: form.conditions.map(conditionDraft),
    expression,
    gifts: gifts.map(({ campaignId, count }) => ({ id: freshId(), campaignId, count: String(count) })),
    message,
    priority: String(priority),
    isLast,
    takesBack,
    total: typed(limits.total),
    perPerson: typed(limits.perPerson),
    perDay: typed(limits.perDay),
    budget: budget ? typeAmount(budget) : '',
    each: budget ? typeAmount({ amount: budget.each, currency: budget.currency }) : '',
    currency: budget?.currency ?? 'EUR',
    validFrom,
    validUntil,
    senderId,
  }
}

const typed = (count: number | null) => (count === null ? '' : String(count))

function conditionDraft(condition: RuleCondition): ConditionDraft {
  const { field, operator } = condition
  const base = { id: freshId(), field, operator, extra: '' }
  if ('values' in condition) return { ...base, value: condition.values.join(', ') }
  if (condition.field === 'total') return { ...base, value: typeAmount(condition), extra: condition.currency }
  if ('number' in condition) return { ...base, value: String(condition.number) }
  if (condition.field === 'attribute') return { ...base, value: String(condition.value), extra: condition.name }
  return { ...base, value: '' }
}

/** What is sent; undefined where something is missing or cannot be read. Whether it acts is decided elsewhere. */
export function contentOf(draft: RuleDraft, before: OrderRule | undefined): object | undefined {
  const conditions = draft.expression === null ? draft.conditions.map(conditionOf) : []
  const gifts = draft.gifts.map(({ campaignId, count }) => ({ campaignId, count: Number(count) }))
  const [total, perPerson, perDay] = [draft.total, draft.perPerson, draft.perDay].map(capOf)
  const budget = budgetOf(draft)
  const isGood =
    draft.name.trim() !== '' &&
    conditions.every((one) => one !== undefined) &&
    gifts.every(({ campaignId, count }) => campaignId !== '' && Number.isInteger(count) && count > 0) &&
    [total, perPerson, perDay, budget].every((limit) => limit !== undefined) &&
    isPriority(draft.priority) &&
    !endsTooEarly(draft)
  if (!isGood) return undefined
  const { status, join, expression, message, isLast, takesBack, validFrom, validUntil, senderId } = draft
  return {
    ...(before && { isActive: before.isActive }),
    name: draft.name.trim(),
    status,
    form: { join, conditions },
    expression,
    gifts,
    message,
    priority: Number(draft.priority),
    isLast,
    takesBack,
    validFrom,
    validUntil,
    senderId,
    limits: { total, perPerson, perDay, budget },
  }
}

/** As the server takes it. */
export const isPriority = (words: string) => /^(\d{1,3}|1000)$/.test(words)

const readOrNought = (words: string, currency: string) => (/^0+$/.test(words.trim()) ? 0 : readAmount(words, currency))

export const endsTooEarly = ({ validFrom, validUntil }: RuleDraft) =>
  validFrom !== null && validUntil !== null && Date.parse(validUntil) <= Date.parse(validFrom)

/** Null: it has none; undefined: it cannot be read. */
export function budgetOf({ budget, each, currency }: RuleDraft) {
  if (budget.trim() === '' && each.trim() === '') return null
  const [amount, share] = [readOrNought(budget, currency), readOrNought(each, currency)]
  return amount === undefined || share === undefined ? undefined : { amount, each: share, currency }
}

export const capOf = (words: string) =>
  words.trim() === '' ? null : /^[1-9]\d{0,8}$/.test(words.trim()) ? Number(words) : undefined

function conditionOf({ field, operator, value, extra }: ConditionDraft): object | undefined {
  const base = { field, operator }
  switch (field) {
    case 'total': {
      const amount = readOrNought(value, extra)
      return amount === undefined ? undefined : { ...base, amount, currency: extra }
    }
    case 'quantity':
    case 'earlier-orders':
      return /^\d{1,9}$/.test(value.trim()) ? { ...base, number: Number(value) } : undefined
    case 'first-order':
      return base
    case 'attribute':
      return /^[A-Za-z][\w-]*$/.test(extra) ? { ...base, name: extra, value: attributeValue(value) } : undefined
    default: {
      const values = value
        .split(',')
        .map((one) => one.trim())
        .filter(Boolean)
      return values.length === 0 ? undefined : { ...base, values }
    }
  }
}

function attributeValue(words: string): string | number | boolean {
  if (words === 'true' || words === 'false') return words === 'true'
  return /^-?\d{1,15}$/.test(words) ? Number(words) : words
}
