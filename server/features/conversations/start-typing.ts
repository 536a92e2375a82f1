import { Nothing, Typing } from '../../../protocol/conversations.ts'
import { personOf, query } from '../../platform/command.ts'
import { announce } from '../../platform/events.ts'
import { rolesIn } from './store.ts'
import { showsMarks } from './view-store.ts'

export const startTyping = query({
  name: 'typing.start',
  summary: 'Show the others of a small group that one is writing. Fades after six seconds; nothing is stored.',
  input: Typing,
  output: Nothing,
  over: 'websocket',

  async allow(ctx, input) {
    const [role = null] = await rolesIn(ctx.tx, [{ actorId: personOf(ctx), input }])
    return role !== null
  },

  async run(ctx, { audienceId }) {
    const version = (await showsMarks(ctx.tx, [audienceId])).get(audienceId)
    const body = { state: 'typing', audienceId, personId: personOf(ctx) }
    if (version !== undefined) announce(ctx.tx, [{ topic: `audience:${audienceId}`, version, body }])
    return {}
  },
})
