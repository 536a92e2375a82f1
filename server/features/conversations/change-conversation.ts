import {
  CloseOff,
  ConversationView,
  LeaveConversation,
  NestConversation,
  Nothing,
  RenameConversation,
} from '../../../protocol/conversations.ts'
import { AddMembers, RemoveMembers, SetOwners } from '../../../protocol/conversations.ts'
import type { ConversationId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { recordAct } from '../../platform/audit.ts'
import { command, personOf, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import {
  changeMemberships,
  closeConversations,
  closeOff,
  renameConversations,
  type MembershipChange,
} from './change-members.ts'
import {
  allowManaging,
  holdConversation,
  requireBringing,
  requirePresent,
  viewAfter,
  type HeldConversation,
} from './hold-conversation.ts'
import { putRoles } from './member-store.ts'
import { outsidersAmong } from './outside-store.ts'

const nothing = { add: [], remove: [], nest: [], unnest: [] }
type OneConversation = { organizationId: OrganizationId; conversationId: ConversationId }

async function change(ctx: Context, input: OneConversation, what: Partial<MembershipChange>) {
  const all = { ...nothing, ...what, organizationId: input.organizationId, actorId: personOf(ctx) }
  await changeMemberships(ctx.tx, all, ctx.now)
}

export const renameConversation = command({
  name: 'conversation.rename',
  summary: 'Give a group or a broadcast another name.',
  input: RenameConversation,
  output: ConversationView,
  lock: holdConversation,
  allow: (_ctx, _input, held: HeldConversation) => allowManaging(held),

  async run(ctx, input) {
    const { conversationId, name } = input
    await renameConversations(ctx.tx, [{ conversationId, name, isNameMade: false }], personOf(ctx), ctx.now)
    return viewAfter(ctx, input)
  },
})

export const addMembers = command({
  name: 'conversation.add-members',
  summary: 'Put members of the organization into a conversation one owns.',
  input: AddMembers,
  output: ConversationView,
  lock: holdConversation,
  allow: (_ctx, _input, held: HeldConversation) => allowManaging(held),

  async run(ctx, input, { view }) {
    const { organizationId, conversationId, personIds } = input
    await requirePresent(ctx, organizationId, personIds)
    const owners = new Set(view?.ownerIds)
    const added = personIds.filter((personId) => !owners.has(personId))
    const add = added.map((personId) => ({
      conversationId,
      personId,
      role: 'member' as const,
      source: 'owner' as const,
    }))
    await change(ctx, input, { add })
    return viewAfter(ctx, input)
  },
})

export const removeMembers = command({
  name: 'conversation.remove-members',
  summary: 'Take members out of a conversation one owns. Those who are in through a group inside it stay through that.',
  input: RemoveMembers,
  output: ConversationView,
  lock: holdConversation,
  allow: (_ctx, _input, held: HeldConversation) => allowManaging(held),

  async run(ctx, input, { view }) {
    const { conversationId, personIds } = input
    const removed = new Set(personIds)
    if (view?.ownerIds.every((ownerId) => removed.has(ownerId)))
      throw new Refusal('conversation.needs-owner', { path: 'personIds' })
    if (removed.has(personOf(ctx)))
      throw new Refusal('input.invalid', { path: 'personIds', message: 'To go yourself, leave.' })
    await change(ctx, input, { remove: Array.from(removed, (personId) => ({ conversationId, personId })) })
    return viewAfter(ctx, input)
  },
})

export const setOwners = command({
  name: 'conversation.set-owners',
  summary: 'Say who owns a conversation. Those named own it from now on, all others are members.',
  input: SetOwners,
  output: Nothing,
  lock: holdConversation,
  allow: (_ctx, _input, held: HeldConversation) => allowManaging(held),

  async run(ctx, input) {
    const { organizationId, conversationId, personIds } = input
    await requirePresent(ctx, organizationId, personIds)
    const [outsider] = await outsidersAmong(ctx.tx, organizationId, personIds)
    if (outsider) throw new Refusal('conversation.owner-external', { path: `personIds.${personIds.indexOf(outsider)}` })
    const named = new Set<PersonId>(personIds)
    const before = await putRoles(ctx.tx, conversationId)
    const sources = new Map(before.map(({ personId, source }) => [personId, source]))
    const add = [
      ...Array.from(named, (personId) => ({
        conversationId,
        personId,
        role: 'owner' as const,
        source: sources.get(personId) ?? 'owner',
      })),
      ...before
        .filter(({ personId }) => !named.has(personId))
        .map(({ personId, source }) => ({ conversationId, personId, role: 'member' as const, source })),
    ]
    await change(ctx, input, { add })
    recordAct(ctx, { organizationId, act: 'conversation.owners-changed', personIds, thingId: conversationId })
    return {}
  },
})

export const leaveConversation = command({
  name: 'conversation.leave',
  summary: 'Leave a conversation. Those that follow the organization chart cannot be left.',
  input: LeaveConversation,
  output: Nothing,
  lock: holdConversation,

  allow(_ctx, _input, { view }: HeldConversation) {
    if (!view) return false
    if (view.origin === 'directory' && !view.isClosed) return new Refusal('conversation.follows-directory')
    return view.may.leave || new Refusal('conversation.leave-refused')
  },

  async run(ctx, input, { view }) {
    const personId = personOf(ctx)
    const isLastOwner = view?.ownerIds.length === 1 && view.ownerIds[0] === personId
    if (isLastOwner && (view.memberCount ?? 0) > 1) throw new Refusal('conversation.needs-owner')
    await change(ctx, input, { remove: [{ conversationId: input.conversationId, personId }] })
    // Whoever left a direct conversation hears nothing more: the other one should not go on writing.
    if (view?.kind === 'direct') await closeConversations(ctx.tx, [input.conversationId], personId, ctx.now)
    return {}
  },
})

export const closeOffConversation = command({
  name: 'conversation.close-off',
  summary: 'Say that a conversation is internal again. Nobody from outside may be in it any more.',
  input: CloseOff,
  output: ConversationView,
  lock: holdConversation,
  allow: (_ctx, _input, held: HeldConversation) => allowManaging(held),

  async run(ctx, input) {
    await closeOff(ctx.tx, input, { actorId: personOf(ctx), now: ctx.now })
    return viewAfter(ctx, input)
  },
})

type HeldPair = { outer: HeldConversation; inner: HeldConversation }
async function holdBoth(ctx: Context, input: OneConversation & { innerId: ConversationId }): Promise<HeldPair> {
  const [first, second] = [input.conversationId, input.innerId].toSorted()
  const held = new Map<string | undefined, HeldConversation>()
  for (const id of [first, second]) {
    if (id) held.set(id, await holdConversation(ctx, { ...input, conversationId: id }))
  }
  const none = { conversation: undefined, view: undefined }
  return { outer: held.get(input.conversationId) ?? none, inner: held.get(input.innerId) ?? none }
}

export const nestConversation = command({
  name: 'conversation.nest',
  summary: 'Make a group a member of another of its kind. Its members are then in both; one must own both.',
  input: NestConversation,
  output: ConversationView,
  lock: holdBoth,

  allow(_ctx, _input, { outer, inner }: HeldPair) {
    const allowed = allowManaging(outer)
    return allowed === true ? allowManaging(inner) : allowed
  },

  async run(ctx, input, { outer, inner }) {
    if (input.conversationId === input.innerId) throw new Refusal('conversation.cycle', { path: 'innerId' })
    if (inner.view?.isExternal) await requireBringing(ctx, input.organizationId)
    if (outer.view?.kind !== inner.view?.kind) throw new Refusal('conversation.kind-differs', { path: 'innerId' })
    await change(ctx, input, { nest: [{ outerId: input.conversationId, innerId: input.innerId }] })
    return viewAfter(ctx, input)
  },
})

export const unnestConversation = command({
  name: 'conversation.unnest',
  summary: 'Take a group out of another. Its members leave the outer one, where nothing else keeps them.',
  input: NestConversation,
  output: ConversationView,
  lock: holdConversation,
  allow: (_ctx, _input, held: HeldConversation) => allowManaging(held),

  async run(ctx, input) {
    await change(ctx, input, { unnest: [{ outerId: input.conversationId, innerId: input.innerId }] })
    return viewAfter(ctx, input)
  },
})
