import { useCallback, useEffect, useMemo, useState } from 'react'
import { audiencesOf, hasOlder } from '../../../sdk/index.ts'
import type { Conversation } from '../../../sdk/index.ts'
import { useHere } from '../organization/organization-context.tsx'
import { useClient, useKnown, useStatus } from '../platform/client.tsx'
import type { Names } from './names.ts'
import { idsShown, loadedLog } from './loaded-log.ts'
import type { LoadedLog } from './loaded-log.ts'
import { firstUnreadOf, seenUpTo, typingNames } from './reading.ts'
import { useNames } from './use-conversations.ts'
import type { PersonView } from './view.ts'

export type ConversationLog = LoadedLog & {
  names: Names
  firstUnread: string | undefined
  isLoadingOlder: boolean
  loadOlder: () => void
  markSeen: (key: string) => void
  typing: string[]
  recentPeople: PersonView[]
}

/** The messages of a conversation that is on the screen: loads them, follows them, and marks what was read. */
export function useConversationLog(conversation: Conversation): ConversationLog {
  const client = useClient()
  const { me } = useHere()
  const state = useKnown((known) => known)
  const names = useNames(useMemo(() => idsShown(state, conversation), [state, conversation]))
  const log = useMemo(() => loadedLog({ state, me, names }, conversation), [state, me, names, conversation])
  useFirstPage(conversation)
  const older = useOlderPages(conversation)
  const [opened, setOpened] = useState<{ firstUnread: string | undefined }>()
  // Fixed when the conversation is opened: the line must not move while one reads.
  if (!opened && log.isLoaded) setOpened({ firstUnread: firstUnreadOf(state, conversation, me) })
  const markSeen = useCallback(
    (key: string) => {
      for (const { audienceId, messageNumber } of seenUpTo(log.messages, key)) {
        const read = client.state.audiences.get(audienceId)?.readNumber ?? 0
        if (messageNumber > read) client.markRead(audienceId, messageNumber)
      }
    },
    [client, log.messages],
  )
  const recentPeople = useMemo(() => recent(log, me), [log, me])
  return {
    ...log,
    ...older,
    names,
    firstUnread: opened?.firstUnread,
    markSeen,
    typing: typingNames(state, conversation, { me, names }),
    recentPeople,
  }
}

/** Enough for the screen, and all that is unread where that is not too much. */
const firstPage = { min: 50, max: 200, around: 20 }

function useFirstPage(conversation: Conversation): void {
  const client = useClient()
  const status = useStatus()
  const { audienceIds } = conversation
  useEffect(() => {
    if (status !== 'open') return
    for (const audience of audiencesOf(client.state, conversation.id)) {
      if (client.state.logs.has(audience.id)) continue
      const unread = Math.max(audience.lastMessageNumber - audience.readNumber, 0)
      const limit = Math.min(Math.max(unread + firstPage.around, firstPage.min), firstPage.max)
      // A page that did not come is asked for again when the connection is back.
      client.history(audience.id, { limit }).catch(() => undefined)
    }
    // The conversation is another object after every event; only its audiences matter here.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [client, status, audienceIds])
}

/** Large enough that the end of the loaded part is seldom reached while one scrolls. */
const olderPage = 200

/** After a failure the next attempt waits, so that a broken connection is not hammered. */
const pauseAfterFailureMs = 3_000

function useOlderPages(conversation: Conversation): { isLoadingOlder: boolean; loadOlder: () => void } {
  const client = useClient()
  const [isLoadingOlder, setLoading] = useState(false)
  const { audienceIds } = conversation
  const loadOlder = useCallback(() => {
    setLoading(true)
    Promise.all(
      audienceIds.filter((id) => hasOlder(client.state, id)).map((id) => client.history(id, { limit: olderPage })),
    ).then(
      () => setLoading(false),
      () => setTimeout(() => setLoading(false), pauseAfterFailureMs),
    )
  }, [client, audienceIds])
  return { isLoadingOlder, loadOlder }
}

/** Those who wrote last, for the header. */
function recent({ messages }: LoadedLog, me: string): PersonView[] {
  const people = new Map<string, PersonView>()
  for (let at = messages.length - 1; at >= 0 && at > messages.length - 60 && people.size < 3; at--) {
    const author = messages[at]?.author
    if (author && author.id !== me) people.set(author.id, author)
  }
  return Array.from(people.values())
}
