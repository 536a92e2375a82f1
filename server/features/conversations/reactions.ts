import { z } from 'zod'
import { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Reaction } from '../../platform/feature.ts'
import { changeMemberships, closeConversations } from './change-members.ts'
import { eraseTextsOf } from './filled-store.ts'
import { membershipsOf } from './member-store.ts'

const Fact = z.object({ body: z.object({ organizationId: OrganizationId, personId: PersonId }) })

/** Takes those who were erased out of all conversations. They have heard nothing since; now the others see it too. */
export const removeErased: Reaction = {
  name: 'conversations.remove-erased',
  to: ['contact.removed'],
  async run(facts, { database, clock }) {
    for (const fact of facts) {
      const { organizationId, personId } = Fact.parse(fact).body
      await database.transaction(async (tx) => {
        const all = await membershipsOf(tx, organizationId, personId)
        const remove = all.map(({ conversationId }) => ({ conversationId, personId }))
        const change = { organizationId, actorId: null, add: [], remove, nest: [], unnest: [] }
        await changeMemberships(tx, change, clock())
        const direct = all.filter(({ kind }) => kind === 'direct').map(({ conversationId }) => conversationId)
        await closeConversations(tx, direct, null, clock())
        await eraseTextsOf(tx, organizationId, personId)
      })
    }
  },
}
