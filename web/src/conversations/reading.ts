import type { AudienceId, PersonId } from '../../../protocol/ids.ts'
import { audiencesOf } from '../../../sdk/index.ts'
import type { Conversation, State } from '../../../sdk/index.ts'
import type { Names } from './names.ts'
import { keyOf } from './message-view.ts'
import type { MessageView } from './view.ts'

/** The oldest loaded message of somebody else above one's read marks. */
export function firstUnreadOf(state: State, conversation: Conversation, me: PersonId): string | undefined {
  const unread = audiencesOf(state, conversation.id).flatMap((audience) => {
    const messages = state.logs.get(audience.id)?.messages ?? []
    const first = messages.find((one) => one.messageNumber > audience.readNumber && one.authorId !== me)
    return first ? [first] : []
  })
  const [first] = unread.toSorted((a, b) => (a.postedAt < b.postedAt ? -1 : 1))
  return first && keyOf(first.authorId, first.id)
}

/** How far each audience has been read when this message, and all above it, have been on the screen. */
export function seenUpTo(
  messages: readonly MessageView[],
  key: string,
): { audienceId: AudienceId; messageNumber: number }[] {
  const read = new Map<AudienceId, number>()
  for (let at = messages.findLastIndex((message) => message.key === key); at >= 0; at--) {
    const place = messages[at]?.at
    if (place && !read.has(place.audienceId)) read.set(place.audienceId, place.messageNumber)
  }
  return Array.from(read, ([audienceId, messageNumber]) => ({ audienceId, messageNumber }))
}

type Reader = { me: PersonId; names: Names }

/** The client forgets those who have stopped. */
export function typingNames(state: State, { audienceIds }: Conversation, { me, names }: Reader): string[] {
  const ids = audienceIds.flatMap((id) => Array.from(state.typing.get(id)?.keys() ?? []))
  return Array.from(new Set(ids))
    .filter((id) => id !== me)
    .map(names)
}
