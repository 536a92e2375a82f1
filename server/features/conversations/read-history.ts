import { History, HistoryPage } from '../../../protocol/conversations.ts'
import { personOf, query } from '../../platform/command.ts'
import { pageNumbers, readMessages, rolesIn } from './store.ts'

export const readHistory = query({
  name: 'message.history',
  summary: 'Read a page of the messages of an audience, as far as one was a member when they were posted.',
  input: History,
  output: HistoryPage,

  async allow(ctx, input) {
    const [role = null] = await rolesIn(ctx.tx, [{ actorId: personOf(ctx), input }])
    return role !== null
  },

  async run(ctx, { audienceId, before, after, limit }) {
    const numbers = await pageNumbers(ctx.tx, { audienceId, personId: personOf(ctx), before, after, limit })
    const wanted = numbers.slice(0, limit).map((number) => ({ audienceId, number }))
    const messages = await readMessages(ctx.tx, personOf(ctx), wanted)
    return { messages: messages.toSorted((a, b) => a.number - b.number), hasMore: numbers.length > limit }
  },
})
