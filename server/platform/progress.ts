import type { PersonId } from '../../protocol/ids.ts'

/** `done` of `total`; what is counted is the step's own business. */
export type Progress = { id: string; step: string; done: number; total: number }
type Listener = (personId: PersonId, progress: Progress) => void
type Owner = PersonId | null

/** The oldest are forgotten. */
const KEPT_MAX = 1_000
const kept = new Map<string, Progress>()
const listeners = new Set<Listener>()
/** Ids are chosen by clients, so they mean something only with their owner. */
const keyOf = (owner: Owner, id: string) => `${owner ?? 'operator'} ${id}`

/**
 * How far long work has come, told at once and not after its commit. Of this process alone, and passing: whoever
 * misses a report gets the next. The owner is the person who began the work; null is the operator, who has no
 * connection and asks with `find`.
 *
 *     progress.report(personId, { id: importId, step: 'groups', done: 200, total: 1_100 })
 */
export const progress = {
  report(owner: Owner, now: Progress): void {
    const key = keyOf(owner, now.id)
    kept.delete(key)
    kept.set(key, now)
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT_MAX) break
      kept.delete(oldest)
    }
    if (owner !== null) for (const listener of listeners) listener(owner, now)
  },

  find(owner: Owner, id: string): Progress | undefined {
    return kept.get(keyOf(owner, id))
  },

  /** Returns how to stop listening. */
  onReport(listener: Listener): () => void {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
}
