import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import { EditMessage, Message } from '../../../protocol/conversations.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import { command, personOf, type Allowed } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { allowChange, holdMessage, logChange, type Held } from './change-message.ts'
import { dropTexts } from './filled-store.ts'
import { refill } from './refill-message.ts'
import { allowParts, replaceParts } from './part-rules.ts'
import { setParts } from './store.ts'

export const editMessage = command({
  name: 'message.edit',
  summary: 'Replace the content of one of your messages.',
  input: EditMessage,
  output: Message,
  lock: holdMessage,

  async allow(ctx, input, held: Held) {
    const allowed = allowChange(held, (message) => mayEdit(message, personOf(ctx)))
    if (allowed !== true || isDeepStrictEqual(held.message?.parts, input.parts)) return allowed
    return (await allowParts(ctx.tx, [{ actorId: personOf(ctx), input }]))[0] ?? true
  },

  async run(ctx, input, { message, fillingId }) {
    if (message && isSame(message, input)) return message
    const newId = input.fields ? await refill(ctx, { ...input, fields: input.fields }, { message, fillingId }) : null
    if (fillingId !== null && newId === null) await dropTexts(ctx.tx, fillingId)
    await setParts(ctx.tx, input, { parts: input.parts, fillingId: newId }, ctx.now)
    await replaceParts(ctx.tx, input, { before: message?.parts ?? [], after: input.parts, now: ctx.now })
    return logChange(ctx, input, { name: 'message.edited', actorId: personOf(ctx) })
  },
})

/** Texts that were filled stay as they are, whatever has become of the people since. */
function isSame({ parts, fields }: Message, input: z.output<typeof EditMessage>): boolean {
  const isSamePolicy = fields?.missing === input.fields?.missing && fields?.timeZone === input.fields?.timeZone
  return isSamePolicy && isDeepStrictEqual(parts, input.parts)
}

/** A copy names its first author, who must not be made to say something else. */
function mayEdit({ authorId, copied }: Message, personId: PersonId): Allowed {
  if (authorId !== personId) return false
  return copied === undefined || new Refusal('message.copied')
}
