import { openDB, type DBSchema } from 'idb'
import { inOrder, type OutboxStorage, type StoredPost } from './outbox-storage.ts'

type Schema = DBSchema & {
  posts: { key: [string, string]; value: StoredPost & { personId: string; id: string }; indexes: { person: string } }
}

/**
 * Keeps the outbox in IndexedDB, so that it survives a reload; shared by all tabs of a browser, of which one sends at a
 * time. `name` separates the outboxes of several servers on one page.
 *
 * @example
 * const client = connect({ url: location.origin, storage: browserStorage() })
 */
export function browserStorage(name = 'shoptalk-outbox'): OutboxStorage {
  const opening = openDB<Schema>(name, 1, {
    upgrade(database) {
      database.createObjectStore('posts', { keyPath: ['personId', 'id'] }).createIndex('person', 'personId')
    },
  })
  // Each call meets this failure itself, where somebody waits for it.
  opening.catch(() => {})

  return {
    async load(personId) {
      const rows = await (await opening).getAllFromIndex('posts', 'person', personId)
      return inOrder(rows.map(({ order, post }) => ({ order, post })))
    },
    async put(personId, { order, post }) {
      await (await opening).put('posts', { personId, id: post.id, order, post })
    },
    async has(personId, id) {
      return (await (await opening).count('posts', [personId, id])) > 0
    },
    async remove(personId, ids) {
      const transaction = (await opening).transaction('posts', 'readwrite')
      await Promise.all([...ids.map((id) => transaction.store.delete([personId, id])), transaction.done])
    },
    // Browsers older than the lock may send twice, which the server takes as once.
    exclusively: async (lock, run) => ('locks' in navigator ? await navigator.locks.request(lock, run) : await run()),
  }
}
