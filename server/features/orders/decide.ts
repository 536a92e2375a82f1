import type { RuleContent } from '../../../protocol/order-rules.ts'
import type { CustomerLevel, OrderStatus, RuleOutcome } from '../../../protocol/orders.ts'
import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { compiledRule, type Facts } from './compile-rule.ts'
import { isCancelling } from './history.ts'
import type { Details } from './store.ts'

/** A rule as it was at some time. */
export type RuleVersion = {
  ruleId: string
  version: number
  organizationId: OrganizationId
  status: OrderStatus
  isActive: boolean
  content: RuleContent
  compiled: string
  madeBy: PersonId
  madeAt: string
  supersededAt: string | null
}

/** What is known of who has ordered, when the rules look. */
export type CustomerFacts = { tags: string[]; earlierOrders: number }

/** An order's having become something. */
export type Trigger = {
  organizationId: OrganizationId
  orderId: string
  status: OrderStatus
  version: number
  rank: number
  at: string
  details: Details
  personId: PersonId | null
  wasCancelled: boolean
}

/** With the time in which it is in force. */
export type TimedRule = RuleVersion & { fromMs: number; untilMs: number }

/** Once for many triggers: reading times out of texts takes longer than comparing them. */
export function timed(rule: RuleVersion): TimedRule {
  const { validFrom, validUntil } = rule.content
  const endOf = (time: string | null) => (time === null ? Infinity : Date.parse(time))
  return {
    ...rule,
    fromMs: Math.max(Date.parse(rule.madeAt), validFrom === null ? 0 : Date.parse(validFrom)),
    untilMs: Math.min(endOf(rule.supersededAt), endOf(validUntil)),
  }
}

/** Of the active rules for its state those that were in force, the first to be asked first. */
export function inForce(rules: readonly TimedRule[], { at }: Pick<Trigger, 'at'>): RuleVersion[] {
  const time = Date.parse(at)
  return rules.filter((rule) => rule.fromMs <= time && time < rule.untilMs)
}

/** The highest priority first; of equals the older rule, whose id is smaller. */
export const compareRules = (one: RuleVersion, other: RuleVersion) =>
  other.content.priority - one.content.priority || (one.ruleId < other.ruleId ? -1 : 1)

/** A level follows from a tag of its name, or from how often somebody has ordered; the highest that does counts. */
export function levelOf({ tags, earlierOrders }: CustomerFacts, levels: readonly CustomerLevel[]): string {
  const reached = levels.findLast(
    ({ name, ordersMin }) => tags.includes(name) || (ordersMin !== null && earlierOrders >= ordersMin),
  )
  return reached?.name ?? ''
}

/** What a rule is asked about; amounts as bigint. */
export function factsOf(
  { status, details }: Pick<Trigger, 'status' | 'details'>,
  customer: CustomerFacts | undefined,
  levels: readonly CustomerLevel[],
): Facts {
  const { source, total, currency, place, country, items, attributes } = details
  return {
    order: {
      status,
      source,
      total: BigInt(total),
      currency,
      ...(place !== undefined && { place }),
      ...(country !== undefined && { country }),
      quantity: BigInt(items.reduce((sum, { quantity }) => sum + quantity, 0)),
      skus: items.map(({ sku }) => sku),
      items: items.map((item) => ({ ...item, quantity: BigInt(item.quantity) })),
      attributes: Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [name, typeof value === 'number' ? BigInt(value) : value]),
      ),
    },
    ...(customer && {
      customer: {
        level: levelOf(customer, levels),
        tags: customer.tags,
        earlierOrders: BigInt(customer.earlierOrders),
        isFirstOrder: customer.earlierOrders === 0,
      },
    }),
  }
}

export type Judged = {
  rule: RuleVersion
  outcome: Extract<RuleOutcome, 'given' | 'missing' | 'cancelled' | 'no-customer'>
}

/**
 * THE filter: which rules an order meets. What is not named in the answer was not met. Live decisions, dry runs and the
 * explanation all ask here. Limits are asked afterwards.
 */
export function judge(trigger: Trigger, rules: readonly RuleVersion[], facts: Facts): Judged[] {
  return rules.flatMap((rule): Judged[] => {
    const met = meets(rule, facts)
    if (met === false) return []
    if (met === 'missing') return [{ rule, outcome: 'missing' }]
    if (trigger.wasCancelled && rule.content.takesBack && !isCancelling(trigger.status))
      return [{ rule, outcome: 'cancelled' }]
    return [{ rule, outcome: trigger.personId === null ? 'no-customer' : 'given' }]
  })
}

/** What a rule asks for and is not there is an error in CEL, and never met. */
export function meets({ compiled }: Pick<RuleVersion, 'compiled'>, facts: Facts): boolean | 'missing' {
  try {
    return compiledRule(compiled).isMet(facts)
  } catch (error) {
    if (error instanceof Error) return 'missing'
    throw error
  }
}
