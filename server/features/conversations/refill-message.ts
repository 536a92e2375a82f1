import type { Message } from '../../../protocol/conversations.ts'
import type { Fields } from '../../../protocol/fields.ts'
import { limits } from '../../../protocol/limits.ts'
import type { AudienceId, OrganizationId } from '../../../protocol/ids.ts'
import type { Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { countSending } from './fields-rate.ts'
import { beginFilling, fillPortion, lackingRefusal, requirePolicy } from './fill-message.ts'
import * as filled from './filled-store.ts'

type Edit = {
  organizationId: OrganizationId
  audienceId: AudienceId
  number: number
  parts: Message['parts']
  fields: Fields
}
type Before = { message: Message | undefined; fillingId: string | null }

/** Fills an edited text for everybody who has got the message. Nobody can be left out of what they have got. */
export async function refill(ctx: Context, edit: Edit, { message, fillingId }: Before): Promise<string> {
  const { tx, now } = ctx
  if (!message) throw new Refusal('message.not-found', { path: 'number' })
  countSending(ctx)
  requirePolicy(edit.fields, undefined)
  const max = limits.fillOnEdit + 1
  const personIds = fillingId ? await filled.holdersOf(tx, fillingId, max) : await filled.recipientsAt(tx, edit, max)
  if (personIds.length >= max) throw new Refusal('fields.too-many-recipients')
  if (fillingId) await filled.dropTexts(tx, fillingId)
  const sending = { ...edit, authorId: message.authorId, messageId: message.id }
  const id = await beginFilling(tx, sending, now)
  const recipients = personIds.map((personId) => ({ personId, role: 'member' as const }))
  await fillPortion(tx, { id, sending, now }, recipients)
  const lacking = await filled.lackingOf(tx, id)
  if (lacking.length > 0) throw await lackingRefusal(tx, sending, lacking)
  await filled.setPosted(tx, id, { audienceId: edit.audienceId, number: edit.number, skipped: 0 })
  return id
}
