import { isDeepStrictEqual } from 'node:util'
import { EditMessage, Message } from '../../../protocol/conversations.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import { command, personOf, type Allowed } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { allowChange, holdMessage, logChange, type Held } from './change-message.ts'
import { setParts } from './store.ts'

export const editMessage = command({
  name: 'message.edit',
  summary: 'Replace the content of one of your messages.',
  input: EditMessage,
  output: Message,
  lock: holdMessage,
  allow: (ctx, _input, held: Held) => allowChange(held, (message) => mayEdit(message, personOf(ctx))),

  async run(ctx, input, { message }) {
    if (message && isDeepStrictEqual(message.parts, input.parts)) return message
    await setParts(ctx.tx, input.audienceId, input.number, input.parts, ctx.now)
    return logChange(ctx, input, { name: 'message.edited', actorId: personOf(ctx) })
  },
})

/** A copy names its first author, who must not be made to say something else. */
function mayEdit({ authorId, copied }: Message, personId: PersonId): Allowed {
  if (authorId !== personId) return false
  return copied === undefined || new Refusal('message.copied')
}
