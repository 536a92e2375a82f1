import { FilledPage, ReadFilled } from '../../../protocol/filled-messages.ts'
import { personOf, query, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { textPage } from './filled-store.ts'
import { mayPost } from './rules.ts'
import { canSee, peekAudiences, readStored, rolesIn } from './store.ts'
import type { z } from 'zod'

export const readFilled = query({
  name: 'message.filled',
  summary: 'What the recipients of one’s own message with fields have got, each of them or one.',
  input: ReadFilled,
  output: FilledPage,

  async allow(ctx, input) {
    const [role = null] = await rolesIn(ctx.tx, [{ actorId: personOf(ctx), input }])
    const [audience] = await peekAudiences(ctx.tx, [input.audienceId])
    if (mayPost(role, audience?.isOneWay ?? true) !== true) return false
    return (await fillingOf(ctx, input)) !== undefined || new Refusal('message.not-found', { path: 'number' })
  },

  async run(ctx, input) {
    const { organizationId, personId, after, limit } = input
    const fillingId = await fillingOf(ctx, input)
    if (!fillingId) throw new Refusal('message.not-found', { path: 'number' })
    const rows = await textPage(ctx.tx, { organizationId, fillingId, personId, after, limit: limit + 1 })
    const people = rows.slice(0, limit)
    return { people, next: rows.length > limit ? (people.at(-1)?.personId ?? null) : null }
  },
})

/** Of a message that the asking person has written. */
async function fillingOf(ctx: Context, place: z.output<typeof ReadFilled>): Promise<string | undefined> {
  const personId = personOf(ctx)
  if (!(await canSee(ctx.tx, personId, place.audienceId, place.number))) return undefined
  const [read] = await readStored(ctx.tx, personId, [place])
  return read?.message.authorId === personId ? (read.fillingId ?? undefined) : undefined
}
