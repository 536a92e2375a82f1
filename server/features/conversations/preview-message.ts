import { MessagePreview, PreviewMessage } from '../../../protocol/filled-messages.ts'
import { limits } from '../../../protocol/limits.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import { command, personOf, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { FilledFor } from '../fields/index.ts'
import { countPreview } from './fields-rate.ts'
import { fillAll } from './fill-message.ts'
import { countRecipients, recipientsAmong, recipientsOf } from './filled-store.ts'
import { mayPostFields } from './post-with-fields.ts'
import { peekAudiences } from './store.ts'
import type { z } from 'zod'

const NAMED_MAX = 10

export const previewMessage = command({
  name: 'message.preview',
  summary: 'What recipients would get of a message with fields, and who lacks what. Sends and stores nothing.',
  input: PreviewMessage,
  output: MessagePreview,

  async allow(ctx, input) {
    const [audience] = await peekAudiences(ctx.tx, [input.audienceId])
    return mayPostFields(ctx, input, audience)
  },

  async run(ctx, input) {
    countPreview(ctx)
    const { tx, now } = ctx
    const asked = { audienceId: input.audienceId, authorId: personOf(ctx) }
    const sending = { ...input, authorId: asked.authorId }
    const all = await fillAll(tx, sending, now, await recipientsOf(tx, { ...asked, limit: limits.fillAtOnce }))
    const { shown, next } = await page(ctx, input, all)
    const lacking = all.filter(({ missing }) => missing.length > 0)
    return {
      people: shown,
      next,
      total: all.length < limits.fillAtOnce ? all.length : await countRecipients(tx, asked.audienceId, asked.authorId),
      checked: all.length,
      lacking: lacking.length,
      missing: missingOf(lacking),
    }
  },
})

/** Those who were asked for, or a page of all. */
async function page(ctx: Context, input: z.output<typeof PreviewMessage>, known: readonly FilledFor[]) {
  const { audienceId, personIds, after, limit } = input
  const asked = { audienceId, authorId: personOf(ctx) }
  const wanted = personIds
    ? await recipientsAmong(ctx.tx, asked, personIds)
    : await recipientsOf(ctx.tx, { ...asked, after, limit: limit + 1 })
  const found = new Set(wanted.map(({ personId }) => personId))
  const strange = personIds?.findIndex((personId) => !found.has(personId)) ?? -1
  if (strange >= 0) throw new Refusal('member.not-found', { path: `personIds.${strange}` })
  const isMore = !personIds && wanted.length > limit
  const here = isMore ? wanted.slice(0, limit) : wanted
  const byId = new Map(known.map((one) => [one.personId, one]))
  const rest = here.filter(({ personId }) => !byId.has(personId))
  const late = rest.length === 0 ? [] : await fillAll(ctx.tx, { ...input, authorId: asked.authorId }, ctx.now, rest)
  for (const one of late) byId.set(one.personId, one)
  return {
    shown: here.flatMap(({ personId }) => byId.get(personId) ?? []),
    next: isMore ? (here.at(-1)?.personId ?? null) : null,
  }
}

function missingOf(lacking: readonly FilledFor[]) {
  const byField = new Map<string, { personId: PersonId; name: string }[]>()
  for (const { personId, name, missing } of lacking)
    for (const field of missing) byField.set(field, [...(byField.get(field) ?? []), { personId, name }])
  return Array.from(byField, ([field, people]) => ({ field, count: people.length, people: people.slice(0, NAMED_MAX) }))
}
