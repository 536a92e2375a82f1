import { limits } from '../../../protocol/limits.ts'
import { Message, ReactToMessage } from '../../../protocol/conversations.ts'
import { command, personOf } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { allowChange, holdMessage, logChange, type Held } from './change-message.ts'
import { mayPost } from './rules.ts'
import { putReaction, takeReaction } from './store.ts'

export const reactToMessage = command({
  name: 'message.react',
  summary:
    'Put an emoji on a message, or take it away. In a broadcast only its owner does, since members must not show.',
  input: ReactToMessage,
  output: Message,
  lock: holdMessage,
  allow: (_ctx, _input, held: Held) => allowChange(held, () => mayPost(held.role, held.audience?.isOneWay ?? true)),

  async run(ctx, input, { message }) {
    const reacting = { ...input, personId: personOf(ctx) }
    const others = message?.reactions?.filter(({ emoji }) => emoji !== input.emoji) ?? []
    if (input.isOn && others.length >= limits.reactionsPerMessage) throw new Refusal('message.reaction-limit')
    const hasChanged = input.isOn ? await putReaction(ctx.tx, reacting, ctx.now) : await takeReaction(ctx.tx, reacting)
    if (!hasChanged && message) return message
    return logChange(ctx, input, { name: 'message.reacted', actorId: reacting.personId })
  },
})
