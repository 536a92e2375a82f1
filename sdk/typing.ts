import type { AudienceId } from '../protocol/ids.ts'
import type { Clock } from './clock.ts'
import type { Ask } from './commands.ts'
import type { Store } from './store.ts'

/** Tells others that one is writing, and forgets that others were. */
export type Typing = { tell(audienceId: AudienceId): void; watch(): void }

const EVERY_MS = 3_000
const LOOK_MS = 1_000

export function createTyping({ store, clock, ask }: { store: Store; clock: Clock; ask: Ask }): Typing {
  const toldAtMs = new Map<AudienceId, number>()
  let isWatching = false

  function watch() {
    if (isWatching || store.state.typing.size === 0) return
    isWatching = true
    clock.after(LOOK_MS, () => {
      isWatching = false
      store.apply({ kind: 'time', nowMs: clock.now() })
      watch()
    })
  }

  return {
    watch,
    tell(audienceId) {
      const organizationId = store.state.audiences.get(audienceId)?.organizationId
      const lastMs = toldAtMs.get(audienceId) ?? -Infinity
      if (store.status !== 'open' || organizationId === undefined || clock.now() - lastMs < EVERY_MS) return
      toldAtMs.set(audienceId, clock.now())
      // It is out of date in a moment: whether it has arrived does not matter.
      ask('typing.start', { organizationId, audienceId }).catch(() => {})
    },
  }
}
