import { z } from 'zod'
import { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { OrderCustomer } from '../../../protocol/orders.ts'
import type { Context } from '../../platform/command.ts'
import { record } from '../../platform/events.ts'
import type { Reaction } from '../../platform/feature.ts'
import * as store from './awaited-store.ts'
import { putNumbers } from './customer-store.ts'
import { lockOrders, type OrderRow } from './store.ts'

/** The customer of an order has become known after it had changed: the rules look again at what it has been. */
export const CUSTOMER_KNOWN = 'order.customer-known'
/** Who a number at a source belongs to has become known. */
export const NUMBERS_KNOWN = 'order.numbers-known'

/** What an order became before brings nothing to somebody who becomes known later than that. */
const AWAITED_DAYS = 30
export const awaitedSince = (now: Date) => new Date(now.getTime() - AWAITED_DAYS * 24 * 3_600_000)

type Writing = Pick<Context, 'tx' | 'now'>

export async function tellKnown(
  { tx, now }: Writing,
  orders: readonly { organizationId: OrganizationId; orderId: string }[],
): Promise<void> {
  const facts = orders.map(({ organizationId, orderId }) => ({
    name: CUSTOMER_KNOWN,
    organizationId,
    body: { orderId },
  }))
  await record(tx, facts, now)
}

export type Told = {
  row: OrderRow
  /** It was stored before, and nobody knew whose it was. */
  wasUnknown: boolean
  customer: OrderCustomer | undefined
}

/** Written with the orders: by what their customers would become known, and those who have by what was told now. */
export function noteCustomers({ tx, now }: Writing, told: readonly Told[]): void {
  const awaited = told.flatMap(({ row, customer }): store.Awaited[] => {
    const { address = '', externalId = '' } = customer ?? {}
    if (row.personId !== null || (address === '' && externalId === '')) return []
    const { organizationId, source, origin, id: orderId } = row
    return [{ organizationId, orderId, source, origin, externalId, address }]
  })
  const known = told.flatMap(({ row: { organizationId, id: orderId, personId }, wasUnknown }) =>
    wasUnknown && personId !== null ? [{ organizationId, orderId }] : [],
  )
  if (awaited.length > 0) {
    const organizationIds = Array.from(new Set(awaited.map(({ organizationId }) => organizationId)))
    tx.withCommit(store.dropOldAwaited(tx, organizationIds, awaitedSince(now)))
    tx.withCommit(store.putAwaited(tx, awaited, now))
  }
  if (known.length === 0) return
  tx.withCommit(store.dropAwaited(tx, known))
  tx.withCommit(tellKnown({ tx, now }, known))
}

const Addressed = z.object({ personIds: z.array(PersonId) })
const Numbers = z.object({ source: z.string(), origin: z.string(), externalIds: z.array(z.string()) })
const Fact = z.object({ name: z.string(), organizationId: OrganizationId, body: z.unknown() })

/**
 * Somebody has become known by an address or a number: the orders that waited for them are theirs, and the rules hear
 * of it. Under the lock of orders, so that one which is being stored is either found here or finds them itself.
 */
export const knowCustomers: Reaction = {
  name: 'orders.know-customers',
  to: ['contact.addressed', NUMBERS_KNOWN],
  async run(facts, { clock }, tx) {
    const read = facts.map((fact) => Fact.parse(fact))
    const byOrganization = Map.groupBy(read, ({ organizationId }) => organizationId)
    await lockOrders(tx, Array.from(byOrganization.keys()))
    for (const [organizationId, own] of byOrganization) {
      const personIds = own.flatMap(({ name, body }) => (name === NUMBERS_KNOWN ? [] : Addressed.parse(body).personIds))
      const numbers = own.flatMap(({ name, body }) => (name === NUMBERS_KNOWN ? [Numbers.parse(body)] : []))
      await know({ tx, now: clock() }, organizationId, { personIds, numbers })
    }
  },
}

type Known = { personIds: readonly PersonId[]; numbers: readonly store.Numbers[] }

async function know(ctx: Writing, organizationId: OrganizationId, { personIds, numbers }: Known): Promise<void> {
  const { tx } = ctx
  const byAddress = personIds.length === 0 ? [] : await store.findByPeople(tx, organizationId, personIds)
  // Their number at the source is known by that, too.
  const links = byAddress.filter(({ externalId }) => externalId !== '')
  if (links.length > 0) await putNumbers(tx, links)
  const asked = [
    ...numbers,
    ...links.map(({ source, origin, externalId }) => ({ source, origin, externalIds: [externalId] })),
  ]
  const byNumber = await Promise.all(asked.map((one) => store.findByNumbers(tx, organizationId, one)))
  // Of two who may be meant it is whoever has the number.
  const found = Array.from(new Map([...byAddress, ...byNumber.flat()].map((one) => [one.orderId, one])).values())
  if (found.length === 0) return
  await store.giveOrders(tx, found)
  await store.dropAwaited(tx, found)
  await tellKnown(ctx, found)
}
