import { createHash } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { NarrowAudience, NarrowedAudience, type Selection } from '../../../protocol/groups.ts'
import { AudienceId, type ConversationId, type PersonId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import { command } from '../../platform/command.ts'
import { announce } from '../../platform/events.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { Tx } from '../../platform/sql.ts'
import { allowManaging, holdConversation, viewAfter, type HeldConversation } from './hold-conversation.ts'
import type { MemberRole } from './member-rules.ts'
import { countNarrowed, findNarrowed, insertNarrowed, rolesAmong } from './selection-store.ts'

export const narrowAudience = command({
  name: 'audience.narrow',
  summary: 'Choose who of a broadcast one owns gets the next message. Those who are left out cannot tell.',
  input: NarrowAudience,
  output: NarrowedAudience,
  lock: holdConversation,

  allow(_ctx, _input, held: HeldConversation) {
    const allowed = allowManaging(held)
    if (allowed !== true || held.view?.kind === 'broadcast') return allowed
    return new Refusal('input.invalid', { path: 'conversationId', message: 'Only a broadcast can be narrowed.' })
  },

  async run(ctx, input, { view }) {
    const { conversationId, selection, expects } = input
    const personIds = Array.from(new Set(selection.personIds)).toSorted()
    const roles = await rolesAmong(ctx.tx, conversationId, personIds)
    requireListeners(selection, roles)
    const listenerCount = (view?.memberCount ?? 0) - (view?.ownerIds.length ?? 0)
    const recipientCount = selection.rule === 'these' ? personIds.length : listenerCount - personIds.length
    if (recipientCount === 0) throw new Refusal('broadcast.nobody-selected', { path: 'selection.personIds' })
    if (expects !== undefined && expects !== recipientCount) throw new Refusal('broadcast.count-changed')
    const audienceId = await findOrMakeNarrowed(ctx.tx, conversationId, { rule: selection.rule, personIds })
    return { audienceId, recipientCount, conversation: await viewAfter(ctx, input) }
  },
})

/** Only its owner asks, who sees the members anyway. */
function requireListeners({ personIds }: Selection, roles: ReadonlyMap<PersonId, MemberRole>): void {
  personIds.forEach((personId, index) => {
    const role = roles.get(personId)
    const path = `selection.personIds.${index}`
    if (role === undefined) throw new Refusal('member.not-found', { path })
    if (role === 'owner') throw new Refusal('input.invalid', { path, message: 'Owners always get everything.' })
  })
}

/** The ids are sorted, and each is there once. The conversation is locked. */
export async function findOrMakeNarrowed(
  tx: Tx,
  conversationId: ConversationId,
  { rule, personIds }: Selection,
): Promise<AudienceId> {
  const hash = createHash('sha256').update(personIds.join(' ')).digest()
  const known = await findNarrowed(tx, { conversationId, rule, hash })
  if (known) return known
  if ((await countNarrowed(tx, conversationId)) >= limits.selectionsPerBroadcast)
    throw new Refusal('broadcast.selection-limit')
  const id = AudienceId.parse(uuidv7())
  const { firstId, version } = await insertNarrowed(tx, { id, conversationId, rule, hash, personIds })
  // Whoever hears the broadcast is asked about, and told only if they hear this as well.
  announce(tx, [{ topic: `audience:${firstId}`, version, body: { opens: id, conversationId } }])
  return id
}
