import type { AudienceId } from '../protocol/ids.ts'
import type { Clock } from './clock.ts'
import type { Ask } from './commands.ts'
import { RequestError } from './request-error.ts'
import type { Audience, Input, Need } from './state.ts'
import type { Store } from './store.ts'

/** Asks for what is missing: one request for each log at a time. */
export type Mender = {
  mend(needs: readonly Need[]): void
  /** The connection is lost; the next greeting finds out what is missing. */
  stop(): void
}

type MenderOptions = {
  store: Store
  clock: Clock
  ask: Ask
  take(input: Input): void
  greet(from: 'here' | 'nothing'): Promise<void>
  onFault(error: unknown): void
}

/** Most gaps close by themselves: the missing event is only late. */
const PATIENCE_MS = 500
const RETRY_MS = 2_000
const PAGE = 1_000

export function createMender({ store, clock, ask, take, greet, onFault }: MenderOptions): Mender {
  /** By log: how to call off the timer, while there is one. */
  const mending = new Map<string, { cancel(): void }>()

  function mend(needs: readonly Need[]) {
    for (const need of needs) schedule(need, need.log === 'conversation' ? 0 : PATIENCE_MS)
  }

  function schedule(need: Need, afterMs: number) {
    const key = keyOf(need)
    if (mending.has(key)) return
    const entry = { cancel: clock.after(afterMs, () => void start()) }
    mending.set(key, entry)
    const isCurrent = () => mending.get(key) === entry

    async function start() {
      try {
        if (isMissing(need)) await fetch(need)
        if (isCurrent()) mending.delete(key)
        const left = need.log === 'audience' || need.log === 'person' ? isMissing(need) : false
        if (left && !mending.has(key)) schedule(need, RETRY_MS)
      } catch (error) {
        if (!isCurrent()) return
        mending.delete(key)
        failed(need, error)
      }
    }
  }

  function failed(need: Need, error: unknown) {
    if (!(error instanceof RequestError)) return onFault(error)
    if (error.code === 'connection.lost') return
    if (error.isRetryable) return schedule(need, Math.max(RETRY_MS, error.retryAfterMs ?? 0))
    // It is not ours any more, and we have not heard of it.
    if (need.log === 'audience' || need.log === 'conversation') return schedule({ log: 'all' }, PATIENCE_MS)
    onFault(error)
  }

  function isMissing(need: Need): boolean {
    if (need.log === 'person') return store.state.personNumber < need.until
    if (need.log !== 'audience') return true
    const audience = store.state.audiences.get(need.audienceId)
    return audience !== undefined && audience.lastNumber < need.until
  }

  function fetch(need: Need): Promise<void> {
    if (need.log === 'audience') return fetchAudience(need.audienceId)
    if (need.log === 'person') return fetchPerson()
    if (need.log === 'conversation') return fetchConversation(need)
    return greet(need.log === 'all' ? 'here' : 'nothing')
  }

  async function fetchAudience(audienceId: AudienceId) {
    for (let isMore = true; isMore;) {
      const before = store.state.audiences.get(audienceId)
      if (!before) return
      const page = await ask('sync.difference', { audienceId, after: before.lastNumber, limit: PAGE })
      page.events.forEach((event) => take({ kind: 'event', event }))
      const audience = store.state.audiences.get(audienceId)
      if (!audience || audience.lastNumber >= page.lastNumber) return
      // Without progress: the log does not go back so far any more.
      isMore = audience.lastNumber > before.lastNumber
      if (!isMore) await fetchConversation(audience)
    }
  }

  async function fetchConversation({
    organizationId,
    conversationId,
  }: Pick<Audience, 'organizationId' | 'conversationId'>) {
    const conversation = await ask('conversation.get', { organizationId, conversationId })
    if (store.state.conversations.has(conversationId)) take({ kind: 'conversation', conversation })
  }

  async function fetchPerson() {
    for (;;) {
      const after = store.state.personNumber
      const page = await ask('sync.person-difference', { after })
      page.events.forEach((event) => take({ kind: 'event', event }))
      const { personNumber } = store.state
      if (personNumber >= page.lastNumber) return
      // Too far behind: the page is empty.
      if (personNumber === after) return greet('nothing')
    }
  }

  return {
    mend,
    stop() {
      for (const { cancel } of mending.values()) cancel()
      mending.clear()
    },
  }
}

function keyOf(need: Need): string {
  if (need.log === 'audience') return need.audienceId
  return need.log === 'conversation' ? need.conversationId : need.log
}
