import type { Message } from '../../../protocol/conversations.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'
import type { PersonalEvent } from '../delivery/index.ts'
import { textsOfPeople } from './filled-store.ts'
import { readMessage, readStored, seersAmong } from './store.ts'

/**
 * About a message of which everybody has a text of their own, or that not everybody may see: each node reads what its
 * listeners get.
 */
export const personalEvent = (event: Omit<PersonalEvent, 'isPersonal'>): PersonalEvent => ({
  ...event,
  isPersonal: true,
})

/**
 * The event as each of these people sees it. Whoever has no text of their own sees the one without any values; whoever
 * came later learns that a number was taken.
 */
export async function readPersonalEvent(
  tx: Tx,
  { name, audienceId, number, id, messageNumber }: PersonalEvent,
  personIds: readonly PersonId[],
): Promise<Map<PersonId, object>> {
  const place = { audienceId, number: messageNumber }
  const [base] = await readStored(tx, null, [place])
  if (!base) return new Map()
  const { message, fillingId } = base
  const texts = fillingId === null ? new Map() : await textsOfPeople(tx, fillingId, personIds)
  const seers = await seersAmong(tx, place, personIds)
  const isAuthorThere = personIds.includes(message.authorId)
  const forAuthor = isAuthorThere ? await readMessage(tx, message.authorId, place) : undefined
  const seenBy = (personId: PersonId): Message =>
    personId === message.authorId && forAuthor ? forAuthor : { ...message, parts: texts.get(personId) ?? message.parts }
  const eventFor = (own: Message) =>
    name === 'message.posted' ? { name, message: own } : { name, audienceId, number, id, message: own }
  const hidden = { name: 'hidden', audienceId, number, id }
  return new Map(personIds.map((one) => [one, seers.has(one) ? eventFor(seenBy(one)) : hidden]))
}
