import type { Message } from '../../../protocol/conversations.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'
import type { PersonalEvent } from '../delivery/index.ts'
import { textsOfPeople } from './filled-store.ts'
import { readMessage, readStored } from './store.ts'

/** About a message of which everybody has a text of their own: each node reads those of its listeners. */
export const personalEvent = (event: Omit<PersonalEvent, 'isPersonal'>): PersonalEvent => ({
  ...event,
  isPersonal: true,
})

/** The event as each of these people sees it. Whoever has no text of their own sees the one without any values. */
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
  const isAuthorThere = personIds.includes(message.authorId)
  const forAuthor = isAuthorThere ? await readMessage(tx, message.authorId, place) : undefined
  const seenBy = (personId: PersonId): Message =>
    personId === message.authorId && forAuthor ? forAuthor : { ...message, parts: texts.get(personId) ?? message.parts }
  const eventFor = (own: Message) =>
    name === 'message.posted' ? { name, message: own } : { name, audienceId, number, id, message: own }
  return new Map(personIds.map((personId) => [personId, eventFor(seenBy(personId))]))
}
