import type { PersonId } from '../protocol/ids.ts'
import type { PendingPost } from './state.ts'

/** Keeps what has not been acknowledged, for each person, in the order of `order`. Calls may be repeated. */
export type OutboxStorage = {
  load(personId: PersonId): Promise<readonly StoredPost[]>
  /** Adds a post, or replaces the one with its id. */
  put(personId: PersonId, stored: StoredPost): Promise<void>
  has(personId: PersonId, id: string): Promise<boolean>
  remove(personId: PersonId, ids: readonly string[]): Promise<void>
  /** Runs one at a time of all who share this storage: two tabs do not send at once. */
  exclusively<T>(name: string, run: () => Promise<T>): Promise<T>
}

export type StoredPost = { readonly order: number; readonly post: PendingPost }

/** Forgets everything with the process. */
export function memoryStorage(): OutboxStorage {
  const persons = new Map<PersonId, Map<string, StoredPost>>()
  const of = (personId: PersonId) => {
    const posts = persons.get(personId) ?? new Map<string, StoredPost>()
    persons.set(personId, posts)
    return posts
  }
  return {
    load: async (personId) => inOrder(of(personId).values()),
    put: async (personId, stored) => void of(personId).set(stored.post.id, stored),
    has: async (personId, id) => of(personId).has(id),
    remove: async (personId, ids) => ids.forEach((id) => of(personId).delete(id)),
    exclusively: (_name, run) => run(),
  }
}

/** Two tabs may give the same order; then the ids decide, which begin with the time. */
export function inOrder(posts: Iterable<StoredPost>): StoredPost[] {
  return Array.from(posts).toSorted((a, b) => a.order - b.order || (a.post.id < b.post.id ? -1 : 1))
}
