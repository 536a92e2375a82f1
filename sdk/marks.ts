import type { AudienceEvent, PersonEvent } from '../protocol/delivery.ts'
import type { AudienceId } from '../protocol/ids.ts'
import type { Clock } from './clock.ts'
import type { Ask } from './commands.ts'
import { showsMarks } from './marks-rules.ts'
import { RequestError } from './request-error.ts'
import type { Store } from './store.ts'

/** Tells the server how far messages have been received and read, many at a time. */
export type Marks = {
  read(audienceId: AudienceId, messageNumber: number): void
  onArrived(event: AudienceEvent | PersonEvent): void
  onOpened(): void
  onLost(): void
  /** Another person may come: forgets. */
  clear(): void
}

type MarksOptions = { store: Store; clock: Clock; ask: Ask; onFault(error: unknown): void }
type Mark = { read: number; delivered: number }

const COALESCED_MS = 1_000
const RETRY_MS = 5_000
/** Requests at once. */
const PORTION = 20

export function createMarks({ store, clock, ask, onFault }: MarksOptions): Marks {
  /** What the server does not know yet. */
  const untold = new Map<AudienceId, Mark>()
  /** Delivered marks that it knows from this client. */
  const delivered = new Map<AudienceId, number>()
  let cancel: (() => void) | null = null
  let isOpen = false

  function note(audienceId: AudienceId, mark: Partial<Mark>) {
    const known = untold.get(audienceId)
    const read = Math.max(known?.read ?? 0, mark.read ?? 0)
    untold.set(audienceId, { read, delivered: Math.max(known?.delivered ?? 0, mark.delivered ?? 0) })
    plan(COALESCED_MS)
  }

  function plan(afterMs: number) {
    if (!isOpen || cancel || untold.size === 0) return
    cancel = clock.after(afterMs, () => {
      cancel = null
      void tellAll()
    })
  }

  async function tellAll() {
    const portion = Array.from(untold).slice(0, PORTION)
    const told = await Promise.all(portion.map(([audienceId, mark]) => tell(audienceId, mark)))
    plan(told.every(Boolean) ? COALESCED_MS : RETRY_MS)
  }

  /** Whether there is nothing to repeat. */
  async function tell(audienceId: AudienceId, mark: Mark): Promise<boolean> {
    const organizationId = store.state.audiences.get(audienceId)?.organizationId
    try {
      if (organizationId !== undefined) await ask('audience.mark', { organizationId, audienceId, ...mark })
    } catch (error) {
      if (error instanceof RequestError && error.isRetryable) return false
      // Refused for good: one is not in the audience any more, perhaps.
      if (!(error instanceof RequestError)) onFault(error)
    }
    if (untold.get(audienceId) === mark) untold.delete(audienceId)
    delivered.set(audienceId, Math.max(delivered.get(audienceId) ?? 0, mark.delivered))
    return true
  }

  function receive(audienceId: AudienceId) {
    const audience = store.state.audiences.get(audienceId)
    const conversation = audience && store.state.conversations.get(audience.conversationId)
    if (!audience || !conversation || !showsMarks(conversation)) return
    const { lastMessageNumber, readNumber } = audience
    if (lastMessageNumber > Math.max(readNumber, delivered.get(audienceId) ?? 0)) {
      note(audienceId, { delivered: lastMessageNumber })
    }
  }

  return {
    read(audienceId, messageNumber) {
      const before = store.state.audiences.get(audienceId)?.readNumber ?? 0
      store.apply({ kind: 'read', audienceId, messageNumber })
      const after = store.state.audiences.get(audienceId)?.readNumber ?? 0
      if (after > before) note(audienceId, { read: after })
    },
    onArrived(event) {
      if (event.name === 'message.posted') receive(event.message.audienceId)
    },
    onOpened() {
      isOpen = true
      // A reset has brought the marks that the server knew.
      for (const [audienceId, { read }] of untold) store.apply({ kind: 'read', audienceId, messageNumber: read })
      for (const audienceId of store.state.audiences.keys()) receive(audienceId)
      plan(COALESCED_MS)
    },
    onLost() {
      isOpen = false
      cancel?.()
      cancel = null
    },
    clear() {
      untold.clear()
      delivered.clear()
    },
  }
}
