import type { RuleCondition, RuleContent } from '../../../protocol/order-rules.ts'
import { formatMoney } from '../coupons/money.ts'
import type { Locale, Text } from '../platform/formatter.ts'

export type Words = { text: Text; locale: Locale }

/** A condition as it stands in a sentence: `the customer’s country is Germany`. */
export function conditionWords({ text, locale }: Words, condition: RuleCondition): string {
  const field = condition.field === 'attribute' ? condition.name : text(`rule.field.${condition.field}`)
  if (condition.field === 'first-order') return `${field} ${operatorWords(text, condition)}`
  return [field, operatorWords(text, condition), valueWords({ text, locale }, condition)].join(' ')
}

type Comparison = Pick<RuleCondition, 'field' | 'operator'>

/** How it compares; of a first order there is nothing to compare with. */
export function operatorWords(text: Text, { field, operator }: Comparison): string {
  const isFirst = field === 'first-order' && (operator === 'is' || operator === 'is-not')
  return text(isFirst ? `rule.firstOrder.${operator}` : `rule.operator.${operator}`)
}

function valueWords({ text, locale }: Words, condition: Exclude<RuleCondition, { field: 'first-order' }>): string {
  switch (condition.field) {
    case 'total':
      return formatMoney(locale, condition)
    case 'quantity':
    case 'earlier-orders':
      return new Intl.NumberFormat(locale).format(condition.number)
    case 'attribute':
      return String(condition.value)
    case 'country':
      return condition.values.map((code) => countryName(locale, code)).join(text('rule.or'))
    default:
      return condition.values.join(text('rule.or'))
  }
}

/** What a rule gives: `1 × Ten off, 2 × Free coffee`. */
export const giftWords = (gifts: RuleContent['gifts'], campaignName: (campaignId: string) => string): string =>
  gifts.map(({ campaignId, count }) => `${count} × ${campaignName(campaignId)}`).join(', ')

export function countryName(locale: Locale, code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return code
  return new Intl.DisplayNames([locale], { type: 'region' }).of(code) ?? code
}

/** Every country there is, by its name. */
export function countries(locale: Locale): { value: string; label: string }[] {
  const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(65 + index))
  const names = new Intl.DisplayNames([locale], { type: 'region', fallback: 'none' })
  return letters
    .flatMap((first) => letters.map((second) => first + second))
    .flatMap((value) => {
      const label = names.of(value)
      const isToday = new Intl.Locale(`und-${value}`).region === value
      return label !== undefined && isToday && !notCountries.has(value) ? [{ value, label }] : []
    })
    .toSorted((one, other) => one.label.localeCompare(other.label, locale))
}

/** Unions, and codes that stand for no place. */
const notCountries = new Set(['EU', 'EZ', 'UN', 'XA', 'XB', 'ZZ', 'QO', 'AC', 'CP', 'DG', 'EA', 'IC', 'TA'])
