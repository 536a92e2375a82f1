import { PersonId } from '../../../protocol/ids.ts'
import { personOf } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { openDirect } from '../conversations/index.ts'
import { findMembers, isActiveMember } from '../organization/index.ts'
import type { CodeKind } from './code-kind.ts'
import { findDirect } from './store.ts'

/** Scanning it makes one a contact of that person, with a direct conversation between the two. */
export const personalKind: CodeKind = {
  name: 'personal',

  async mayKeep(ctx, { organizationId, subjectId }) {
    const me = personOf(ctx)
    return me === subjectId && isActiveMember(ctx.tx, organizationId, me)
  },

  async describe(tx, { organizationId, subjectId }) {
    const [member] = await findMembers(tx, organizationId, [PersonId.parse(subjectId)])
    if (!member || member.state !== 'active') return undefined
    return { title: member.name, isOneWay: null, ownerNames: [member.name] }
  },

  async find(tx, { organizationId, subjectId }, personId) {
    const conversationId = await findDirect(tx, organizationId, [subjectId, personId])
    return conversationId === undefined ? undefined : { conversationId }
  },

  keeperOf: (_tx, { subjectId }) => Promise.resolve(PersonId.parse(subjectId)),

  async use(ctx, { organizationId, subjectId }, { personId }) {
    if (personId === subjectId) throw new Refusal('scan.own')
    return { conversationId: await openDirect(ctx, organizationId, [personId, PersonId.parse(subjectId)]) }
  },
}
