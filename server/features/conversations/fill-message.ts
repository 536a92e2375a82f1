import { hash } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import type { Message } from '../../../protocol/conversations.ts'
import type { Fields } from '../../../protocol/fields.ts'
import { ConversationId, type OrganizationId, type PersonId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import { announce } from '../../platform/events.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { Tx } from '../../platform/sql.ts'
import { fillFor, fillForNobody, templateOf, type FilledFor } from '../fields/index.ts'
import { personalEvent } from './filled-messages.ts'
import * as filled from './filled-store.ts'
import { findOrMakeNarrowed } from './narrow-audience.ts'
import { keepParts } from './part-rules.ts'
import { admit, type Audience, type Post } from './rules.ts'
import { findPosted, insertMessages, lockAudiences, readMessage } from './store.ts'

/** A message with fields on its way. */
export type Sending = filled.FillingKey & {
  organizationId: OrganizationId
  parts: Message['parts']
  fields: Fields
}
type Filling = { id: string; sending: Sending; now: Date }

/** Recognises a retry. What was sent with fields is never the same as what was sent without. */
export function filledHash({ parts, fields }: Pick<Sending, 'parts' | 'fields'>): string {
  return hash('sha256', JSON.stringify([parts, null, fields.missing, fields.timeZone ?? null]), 'base64')
}

/** Only a broadcast leaves people out without anybody noticing. */
export function requirePolicy({ missing }: Fields, audience: { isOneWay: boolean } | undefined): void {
  if (missing === 'skip' && !audience?.isOneWay) throw new Refusal('fields.skip-refused', { path: 'fields.missing' })
}

/** Refuses faults in the text, and notes what belongs to all of its recipients. */
export async function beginFilling(tx: Tx, sending: Sending, now: Date): Promise<string> {
  const fallback = await fillForNobody(tx, templateOf(sending.parts), askedBy(sending, now))
  return filled.putFilling(tx, { ...sending, id: uuidv7(), contentHash: filledHash(sending), fallback }, now)
}

/** Stores what these recipients get, as the server knows them now. Those with a text already keep it. */
export async function fillPortion(
  tx: Tx,
  { id, sending, now }: Filling,
  recipients: readonly filled.Recipient[],
): Promise<void> {
  const texts = await fillAll(tx, sending, now, recipients)
  const owners = new Set(recipients.flatMap(({ personId, role }) => (role === 'owner' ? [personId] : [])))
  const { missing: policy } = sending.fields
  const rows = texts.map(({ personId, parts, missing }) => {
    // Owners get everything that is said in their broadcast, so they cannot be left out.
    const isLacking = missing.length > 0 && (policy === 'block' || (policy === 'skip' && !owners.has(personId)))
    return { personId, missing, parts: isLacking ? null : parts }
  })
  if (rows.length > 0) await filled.insertTexts(tx, id, rows)
}

export function fillAll(
  tx: Tx,
  sending: Pick<Sending, 'organizationId' | 'authorId' | 'parts' | 'fields'>,
  now: Date,
  recipients: readonly { personId: PersonId }[],
): Promise<FilledFor[]> {
  const personIds = recipients.map(({ personId }) => personId)
  return fillFor(tx, templateOf(sending.parts), askedBy(sending, now), personIds)
}

const askedBy = (
  { organizationId, authorId, fields }: Pick<Sending, 'organizationId' | 'authorId' | 'fields'>,
  now: Date,
) => ({
  organizationId,
  senderId: authorId,
  now,
  timeZone: fields.timeZone,
})

/** Posts it, once everybody has a text. The audience is locked. */
export async function postFilled(tx: Tx, filling: Filling, audience: Audience): Promise<Message> {
  const { id, sending, now } = filling
  const lacking = await filled.lackingOf(tx, id)
  if (lacking.length > 0 && sending.fields.missing === 'block') throw await lackingRefusal(tx, sending, lacking)
  await filled.dropLacking(tx, id)
  const target = lacking.length === 0 ? audience : await leaveOut(tx, filling, { audience, lacking })
  const { organizationId, authorId, messageId, parts } = sending
  const post: Post = { actorId: authorId, input: { organizationId, audienceId: target.id, id: messageId, parts } }
  if ((await findPosted(tx, [post])).length > 0) throw new Refusal('message.id-taken', { path: 'id' })
  const audiences = new Map([[target.id, target]])
  const { fresh, heads, answers } = admit([post], { audiences, posted: [], replied: new Set(), now })
  const [stored] = fresh
  if (!stored) throw answers[0] instanceof Refusal ? answers[0] : new Refusal('conversation.closed')
  const { message, version } = stored
  const { number } = message
  await insertMessages(tx, [{ ...stored, contentHash: filledHash(sending) }], heads)
  await Promise.all(keepParts(tx, [message]))
  await filled.setPosted(tx, id, { audienceId: target.id, number, skipped: lacking.length })
  const place = { name: 'message.posted', audienceId: target.id, number, id: messageId, messageNumber: number }
  announce(tx, [{ topic: `audience:${target.id}`, version, body: personalEvent(place) }])
  return readPosted(tx, authorId, message)
}

export async function readPosted(
  tx: Tx,
  authorId: PersonId,
  place: Pick<Message, 'audienceId' | 'number'>,
): Promise<Message> {
  const message = await readMessage(tx, authorId, place)
  if (!message) throw new Error('A message vanished under its lock.')
  return message
}

type Leaving = { audience: Audience; lacking: readonly filled.Lacking[] }

/** The same broadcast without those who lack something, which is an audience like one that its owner has narrowed. */
async function leaveOut(tx: Tx, { id }: Filling, { audience, lacking }: Leaving): Promise<Audience> {
  const from = await filled.ruleOf(tx, audience.id)
  if (from?.kind !== 'broadcast') throw new Refusal('fields.skip-refused', { path: 'fields.missing' })
  if ((await filled.holdersOf(tx, id, 1)).length === 0) throw new Refusal('fields.nobody-left')
  const left = new Set(lacking.map(({ personId }) => personId))
  const isNamed = from.rule === 'these'
  const others = isNamed ? from.personIds.filter((personId) => !left.has(personId)) : [...from.personIds, ...left]
  const personIds = Array.from(new Set(others)).toSorted()
  if (personIds.length === 0) throw new Refusal('fields.nobody-left')
  if (personIds.length > limits.selectionPeople) throw new Refusal('fields.missing-values', { path: 'parts' })
  const rule = isNamed ? ('these' as const) : ('except' as const)
  const conversationId = ConversationId.parse(from.conversationId)
  const [narrowed] = await lockAudiences(tx, [await findOrMakeNarrowed(tx, conversationId, { rule, personIds })])
  if (!narrowed) throw new Error('An audience vanished under the lock of its conversation.')
  return narrowed
}

const NAMED_MAX = 5
/** Says how many lack what, and some of them by name. */
export async function lackingRefusal(tx: Tx, sending: Sending, lacking: readonly filled.Lacking[]): Promise<Refusal> {
  const fields = new Set(lacking.flatMap(({ missing }) => missing))
  const words = await Promise.all(
    Array.from(fields).map(async (field) => {
      const without = lacking.filter(({ missing }) => missing.includes(field)).map(({ personId }) => personId)
      const named = await filled.namesOf(tx, sending.organizationId, without.slice(0, NAMED_MAX))
      const more = without.length > NAMED_MAX ? ` and ${without.length - NAMED_MAX} more` : ''
      return `${field} (${named.join(', ')}${more})`
    }),
  )
  const count = lacking.length === 1 ? 'One recipient has' : `${lacking.length} recipients have`
  return new Refusal('fields.missing-values', { path: 'parts', message: `${count} no value for ${words.join(', ')}.` })
}
