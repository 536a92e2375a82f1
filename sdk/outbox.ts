import type { ConversationView, Message } from '../protocol/conversations.ts'
import type { MessageId, PersonId } from '../protocol/ids.ts'
import { delayMs } from './backoff.ts'
import type { Clock } from './clock.ts'
import type { OutboxStorage, StoredPost } from './outbox-storage.ts'
import { isSignedOut, RequestError } from './request-error.ts'
import type { Input, PendingPost } from './state.ts'

/** What one has written and the server has not stored yet. Sent strictly in order, one after the other. */
export type Outbox = {
  add(post: PendingPost): void
  acknowledged(id: MessageId): Promise<Message>
  retry(id: MessageId): void
  discard(id: MessageId): void
  /** The connection is open for this person: what waits is sent, also what an earlier page has left behind. */
  open(personId: PersonId): Promise<void>
  /** The connection is lost. */
  pause(): void
  /** Nobody is signed in: forgets what waits; `erase`: in the storage, too. */
  leave(options: { erase: boolean }): Promise<void>
}

export type Sent = { message: Message; conversation?: ConversationView }

type OutboxOptions = {
  storage: OutboxStorage
  /** Names the lock of all who use this storage for one server. */
  name: string
  clock: Clock
  random(): number
  send(post: PendingPost): Promise<Sent>
  take(input: Input): void
  onFault(error: unknown): void
}

type Entry = { order: number; post: PendingPost; isSaved: Promise<boolean>; faults: number }

const toEntry = ({ order, post }: StoredPost, isSaved: boolean): Entry => ({
  order,
  post,
  isSaved: Promise.resolve(isSaved),
  faults: 0,
})

const WAITING_MAX = 1_000
/** A server that breaks on a message again and again will not take it. */
const FAULTS_MAX = 5

export function createOutbox({ storage, name, clock, random, send, take, onFault }: OutboxOptions): Outbox {
  const waiters = new Map<MessageId, PromiseWithResolvers<Message>>()
  let personId: PersonId | null = null
  let queue: Entry[] = []
  let isLoaded = false
  let isOpen = false
  let isBusy = false
  let sendingId: MessageId | null = null
  let failures = 0

  const find = (id: MessageId) => queue.find(({ post }) => post.id === id)
  const report =
    <T>(instead: T) =>
    (error: unknown): T => {
      onFault(error)
      return instead
    }

  /** Without a storage that works, it waits in memory. */
  function save(entry: Entry) {
    if (personId === null || !isLoaded) return
    const { order, post } = entry
    const saving = storage.put(personId, { order, post })
    entry.isSaved = saving.then(() => true, report(false))
  }

  async function load(owner: PersonId) {
    if (personId !== null && personId !== owner) queue = []
    personId = owner
    isLoaded = false
    const stored = await storage.load(owner).catch(report([]))
    if (personId !== owner || isLoaded) return
    isLoaded = true
    const before = stored.map((one) => toEntry(one, true))
    // Written before it was known who writes, or while the storage was read.
    const since = queue.filter(({ post }) => stored.every((one) => one.post.id !== post.id))
    queue = before
    for (const { post } of since) put(post)
    for (const { post } of queue) take({ kind: 'post', post })
  }

  function put(post: PendingPost) {
    const entry = toEntry({ order: (queue.at(-1)?.order ?? 0) + 1, post }, false)
    queue.push(entry)
    save(entry)
  }

  function pump() {
    if (isBusy) return
    isBusy = true
    run().catch(onFault)
  }

  async function run() {
    try {
      for (let entry = nextWaiting(); entry; entry = nextWaiting()) {
        const next = entry
        const pauseMs = await storage.exclusively(name, () => sendOne(next)).catch(report(1_000))
        if (pauseMs > 0) await new Promise<void>((resolve) => void clock.after(pauseMs, resolve))
      }
    } finally {
      isBusy = false
    }
  }

  function nextWaiting(): Entry | undefined {
    return isOpen && isLoaded ? queue.find(({ post }) => post.status === 'waiting') : undefined
  }

  /** Answers with how long to pause before the next attempt. */
  async function sendOne(entry: Entry): Promise<number> {
    const { id } = entry.post
    sendingId = id
    try {
      if (!(await isStillStored(entry))) remove(id, new RequestError('outbox.discarded'))
      else await acknowledge(id, await send(entry.post))
      failures = 0
      return 0
    } catch (error) {
      return refused(entry, error)
    } finally {
      sendingId = null
    }
  }

  /** Another tab may have sent it, or given it up. */
  async function isStillStored({ post, isSaved }: Entry): Promise<boolean> {
    if (!(await isSaved) || personId === null) return true
    return storage.has(personId, post.id).catch(report(true))
  }

  async function acknowledge(id: MessageId, { message, conversation }: Sent) {
    queue = queue.filter(({ post }) => post.id !== id)
    take({ kind: 'acknowledged', id, message, ...(conversation ? { conversation } : {}) })
    waiters.get(id)?.resolve(message)
    waiters.delete(id)
    if (personId !== null) await storage.remove(personId, [id]).catch(onFault)
  }

  function refused(entry: Entry, error: unknown): number {
    if (!(error instanceof RequestError)) {
      onFault(error)
      fail(entry, new RequestError('server.fault', { cause: error }))
      return 0
    }
    if (isSignedOut(error) || error.code === 'client.closed') isOpen = false
    else if (!error.isRetryable || isHopeless(entry, error)) fail(entry, error)
    // After a connection that is lost there comes another one.
    else if (isOpen) return Math.max(error.retryAfterMs ?? 0, delayMs(failures++, random))
    return 0
  }

  function isHopeless(entry: Entry, { code }: RequestError): boolean {
    if (code === 'server.fault') entry.faults++
    return entry.faults >= FAULTS_MAX
  }

  function fail(entry: Entry, error: RequestError) {
    const { code, message, path } = error
    const { id } = entry.post
    const failure = { code, message, path }
    entry.post = { ...entry.post, status: 'failed', failure }
    save(entry)
    take({ kind: 'failed', id, failure })
    waiters.get(id)?.reject(error)
    waiters.delete(id)
  }

  function remove(id: MessageId, reason: RequestError) {
    queue = queue.filter(({ post }) => post.id !== id)
    take({ kind: 'discarded', ids: [id] })
    waiters.get(id)?.reject(reason)
    waiters.delete(id)
  }

  return {
    add(post) {
      if (queue.length >= WAITING_MAX) throw new RequestError('outbox.full')
      put(post)
      take({ kind: 'post', post })
      pump()
    },
    acknowledged(id) {
      const waiter = waiters.get(id) ?? Promise.withResolvers<Message>()
      if (find(id)?.post.status === 'waiting') waiters.set(id, waiter)
      else waiter.reject(new RequestError('message.not-found'))
      return waiter.promise
    },
    retry(id) {
      const entry = find(id)
      if (entry?.post.status !== 'failed') return
      const { failure: _, ...post } = entry.post
      entry.post = { ...post, status: 'waiting' }
      entry.faults = 0
      save(entry)
      take({ kind: 'retried', id })
      pump()
    },
    discard(id) {
      if (id === sendingId || !find(id)) return
      remove(id, new RequestError('outbox.discarded'))
      if (personId !== null) storage.remove(personId, [id]).catch(onFault)
    },
    async open(owner) {
      isOpen = true
      if (personId !== owner || !isLoaded) await load(owner)
      pump()
    },
    pause() {
      isOpen = false
    },
    async leave({ erase }) {
      const owner = personId
      personId = null
      queue = []
      isOpen = false
      isLoaded = false
      if (!erase || owner === null) return
      for (const waiter of waiters.values()) waiter.reject(new RequestError('outbox.discarded'))
      waiters.clear()
      const left = await storage.load(owner)
      await storage.remove(
        owner,
        left.map(({ post }) => post.id),
      )
    },
  }
}
