import { z } from 'zod'
import { Currency } from './currency.ts'
import { Address } from './identity.ts'
import { Instant, Moment, OrganizationId, PersonId } from './ids.ts'
import { limits } from './limits.ts'
import { TimeZone } from './reports.ts'
import { line } from './text.ts'

/** What an order can be, in the order in which they mostly follow. Of two at the same moment the later one counts. */
export const orderStates = ['submitted', 'confirmed', 'paid', 'shipped', 'completed', 'cancelled', 'refunded'] as const
export const OrderStatus = z.enum(orderStates)
export type OrderStatus = z.infer<typeof OrderStatus>

/** One message for each change; its kind is the new state. */
export const orderEvents = orderStates.map((status) => `order.${status}` as const)

export const inOrganization = { organizationId: OrganizationId }
/** Where an order came in: app, phone, website, a shop; lower-case letters, digits and hyphens. */
export const OrderSource = line({ max: 40 }).regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, {
  error: 'Must be lower-case letters, digits and hyphens.',
})
/** In the smallest unit of the currency: cents of a euro, whole yen. */
export const Amount = z.int().min(0).max(Number.MAX_SAFE_INTEGER)

const AttributeValue = z.union([line({ min: 0, max: 200 }), z.int(), z.boolean()])
export const OrderAttributes = z
  .record(
    line({ max: 40 }).regex(/^[A-Za-z][A-Za-z0-9_-]*$/, { error: 'Must begin with a letter; no blanks.' }),
    AttributeValue,
  )
  .refine((value) => Object.keys(value).length <= limits.orderAttributes, { error: 'Has too many attributes.' })

export const OrderItem = z.strictObject({
  sku: line({ min: 0, max: 100 }).default(''),
  name: line({ min: 0, max: 200 }).default(''),
  quantity: z.int().min(0).max(1_000_000).default(1),
})
export type OrderItem = z.infer<typeof OrderItem>

/** Who ordered: a contact or member by id or address, or by the number that the source gives its customers. */
export const OrderCustomer = z.strictObject({
  personId: PersonId.optional(),
  address: Address.optional(),
  externalId: line({ max: 100 }).optional(),
  name: line({ max: limits.personName }).optional(),
})
export type OrderCustomer = z.infer<typeof OrderCustomer>

/** An order as its source has it now, whole: what is left out is not so any more. */
export const PutOrder = z.strictObject({
  source: OrderSource,
  /** The order's number at its source. */
  externalId: line({ max: 100 }),
  status: OrderStatus,
  /** Grows with every change at the source. Without it and `updatedAt`, what arrives later is later. */
  version: z
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER - limits.orderHistory)
    .optional(),
  /** Counts as a version, in microseconds: all of these years are whole numbers that a computer holds exactly. */
  updatedAt: Moment.refine((text) => /^(19[7-9]|2[01])/.test(text), {
    error: 'Must lie in the years 1970 to 2199.',
  }).optional(),
  placedAt: Moment.optional(),
  customer: OrderCustomer.optional(),
  total: Amount,
  currency: Currency,
  items: z.array(OrderItem).max(limits.orderItems).default([]),
  /** The shop, branch or city. */
  place: line({ min: 0, max: 120 }).default(''),
  /** The customer's country: two letters of ISO 3166, or its name. */
  country: line({ min: 0, max: 80 }).default(''),
  attributes: OrderAttributes.default({}),
})
export type PutOrder = z.output<typeof PutOrder>
export const PutOrders = z.strictObject({
  ...inOrganization,
  orders: z.array(PutOrder).min(1).max(limits.ordersPerCommand),
})
/**
 * `new`: not known before. `changed`: another state. `updated`: other content, same state. `late`: something later was
 * known already; what it says is entered into the history. `known`: has been here before. `refused`: see `code`.
 */
export const PutOutcome = z.enum(['new', 'changed', 'updated', 'late', 'known', 'refused'])
export type PutOutcome = z.infer<typeof PutOutcome>
export const PutResult = z.object({
  orderId: z.uuid().nullable(),
  outcome: PutOutcome,
  code: z.enum(['order.customer-unknown', 'order.history-full']).optional(),
})
export type PutResult = z.infer<typeof PutResult>
/** In the order of the input. */
export const PutResults = z.object({ results: z.array(PutResult) })

export const Order = z.object({
  id: z.uuid(),
  source: z.string(),
  externalId: z.string(),
  status: OrderStatus,
  personId: PersonId.nullable(),
  customerName: z.string(),
  total: z.int(),
  currency: z.string(),
  place: z.string(),
  country: z.string(),
  placedAt: Instant,
  changedAt: Instant,
})
export type Order = z.infer<typeof Order>
/** The newest first. `search` looks for the beginning of the order's number, and for the customer's name. */
export const ListOrders = z.strictObject({
  ...inOrganization,
  status: OrderStatus.optional(),
  source: OrderSource.optional(),
  search: line({ min: 0, max: 100 }).default(''),
  after: z.uuid().optional(),
  limit: z.int().min(1).max(limits.page).default(50),
})
export const OrderList = z.object({
  orders: z.array(Order),
  next: z.string().nullable(),
  /** Milliseconds by which the rules are behind the changes. */
  lagMs: z.int(),
})
export const GetOrder = z.strictObject({ ...inOrganization, orderId: z.uuid() })

/** What a rule came to. */
export const RuleOutcome = z.enum([
  'given',
  'not-met',
  'missing',
  'stopped',
  'limit-total',
  'limit-person',
  'limit-day',
  'budget',
  'no-customer',
  'cancelled',
  'no-coupon',
])
export type RuleOutcome = z.infer<typeof RuleOutcome>
export const OrderHistoryEntry = z.object({
  status: OrderStatus,
  /** False: nothing but other content. */
  isChange: z.boolean(),
  /** True: it was entered as past, and no rule has acted on it. */
  isPast: z.boolean(),
  at: Instant,
})
/** A level of customers. The highest counts whose name is a tag of the contact, or whose numbers are reached. */
export const CustomerLevel = z.strictObject({
  name: line({ max: limits.tag }).transform((name) => name.toLowerCase()),
  /** Earlier orders that were not cancelled; more than these are not told apart. Null: by tag alone. */
  ordersMin: z.int().min(0).max(limits.earlierOrders).nullable().default(null),
})
export type CustomerLevel = z.infer<typeof CustomerLevel>
/** From the lowest to the highest. */
const CustomerLevels = z
  .array(CustomerLevel)
  .max(limits.customerLevels)
  .refine((levels) => new Set(levels.map(({ name }) => name)).size === levels.length, {
    error: 'Has two levels of one name.',
  })
export const OrderSettings = z.object({
  /** Whether somebody who has ordered and is not known becomes a contact. */
  makesContacts: z.boolean(),
  levels: CustomerLevels,
  /** Whose days count where a rule gives so many a day. */
  timeZone: TimeZone,
})
export type OrderSettings = z.infer<typeof OrderSettings>
export const InOrders = z.strictObject(inOrganization)
export const ChangeOrderSettings = z.strictObject({
  ...inOrganization,
  makesContacts: z.boolean().optional(),
  levels: CustomerLevels.optional(),
  timeZone: TimeZone.optional(),
})
/** How many customers would have which of these levels, saved or not, if they ordered now. */
export const CountLevels = z.strictObject({ ...inOrganization, levels: CustomerLevels })
export const LevelCounts = z.object({
  /** In the order of the levels. */
  customers: z.array(z.int()),
  /** Contacts, and others who have ordered, that reach none of them. */
  without: z.int(),
})
export type LevelCounts = z.infer<typeof LevelCounts>
/** Tells who the customers are whom a source knows by numbers of its own. Their earlier orders become theirs. */
export const LinkCustomers = z.strictObject({
  ...inOrganization,
  source: OrderSource,
  /** Each shop has numbers of its own. */
  shopId: z.uuid().optional(),
  links: z
    .array(z.strictObject({ externalId: line({ max: 100 }), personId: PersonId }))
    .min(1)
    .max(limits.peoplePerCommand),
})
export const LinkedCustomers = z.object({ orders: z.int() })
