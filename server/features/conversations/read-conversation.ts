import type { z } from 'zod'
import {
  ConversationMembers,
  ConversationPage,
  ConversationView,
  GetConversation,
} from '../../../protocol/conversations.ts'
import {
  GetNames,
  ListConversations,
  MemberPage,
  Names,
  RecipientPage,
  Recipients,
} from '../../../protocol/conversations.ts'
import { personOf, query, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isParticipant } from './member-store.ts'
import { canSee, peekAudiences, rolesIn } from './store.ts'
import { visibleAmong } from '../contacts/index.ts'
import { findParticipants, isActiveMember, isAdministrator } from '../organization/index.ts'
import { conversationRows, memberPage, namesKnownTo, recipientPage } from './view-store.ts'
import { readViews } from './view.ts'

export const getConversation = query({
  name: 'conversation.get',
  summary: 'A conversation one is in, as one sees it.',
  input: GetConversation,
  output: ConversationView,
  allow: async (ctx, input) => (await findRow(ctx, input)) !== undefined,

  async run(ctx, { conversationId }) {
    const [view] = await readViews(ctx.tx, personOf(ctx), [conversationId])
    if (!view) throw new Refusal('access.refused')
    return view
  },
})

export const listConversations = query({
  name: 'conversation.list',
  summary: 'The conversations one is in, most recently active first.',
  input: ListConversations,
  output: ConversationPage,
  allow: (ctx, { organizationId }) => isParticipant(ctx.tx, organizationId, personOf(ctx)),

  async run(ctx, { organizationId, after, limit }) {
    const rows = (await conversationRows(ctx.tx, personOf(ctx), null)).filter(
      (row) => row.organizationId === organizationId,
    )
    const begin = after === undefined ? 0 : rows.findIndex(({ id }) => id === after) + 1
    const page = rows.slice(begin, begin + limit)
    const ids = page.map(({ id }) => id)
    const conversations = ids.length === 0 ? [] : await readViews(ctx.tx, personOf(ctx), ids)
    return { conversations, next: begin + limit < rows.length ? (ids.at(-1) ?? null) : null }
  },
})

export const listConversationMembers = query({
  name: 'conversation.members',
  summary: 'Who is in a conversation. In a broadcast only its owners learn that.',
  input: ConversationMembers,
  output: MemberPage,

  async allow(ctx, input) {
    const row = await findRow(ctx, input)
    return row !== undefined && (row.kind !== 'broadcast' || row.role === 'owner')
  },

  async run(ctx, { organizationId, conversationId, after, limit }) {
    const members = await memberPage(ctx.tx, { organizationId, conversationId, after, limit: limit + 1 })
    const page = members.slice(0, limit)
    return { members: page, next: members.length > limit ? (page.at(-1)?.personId ?? null) : null }
  },
})

export const listRecipients = query({
  name: 'message.recipients',
  summary: 'Who was in the group when a message was posted. Broadcasts have no such list, except for their owners.',
  input: Recipients,
  output: RecipientPage,

  async allow(ctx, input) {
    const personId = personOf(ctx)
    const [audience] = await peekAudiences(ctx.tx, [input.audienceId])
    const [role = null] = await rolesIn(ctx.tx, [{ actorId: personId, input }])
    if (role === null || (audience?.isOneWay && role !== 'owner')) return false
    return (
      (await canSee(ctx.tx, personId, input.audienceId, input.number)) ||
      new Refusal('message.not-found', { path: 'number' })
    )
  },

  async run(ctx, { organizationId, audienceId, number, after, limit }) {
    const rows = await recipientPage(ctx.tx, { organizationId, audienceId, number, after, limit: limit + 1 })
    const page = rows.slice(0, limit)
    return {
      recipients: page.map(({ personId, name }) => ({ personId, name })),
      total: rows[0]?.total ?? 0,
      next: rows.length > limit ? (page.at(-1)?.personId ?? null) : null,
    }
  },
})

export const getNames = query({
  name: 'person.names',
  summary:
    'The names of people by their ids: colleagues, and those one shares a conversation with. Others are left out.',
  input: GetNames,
  output: Names,
  allow: (ctx, { organizationId }) => isParticipant(ctx.tx, organizationId, personOf(ctx)),

  async run(ctx, { organizationId, personIds }) {
    const readerId = personOf(ctx)
    const isInside = await isActiveMember(ctx.tx, organizationId, readerId)
    const people = await namesKnownTo(ctx.tx, { organizationId, readerId, isInside }, personIds)
    if (!isInside) return { people }
    const known = new Set(people.map(({ personId }) => personId))
    const reader = {
      organizationId,
      readerId,
      isAdministrator: await isAdministrator(ctx.tx, organizationId, readerId),
    }
    const rest = personIds.filter((personId) => !known.has(personId))
    const kept = rest.length === 0 ? [] : await visibleAmong(ctx.tx, reader, rest)
    const found = kept.length === 0 ? [] : await findParticipants(ctx.tx, organizationId, kept)
    return { people: [...people, ...found.map(({ personId, name, isExternal }) => ({ personId, name, isExternal }))] }
  },
})

async function findRow(ctx: Context, input: z.output<typeof GetConversation>) {
  const rows = await conversationRows(ctx.tx, personOf(ctx), [input.conversationId])
  return rows.find(({ organizationId }) => organizationId === input.organizationId)
}
