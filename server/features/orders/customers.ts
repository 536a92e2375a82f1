import type { OrderCustomer } from '../../../protocol/orders.ts'
import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Context } from '../../platform/command.ts'
import { record } from '../../platform/events.ts'
import { makeContacts } from '../contacts/index.ts'
import { lockOrganization } from '../organization/index.ts'
import { NUMBERS_KNOWN } from './awaited.ts'
import * as store from './customer-store.ts'

export type Ordering = {
  organizationId: OrganizationId
  source: string
  origin: string
  customer: OrderCustomer | undefined
}
/** Null: nobody that anybody knows. `unknown`: the id of a person who is not known here. */
export type Resolved = PersonId | null | 'unknown'

/**
 * Who has ordered, in the order of the questions: by id, by the number at the source, by address. Who is not known
 * becomes a contact, where the organization wants that; then it is locked.
 */
export async function resolveCustomers(
  { tx, now }: Pick<Context, 'tx' | 'now'>,
  orders: readonly Ordering[],
): Promise<Resolved[]> {
  const before = await look(tx, orders)
  const missing = orders.filter((order, index) => before[index] === null && isKnowable(order.customer))
  if (missing.length === 0) return learn({ tx, now }, orders, before)
  const organizationIds = Array.from(new Set(missing.map(({ organizationId }) => organizationId))).toSorted()
  const settings = await store.readSettings(tx, organizationIds)
  const willing = organizationIds.filter((id) => (settings.get(id) ?? store.defaultSettings).makesContacts)
  if (willing.length === 0) return learn({ tx, now }, orders, before)
  for (const id of willing) await lockOrganization(tx, id)
  const locked = await look(tx, orders)
  for (const id of willing) await makeMissing({ tx, now }, { organizationId: id, orders, resolved: locked })
  return learn({ tx, now }, orders, locked)
}

const isKnowable = (customer: OrderCustomer | undefined) =>
  customer?.personId === undefined && (customer?.address !== undefined || customer?.externalId !== undefined)

type Tx = Context['tx']
const numberOf = ({ organizationId, source, origin }: Ordering, externalId: string) =>
  JSON.stringify([organizationId, source, origin, externalId])

async function look(tx: Tx, orders: readonly Ordering[]): Promise<Resolved[]> {
  const people = orders.flatMap(({ organizationId, customer }) =>
    customer?.personId ? [{ organizationId, personId: customer.personId }] : [],
  )
  const addresses = orders.flatMap(({ organizationId, customer }) =>
    customer?.address ? [{ organizationId, address: customer.address }] : [],
  )
  const numbers = orders.flatMap(({ organizationId, source, origin, customer }) =>
    customer?.externalId ? [{ organizationId, source, origin, externalId: customer.externalId }] : [],
  )
  const [present, byAddress, byNumber] = await Promise.all([
    people.length === 0 ? [] : store.findPresent(tx, people),
    addresses.length === 0 ? [] : store.findByAddress(tx, addresses),
    numbers.length === 0 ? [] : store.findByNumber(tx, numbers),
  ])
  const presentIds = new Set(present.map(({ organizationId, personId }) => `${organizationId} ${personId}`))
  const addressed = new Map(byAddress.map((one) => [`${one.organizationId} ${one.address}`, one.personId]))
  const numbered = new Map(
    byNumber.map(({ externalId, personId, ...one }) => [
      numberOf({ ...one, customer: undefined }, externalId),
      personId,
    ]),
  )
  return orders.map((order) => {
    const { organizationId, customer } = order
    if (!customer) return null
    const { personId, address, externalId } = customer
    if (personId) return presentIds.has(`${organizationId} ${personId}`) ? personId : 'unknown'
    const found = externalId === undefined ? undefined : numbered.get(numberOf(order, externalId))
    return found ?? addressed.get(`${organizationId} ${address}`) ?? null
  })
}

type Missing = { organizationId: OrganizationId; orders: readonly Ordering[]; resolved: Resolved[] }

/** One contact for each address, and for each number where there is no address. */
async function makeMissing(ctx: Pick<Context, 'tx' | 'now'>, { organizationId, orders, resolved }: Missing) {
  const people = new Map<string, { name: string; address: string | null; places: number[] }>()
  orders.forEach((order, place) => {
    const { customer } = order
    if (order.organizationId !== organizationId || resolved[place] !== null || !isKnowable(customer)) return
    const { address = null, externalId = '', name } = customer ?? {}
    const key = address ?? numberOf(order, externalId)
    const known = people.get(key)
    if (known) known.places.push(place)
    else people.set(key, { name: name ?? address ?? externalId, address, places: [place] })
  })
  const all = Array.from(people.values())
  const made = await makeContacts(ctx, organizationId, all)
  all.forEach(({ places }, index) => {
    for (const place of places) resolved[place] = made[index] ?? null
  })
}

/** Numbers that came together with somebody are remembered. */
async function learn(
  { tx, now }: Pick<Context, 'tx' | 'now'>,
  orders: readonly Ordering[],
  resolved: Resolved[],
): Promise<Resolved[]> {
  const links = orders.flatMap(({ organizationId, source, origin, customer }, index) => {
    const personId = resolved[index]
    return customer?.externalId && personId && personId !== 'unknown'
      ? [{ organizationId, source, origin, externalId: customer.externalId, personId }]
      : []
  })
  if (links.length === 0) return resolved
  const known = await store.findByNumber(tx, links)
  const keyOf = (one: (typeof links)[number]) =>
    numberOf({ ...one, customer: undefined }, one.externalId) + one.personId
  const knownKeys = new Set(known.map(keyOf))
  const fresh = links.filter((link) => !knownKeys.has(keyOf(link)))
  if (fresh.length === 0) return resolved
  await store.putNumbers(tx, fresh)
  const bySource = Map.groupBy(fresh, (one) => JSON.stringify([one.organizationId, one.source, one.origin]))
  const facts = Array.from(bySource.values()).flatMap((own) => {
    const [{ organizationId, source, origin } = {}] = own
    const externalIds = Array.from(new Set(own.map(({ externalId }) => externalId)))
    return organizationId ? [{ name: NUMBERS_KNOWN, organizationId, body: { source, origin, externalIds } }] : []
  })
  tx.withCommit(record(tx, facts, now))
  return resolved
}
