import { z } from 'zod'
import { Currency } from './currency.ts'
import { CampaignId, Instant, Moment, PersonId } from './ids.ts'
import { limits } from './limits.ts'
import { Amount, inOrganization, Order, OrderHistoryEntry, OrderStatus, RuleOutcome } from './orders.ts'
import { line, text } from './text.ts'

const Words = z
  .array(line({ max: 200 }))
  .min(1)
  .max(limits.ruleValues)
/** What a condition asks about: a word, an amount, a number, a tag, yes or no, or an attribute of the order. */
export const RuleCondition = z.discriminatedUnion('field', [
  z.strictObject({
    field: z.enum(['source', 'currency', 'country', 'place', 'level']),
    operator: z.enum(['is', 'is-not']),
    /** Any of them. */
    values: Words,
  }),
  z.strictObject({
    field: z.literal('total'),
    operator: z.enum(['above', 'at-least', 'below', 'at-most']),
    amount: Amount,
    currency: Currency,
  }),
  z.strictObject({
    field: z.enum(['quantity', 'earlier-orders']),
    operator: z.enum(['above', 'at-least', 'below', 'at-most', 'equals']),
    number: z.int().min(0).max(1_000_000_000),
  }),
  z.strictObject({ field: z.enum(['sku', 'tag']), operator: z.enum(['has', 'has-not']), values: Words }),
  z.strictObject({ field: z.literal('first-order'), operator: z.enum(['is', 'is-not']) }),
  z.strictObject({
    field: z.literal('attribute'),
    name: line({ max: 40 }).regex(/^[A-Za-z][A-Za-z0-9_-]*$/),
    operator: z.enum(['is', 'is-not', 'above', 'at-least', 'below', 'at-most']),
    value: z.union([line({ min: 0, max: 200 }), z.int(), z.boolean()]),
  }),
])
export type RuleCondition = z.infer<typeof RuleCondition>

export const RuleForm = z.strictObject({
  join: z.enum(['all', 'any']),
  conditions: z.array(RuleCondition).max(limits.ruleConditions),
})
export type RuleForm = z.infer<typeof RuleForm>

const Cap = z.int().min(1).max(1_000_000_000).nullable().default(null)
/** How much a rule gives at most; null: as much as the campaigns have. */
export const RuleLimits = z.strictObject({
  /** Orders that it gives something for. */
  total: Cap,
  perPerson: Cap,
  /** On one day of the organization. */
  perDay: Cap,
  /** Each order that it gives something for counts `each` of `amount`. */
  budget: z.strictObject({ amount: Amount, each: Amount, currency: Currency }).nullable().default(null),
})
export type RuleLimits = z.infer<typeof RuleLimits>

const Gift = z.strictObject({ campaignId: CampaignId, count: z.int().min(1).max(limits.couponsPerGift).default(1) })
export const RuleContent = z.strictObject({
  name: line({ max: 120 }),
  /** When an order becomes this. */
  status: OrderStatus,
  form: RuleForm,
  /** CEL, for what the form cannot say. It counts in the place of the form. */
  expression: text({ max: limits.ruleExpression }).nullable().default(null),
  gifts: z.array(Gift).min(1).max(limits.giftsPerRule),
  /** Half open: from, and before until. */
  validFrom: Moment.nullable().default(null),
  validUntil: Moment.nullable().default(null),
  /** The highest comes first. */
  priority: z.int().min(0).max(1_000).default(100),
  /** Where this rule gives something, those behind it do not. */
  isLast: z.boolean().default(false),
  /** Whether the coupons that are not redeemed are taken back when the order is cancelled or refunded. */
  takesBack: z.boolean().default(true),
  limits: RuleLimits.default({ total: null, perPerson: null, perDay: null, budget: null }),
  /** Goes to the customer with the coupon; may hold variable fields. */
  message: text({ max: 2_000 }).default(''),
  /** Who writes it. Null: who looks after the customer, else who made the rule. */
  senderId: PersonId.nullable().default(null),
  isActive: z.boolean().default(true),
})
export type RuleContent = z.output<typeof RuleContent>

/** `version`: the one it is based on; 0 for a new rule. Saving the same again changes nothing. */
export const PutRule = z.strictObject({
  ...inOrganization,
  ruleId: z.uuid(),
  version: z.int().min(0),
  rule: RuleContent,
})
export const OrderRule = z.object({
  id: z.uuid(),
  version: z.int(),
  ...RuleContent.shape,
  /** The CEL that is carried out. */
  compiled: z.string(),
  madeBy: PersonId,
  madeAt: Instant,
  /** Orders for which it has given something, and for which that was taken back. */
  given: z.int(),
  takenBack: z.int(),
  /** Of its budget, in the smallest unit of the budget's currency. */
  spent: z.int(),
})
export type OrderRule = z.infer<typeof OrderRule>
export const OneRule = z.strictObject({ ...inOrganization, ruleId: z.uuid() })
export const RuleList = z.object({ rules: z.array(OrderRule), lagMs: z.int() })
/** The newest first. */
export const ListRuleVersions = z.strictObject({
  ...inOrganization,
  ruleId: z.uuid(),
  before: z.int().min(1).optional(),
  limit: z.int().min(1).max(limits.page).default(20),
})
/** A rule as it was from `madeAt` until `supersededAt` (null: as it is now), and what it gave as such. */
export const RuleVersionView = z.object({
  version: z.int(),
  ...RuleContent.shape,
  compiled: z.string(),
  madeBy: PersonId,
  madeAt: Instant,
  supersededAt: Instant.nullable(),
  /** Orders for which it gave something, for how many of these that was taken back, and the coupons it gave. */
  given: z.int(),
  takenBack: z.int(),
  coupons: z.int(),
})
export type RuleVersionView = z.infer<typeof RuleVersionView>
export const RuleVersionList = z.object({ versions: z.array(RuleVersionView), next: z.int().nullable() })
export const SetRuleActive = z.strictObject({ ...inOrganization, ruleId: z.uuid(), isActive: z.boolean() })
/** Checks a form or an expression without saving it. */
export const CheckRule = z.strictObject({
  ...inOrganization,
  form: RuleForm,
  expression: text({ max: limits.ruleExpression }).nullable().default(null),
})
export const CheckedRule = z.object({ compiled: z.string() })

/**
 * Looks at the orders there are with the eyes of a rule. `live` gives the coupons of a saved rule that is active, once
 * for each order. `dry` says what that would give now, by what the limits of the rule and its campaigns leave.
 */
export const StartRun = z.strictObject({
  ...inOrganization,
  runId: z.uuid(),
  mode: z.enum(['dry', 'live']),
  /** The rule as it is to be tried: saved or not. */
  rule: RuleContent,
  ruleId: z.uuid().nullable().default(null),
})
export const GetRun = z.strictObject({ ...inOrganization, runId: z.uuid() })
/** What an order was left out by that met the rule: a limit of the rule's own, or one of the campaigns it gives. */
export const RunCut = z.enum([
  'limit-total',
  'limit-person',
  'limit-day',
  'budget',
  'sold-out',
  'campaign-budget',
  'campaign-person',
  'booklet-full',
  'not-for-person',
  'not-offered',
])
export type RunCut = z.infer<typeof RunCut>
export const RunCounts = z.object({
  /** Orders that have been in the rule's state. */
  looked: z.int(),
  met: z.int(),
  /** Those that would get something, or did. */
  given: z.int(),
  /** The coupons of these. */
  coupons: z.int(),
  /** Met, and nothing given, by reason. */
  withoutCustomer: z.int(),
  cancelled: z.int(),
  limited: z.int(),
  /** Of those that were limited, how many by what. */
  cuts: z.partialRecord(RunCut, z.int()),
  missing: z.int(),
  before: z.int(),
})
export type RunCounts = z.infer<typeof RunCounts>
export const OrderRun = z.object({
  id: z.uuid(),
  mode: z.enum(['dry', 'live']),
  state: z.enum(['running', 'done', 'failed']),
  done: z.int(),
  total: z.int(),
  counts: RunCounts,
  sample: z.array(
    z.object({
      orderId: z.uuid(),
      externalId: z.string(),
      customerName: z.string(),
      total: z.int(),
      currency: z.string(),
      country: z.string(),
    }),
  ),
})
export type OrderRun = z.infer<typeof OrderRun>

/** One condition of a rule, and what the order said to it. Null: the rule is an expression. */
export const ConditionCheck = z.object({
  condition: RuleCondition.nullable(),
  result: z.enum(['met', 'not-met', 'missing']),
  seen: z.string(),
})
export type ConditionCheck = z.infer<typeof ConditionCheck>
/** Why a rule gave something, or why not. */
export const RuleDecision = z.object({
  ruleId: z.uuid(),
  ruleName: z.string(),
  ruleVersion: z.int(),
  status: OrderStatus,
  at: Instant,
  outcome: RuleOutcome,
  join: RuleForm.shape.join,
  checks: z.array(ConditionCheck),
  /** Set where the coupons were taken back again. */
  takenBackAt: Instant.nullable(),
})
export type RuleDecision = z.infer<typeof RuleDecision>
export const OrderDetails = Order.extend({
  items: z.array(z.object({ sku: z.string(), name: z.string(), quantity: z.int() })),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  history: z.array(OrderHistoryEntry),
  decisions: z.array(RuleDecision),
})
export type OrderDetails = z.infer<typeof OrderDetails>
