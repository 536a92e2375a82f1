import { DeleteMessage, Message } from '../../../protocol/conversations.ts'
import { command, personOf } from '../../platform/command.ts'
import { allowChange, holdMessage, logChange, type Held } from './change-message.ts'
import { dropTexts } from './filled-store.ts'
import { replaceParts } from './part-rules.ts'
import { eraseMessage } from './store.ts'

export const deleteMessage = command({
  name: 'message.delete',
  summary: 'Erase the content of one of your messages; owners may erase any. A tombstone stays.',
  input: DeleteMessage,
  output: Message,
  lock: holdMessage,

  allow(ctx, _input, held: Held) {
    const isMine = held.message?.authorId === personOf(ctx)
    if (held.message?.deletedAt !== undefined) return isMine || held.role === 'owner'
    return allowChange(held, () => isMine || held.role === 'owner')
  },

  async run(ctx, input, { message, fillingId }) {
    if (message?.deletedAt !== undefined) return message
    if (fillingId !== null) await dropTexts(ctx.tx, fillingId)
    await eraseMessage(ctx.tx, input.audienceId, input.number, ctx.now)
    await replaceParts(ctx.tx, input, { before: message?.parts ?? [], after: [], now: ctx.now })
    return logChange(ctx, input, { name: 'message.deleted', actorId: personOf(ctx) })
  },
})
