import { isDeepStrictEqual } from 'node:util'
import { v7 as uuidv7 } from 'uuid'
import type { OrderCustomer, OrderStatus, PutOrder, PutResult } from '../../../protocol/orders.ts'
import type { OrganizationId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import type { Context } from '../../platform/command.ts'
import { record } from '../../platform/events.ts'
import { noteCustomers } from './awaited.ts'
import { countryCode } from './country.ts'
import { resolveCustomers, type Resolved } from './customers.ts'
import { comparePlaces, enter, isCancelling, rankOf, statusOf, type Entry } from './history.ts'
import * as store from './store.ts'

/** An order as a source has it, by whichever way it came. */
export type Incoming = { organizationId: OrganizationId; origin: string; isPast: boolean; order: PutOrder }
export type Change = { orderId: string; version: number; rank: number; from: OrderStatus | null }

/** Changes that one fact names: what is larger than some kilobytes PostgreSQL compresses and stores aside. */
const CHANGES_PER_FACT = 12

/**
 * THE way in for orders. What each comes to is decided under the organization's lock for orders; the table of orders,
 * the history and the log of changes are written in one transaction. Answers in the order of the input.
 */
export async function ingest(ctx: Pick<Context, 'tx' | 'now'>, incoming: readonly Incoming[]): Promise<PutResult[]> {
  if (incoming.length === 0) return []
  const { tx, now } = ctx
  const ordering = incoming.map(({ organizationId, origin, order: { source, customer } }) => ({
    organizationId,
    origin,
    source,
    customer,
  }))
  const asked = incoming.map((one) => ({ one, key: keyOf(keyIn(one)) }))
  const keys = Array.from(new Map(asked.map(({ one, key }) => [key, keyIn(one)])).values())
  const lockedIds = Array.from(new Set(incoming.map(({ organizationId }) => organizationId)))
  // Locked before anybody is looked up: who is erased meanwhile is not written into an order afterwards.
  const [, customers] = await Promise.all([store.lockOrders(tx, lockedIds), resolveCustomers(ctx, ordering)])
  const known = await store.findOrders(tx, keys)
  const drafts = new Map(known.map((order) => [keyOf(order), draftOf(order)]))
  await readBefore(ctx, asked, drafts)
  const results = asked.map((one, index) => apply(one, { drafts, customer: customers[index] ?? null, now }))
  await write(ctx, Array.from(drafts.values()))
  return results
}

/** An order while a transaction works on it. */
type Draft = {
  row: store.OrderRow
  /** What it holds now, where that was read. */
  details: store.Details | undefined
  isNew: boolean
  isChanged: boolean
  /** It was stored before, and nobody knew whose it was. */
  wasUnknown: boolean
  /** Who is said to have ordered it. */
  customer: OrderCustomer | undefined
  /** All of it where something late may come; else the last entry alone. */
  history: Entry[]
  entries: store.EntryRow[]
  /** Entries stored before that are changes from now on. */
  marked: store.EntryKey[]
  changes: Change[]
}

const keyOf = ({ organizationId, source, origin, externalId }: store.OrderKey) =>
  JSON.stringify([organizationId, source, origin, externalId])
/** With the key of its order. */
type Asked = { one: Incoming; key: string }
const keyIn = ({ organizationId, origin, order: { source, externalId } }: Incoming): store.OrderKey => ({
  organizationId,
  source,
  origin,
  externalId,
})

function draftOf(row: store.OrderRow): Draft {
  const { version, rank } = row
  return {
    row,
    details: undefined,
    isNew: false,
    isChanged: false,
    wasUnknown: row.personId === null,
    customer: undefined,
    history: [{ version, rank, isChange: true }],
    entries: [],
    marked: [],
    changes: [],
  }
}

/** What arrives in order needs nothing but the last entry; what says no version is compared with it. */
async function readBefore({ tx }: Pick<Context, 'tx'>, asked: readonly Asked[], drafts: Map<string, Draft>) {
  const late = new Map<string, Draft>()
  const compared = new Map<string, Draft>()
  for (const { one, key } of asked) {
    const draft = drafts.get(key)
    const version = versionIn(one.order)
    if (draft && version === undefined) compared.set(draft.row.id, draft)
    else if (draft && version !== undefined && version <= draft.row.version) late.set(draft.row.id, draft)
  }
  const rowsOf = (some: Map<string, Draft>) => Array.from(some.values(), ({ row }) => row)
  const latest = compared.size === 0 ? [] : await store.readDetails(tx, rowsOf(compared))
  for (const { orderId, details } of latest) {
    const draft = compared.get(orderId)
    if (draft) draft.details = details
  }
  if (late.size === 0) return
  for (const draft of late.values()) draft.history = []
  for (const { orderId, ...entry } of await store.readHistories(tx, rowsOf(late)))
    late.get(orderId)?.history.push(entry)
}

function versionIn({ version, updatedAt }: PutOrder): number | undefined {
  return version ?? (updatedAt === undefined ? undefined : Date.parse(updatedAt) * 1_000)
}

type Around = { drafts: Map<string, Draft>; customer: Resolved; now: Date }

function apply({ one, key }: Asked, { drafts, customer, now }: Around): PutResult {
  const known = drafts.get(key)
  if (customer === 'unknown')
    return { orderId: known?.row.id ?? null, outcome: 'refused', code: 'order.customer-unknown' }
  const draft = known ?? newDraft(keyIn(one))
  const { row, history } = draft
  const orderId = row.id
  const { status } = one.order
  const details = detailsOf(one.order, row.placedAt, now)
  const place = { version: versionIn(one.order) ?? nextVersion(draft, { status, details, now }), rank: rankOf(status) }
  const isKnown = history.some((entry) => comparePlaces(entry, place) === 0)
  const isFull = !isKnown && row.historyCount >= limits.orderHistory
  if (isFull) return { orderId, outcome: 'refused', code: 'order.history-full' }
  const told = enter(history, place)
  if (!told) return { orderId, outcome: 'known' }
  drafts.set(key, draft)
  const before = row.historyCount++ === 0 ? undefined : statusOf(row.rank)
  draft.isChanged = true
  row.wasCancelled ||= isCancelling(status)
  const { organizationId, isPast } = one
  draft.entries.push({ organizationId, orderId, ...place, isChange: false, isPast, details })
  note(draft, told)
  const isLatest = isLater(place, row)
  if (isLatest) Object.assign(row, { ...place, ...columnsOf(details), ...customerIn(one, customer, row) })
  if (isLatest) Object.assign(draft, { details, customer: one.order.customer ?? draft.customer })
  if (before === undefined) return { orderId, outcome: 'new' }
  if (!isLatest) return { orderId, outcome: 'late' }
  return { orderId, outcome: before === status ? 'updated' : 'changed' }
}

/** Of a source that counts nothing, what arrives later is later; the same again is the same. */
function nextVersion(
  { row, details: before }: Draft,
  { status, details, now }: { status: OrderStatus; details: store.Details; now: Date },
): number {
  const isSame = statusOf(row.rank) === status && isDeepStrictEqual(before, details)
  return isSame ? row.version : Math.max(row.version + 1, now.getTime() * 1_000)
}

const isLater = (one: { version: number; rank: number }, other: { version: number; rank: number }) =>
  comparePlaces(one, other) > 0

/** Remembers what is a change from now on: what is to be stored with this transaction, and what was stored before. */
function note({ row, entries, marked, changes, history }: Draft, told: readonly Entry[]) {
  for (const entry of told) {
    const { version, rank } = entry
    const fresh = entries.find((own) => comparePlaces(own, entry) === 0)
    if (fresh) fresh.isChange = true
    else marked.push({ organizationId: row.organizationId, orderId: row.id, version, rank })
    const before = history[history.indexOf(entry) - 1]
    changes.push({ orderId: row.id, version, rank, from: before ? statusOf(before.rank) : null })
  }
}

function newDraft(key: store.OrderKey): Draft {
  const content = { total: 0, currency: '', place: '', country: '', placedAt: '' }
  const customer = { personId: null, customerKey: '', customerName: '' }
  const start = { version: -1, rank: 0, historyCount: 0, wasCancelled: false }
  const row = { ...key, ...start, ...customer, ...content, id: uuidv7() }
  const nothing = { details: undefined, customer: undefined, wasUnknown: false, isChanged: false }
  return { row, ...nothing, isNew: true, history: [], entries: [], marked: [], changes: [] }
}

/** Who once ordered has ordered, also where a later word leaves them out. */
function customerIn({ order: { customer } }: Incoming, personId: Resolved, row: store.OrderRow) {
  return {
    personId: personId === 'unknown' ? row.personId : (personId ?? row.personId),
    customerKey: customer?.externalId ?? row.customerKey,
    customerName: customer?.name ?? row.customerName,
  }
}

const columnsOf = ({ total, currency, place = '', country = '', placedAt }: store.Details) => ({
  total,
  currency,
  place,
  country,
  placedAt,
})

/** What is empty is not there: a rule that asks for it is not met. */
function detailsOf(order: PutOrder, placedBefore: string, now: Date): store.Details {
  const { source, total, currency, place, country, items, attributes } = order
  const at = order.placedAt ?? (placedBefore || order.updatedAt)
  return {
    source,
    total,
    currency,
    ...(place === '' ? {} : { place }),
    ...(country === '' ? {} : { country: countryCode(country) }),
    placedAt: (at === undefined ? now : new Date(at)).toISOString(),
    items,
    attributes,
  }
}

async function write({ tx, now }: Pick<Context, 'tx' | 'now'>, drafts: readonly Draft[]): Promise<void> {
  const changed = drafts.filter(({ isChanged }) => isChanged)
  if (changed.length === 0) return
  const rows = (isNew: boolean) => changed.filter((draft) => draft.isNew === isNew).map(({ row }) => row)
  const marked = changed.flatMap((draft) => draft.marked)
  const entries = changed.flatMap((draft) => draft.entries)
  if (rows(true).length > 0) tx.withCommit(store.insertOrders(tx, rows(true), now))
  if (rows(false).length > 0) tx.withCommit(store.updateOrders(tx, rows(false), now))
  tx.withCommit(store.insertEntries(tx, entries, now))
  if (marked.length > 0) tx.withCommit(store.markChanges(tx, marked))
  tx.withCommit(record(tx, factsOf(changed), now))
  noteCustomers({ tx, now }, changed)
}

/** The log of changes, as the order state machine reads it. */
function factsOf(drafts: readonly Draft[]) {
  const byOrganization = Map.groupBy(drafts, ({ row }) => row.organizationId)
  return Array.from(byOrganization).flatMap(([organizationId, own]) => {
    const changes = own.flatMap((draft) => draft.changes)
    const portions = Array.from({ length: Math.ceil(changes.length / CHANGES_PER_FACT) }, (_, index) =>
      changes.slice(index * CHANGES_PER_FACT, (index + 1) * CHANGES_PER_FACT),
    )
    return portions.map((portion) => ({ name: 'order.changed', organizationId, body: { changes: portion } }))
  })
}
