import { ConversationId } from '../../../protocol/ids.ts'
import { personOf, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { Tx } from '../../platform/sql.ts'
import { mayBring, rulesOf } from '../contacts/index.ts'
import { changeMemberships, holdConversation, readViews } from '../conversations/index.ts'
import { isActiveMember, isAdministrator } from '../organization/index.ts'
import type { CodeKind, Subject } from './code-kind.ts'
import { findGroup, isIn } from './store.ts'

/** Scanning it joins the group at once: nobody has to approve. */
export const groupKind: CodeKind = {
  name: 'group',

  lock: (ctx, { organizationId, subjectId }) =>
    holdConversation(ctx, { organizationId, conversationId: ConversationId.parse(subjectId) }),

  async mayKeep(ctx, { organizationId, subjectId }) {
    const [view] = await readViews(ctx.tx, personOf(ctx), [ConversationId.parse(subjectId)])
    if (view?.organizationId !== organizationId || !view.may.manage) return false
    if (view.isClosed) return new Refusal('conversation.closed')
    if (view.origin !== 'made') return new Refusal('conversation.not-made')
    return (await brings(ctx.tx, { organizationId, personId: personOf(ctx) })) || bringingRefused()
  },

  async describe(tx, { organizationId, subjectId }) {
    const group = await findGroup(tx, organizationId, subjectId)
    if (!group || group.isClosed || group.origin !== 'made') return undefined
    return { title: group.name, isOneWay: group.kind === 'broadcast', ownerNames: group.ownerNames }
  },

  async find(tx, { subjectId }, personId) {
    return (await isIn(tx, subjectId, personId)) ? { conversationId: ConversationId.parse(subjectId) } : undefined
  },

  async keeperOf(tx, { organizationId, createdBy }) {
    return (await isActiveMember(tx, organizationId, createdBy)) ? createdBy : null
  },

  async use(ctx, subject, { personId, isExternal }) {
    const { organizationId, subjectId, createdBy } = subject
    const conversationId = ConversationId.parse(subjectId)
    if (isExternal && !(await brings(ctx.tx, { organizationId, personId: createdBy }))) throw bringingRefused()
    await join(ctx, subject, personId)
    return { conversationId }
  },
}

const bringingRefused = () => new Refusal('conversation.outsiders-refused')

async function brings(
  tx: Tx,
  { organizationId, personId }: Pick<Subject, 'organizationId'> & { personId: Subject['createdBy'] },
) {
  const isAdmin = await isAdministrator(tx, organizationId, personId)
  return mayBring(await rulesOf(tx, organizationId), { isAdministrator: isAdmin })
}

async function join({ tx, now }: Context, { organizationId, subjectId }: Subject, personId: Subject['createdBy']) {
  if (await isIn(tx, subjectId, personId)) return
  const conversationId = ConversationId.parse(subjectId)
  const add = [{ conversationId, personId, role: 'member' as const, source: 'owner' as const }]
  await changeMemberships(tx, { organizationId, actorId: personId, add, remove: [], nest: [], unnest: [] }, now)
}
