import { z } from 'zod'
import { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Reaction } from '../../platform/feature.ts'
import * as store from './customer-store.ts'
import { lockOrders } from './store.ts'

const Fact = z.object({ body: z.object({ organizationId: OrganizationId, personId: PersonId }) })

/**
 * A contact was erased: their orders stay, without a name. Whoever orders under their number at the source is somebody
 * else from now on.
 */
export const forgetCustomers: Reaction = {
  name: 'orders.forget-customers',
  to: ['contact.removed'],
  async run(facts, _tools, tx) {
    const erased = facts.map((fact) => Fact.parse(fact).body)
    await lockOrders(tx, Array.from(new Set(erased.map(({ organizationId }) => organizationId))))
    for (const one of erased) await store.forgetCustomer(tx, one)
  },
}
