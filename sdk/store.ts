import type { Status } from './api.ts'
import { reduce } from './reducer.ts'
import { emptyState, type Input, type Need, type State } from './state.ts'

/** The current state, and those who want to hear of its changes. */
export type Store = {
  readonly state: State
  readonly status: Status
  readonly nextAttemptAtMs: number | null
  readonly isReplaced: boolean
  apply(input: Input): readonly Need[]
  setStatus(status: Status, nextAttemptAtMs?: number): void
  /** Set before the status that it explains. */
  setReplaced(isReplaced: boolean): void
  subscribe(listener: () => void): () => void
}

export function createStore(onFault: (error: unknown) => void): Store {
  const listeners = new Set<() => void>()
  let state: State = emptyState
  let status: Status = 'connecting'
  let nextAttemptAtMs: number | null = null
  let isReplaced = false

  function notify() {
    for (const listener of Array.from(listeners)) {
      try {
        listener()
      } catch (error) {
        onFault(error) // a listener's fault must not stop the others, nor the connection
      }
    }
  }

  return {
    get state() {
      return state
    },
    get status() {
      return status
    },
    get nextAttemptAtMs() {
      return nextAttemptAtMs
    },
    get isReplaced() {
      return isReplaced
    },
    apply(input) {
      const after = reduce(state, input)
      const hasChanged = after.state !== state
      state = after.state
      if (hasChanged) notify()
      return after.needs
    },
    setStatus(next, attemptAtMs) {
      if (status === next && nextAttemptAtMs === (attemptAtMs ?? null)) return
      status = next
      nextAttemptAtMs = attemptAtMs ?? null
      notify()
    },
    setReplaced(next) {
      if (isReplaced === next) return
      isReplaced = next
      notify()
    },
    subscribe(listener) {
      // Wrapped, so that the same function may listen twice and leave once.
      const own = () => listener()
      listeners.add(own)
      return () => void listeners.delete(own)
    },
  }
}
