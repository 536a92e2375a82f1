import { v7 } from 'uuid'
import type { MessageId, OrganizationId } from '../protocol/ids.ts'
import type { Part } from '../protocol/parts.ts'
import type { Client, ConnectOptions, Status } from './api.ts'
import { systemClock } from './clock.ts'
import { createConnection } from './connection.ts'
import { createHistory } from './history.ts'
import { createHttp, type Http } from './http.ts'
import { createMarks } from './marks.ts'
import { createOutbox, type Sent } from './outbox.ts'
import { memoryStorage } from './outbox-storage.ts'
import { isSignedOut, RequestError } from './request-error.ts'
import { createRequests, overSocket } from './requests.ts'
import type { PendingPost } from './state.ts'
import { createStore, type Store } from './store.ts'
import { commandFunctions } from './sugar.ts'
import { createSync } from './sync.ts'
import { createTyping } from './typing.ts'

const HISTORY_PAGE = 50

/**
 * Connects to a Shoptalk server and stays connected. Returns at once; watch `status`. Without a session the status
 * becomes `signed-out`, requests still work, and `session.start` connects.
 *
 * @example
 * using client = connect({ url: 'https://talk.example.com', token })
 * client.subscribe(() => console.log(client.status, client.state.conversations.size))
 */
export function connect(options: ConnectOptions): Client {
  const parts = assemble(options)
  const { store, connection, request, outbox, marks, history, typing } = parts
  const { clock = systemClock, newId = v7 } = options
  const stopListening = listenForNetwork(() => connection.hurry())

  function sending(organizationId: OrganizationId, content: readonly Part[]) {
    if (parts.isClosed) throw new RequestError('client.closed')
    const id = newId() as MessageId // made here: this is where a message's id begins
    return { id, organizationId, parts: content, createdAtMs: clock.now(), status: 'waiting' as const }
  }
  function enqueue(post: PendingPost) {
    outbox.add(post)
    return post.id
  }
  function close() {
    if (parts.isClosed) return
    parts.isClosed = true
    stopListening()
    connection.stop('stopped')
  }

  connection.start()
  return defineClient(store, {
    ...commandFunctions(request),
    do: request,
    subscribe: store.subscribe,
    post({ audienceId, parts: content, replyTo }) {
      const audience = store.state.audiences.get(audienceId)
      if (!audience) throw new RequestError('audience.unknown')
      const post = { ...sending(audience.organizationId, content), kind: 'post' as const, audienceId }
      return enqueue(replyTo === undefined ? post : { ...post, replyTo })
    },
    postDirect: ({ organizationId, personId, parts: content }) =>
      enqueue({ ...sending(organizationId, content), kind: 'direct', personId }),
    acknowledged: outbox.acknowledged,
    retry: outbox.retry,
    discard: outbox.discard,
    async narrow(input) {
      const narrowed = await request('audience.narrow', input)
      parts.take({ kind: 'conversation', conversation: narrowed.conversation })
      return narrowed
    },
    history: (audienceId, { limit = HISTORY_PAGE } = {}) => history.load(audienceId, limit),
    markRead: marks.read,
    typing: typing.tell,
    reconnect: connection.hurry,
    close,
    [Symbol.dispose]: close,
  })
}

type Snapshot = Pick<Client, 'state' | 'status' | 'nextAttemptAtMs' | 'isReplaced'>

/** `state` and `status` are read anew every time. */
function defineClient(store: Snapshot, rest: Omit<Client, keyof Snapshot>): Client {
  return Object.defineProperties(rest, {
    state: { get: () => store.state, enumerable: true },
    status: { get: () => store.status, enumerable: true },
    nextAttemptAtMs: { get: () => store.nextAttemptAtMs, enumerable: true },
    isReplaced: { get: () => store.isReplaced, enumerable: true },
  }) as Client // the compiler does not follow defineProperties
}

/** Makes the parts and ties them together. */
function assemble(options: ConnectOptions) {
  const { clock = systemClock, random = Math.random, storage = memoryStorage(), onFault = console.error } = options
  const url = options.url.replace(/\/+$/, '')
  const ownFetch: typeof fetch = options.fetch ?? ((...args) => fetch(...args))
  const store = createStore(onFault)
  const http = createHttp({ url, token: options.token, fetch: ownFetch, clock })
  const connection = createConnection({
    clock,
    random,
    createSocket: () => (options.createSocket ?? openSocket)(`${url.replace(/^http/, 'ws')}/v1/socket`, http.headers),
    greet: () => sync.greet(),
    hasSession: () => hasSession(http, store),
    onReplaced: () => store.setReplaced(true),
    onFrame: (frame) => sync.onFrame(frame),
    onLost() {
      sync.onLost()
      outbox.pause()
      marks.onLost()
    },
    onStatus,
    onFault,
  })
  const ask = overSocket(connection)
  const marks = createMarks({ store, clock, ask, onFault })
  const { onOpened, onArrived } = marks
  const sync = createSync({ store, clock, ask, onOpened, onArrived, onFault })
  const state = { isClosed: false }
  const request = createRequests({
    http,
    connection,
    isClosed: () => state.isClosed,
    onSessionBegun(answer) {
      store.setReplaced(false)
      http.setToken(tokenOf(answer) ?? options.token)
      connection.stop('signed-out')
      connection.start()
    },
    onSessionEnded(reason) {
      if (reason === 'replaced') store.setReplaced(true)
      if (reason === 'asked') outbox.leave({ erase: true }).catch(onFault)
      connection.stop('signed-out')
    },
  })
  const send = (post: PendingPost) => sendPost(request, post)
  const outbox = createOutbox({ storage, name: `shoptalk ${url}`, clock, random, send, take: sync.take, onFault })
  const typing = createTyping({ store, clock, ask })
  store.subscribe(typing.watch)

  function onStatus(status: Status, nextAttemptAtMs?: number) {
    if (status === 'signed-out') {
      store.apply({ kind: 'signed-out' })
      marks.clear()
      outbox.leave({ erase: false }).catch(onFault)
    }
    store.setStatus(status, nextAttemptAtMs)
    if (status === 'open' && store.state.personId !== null) outbox.open(store.state.personId).catch(onFault)
  }

  return Object.assign(state, {
    store,
    connection,
    request,
    outbox,
    marks,
    typing,
    take: sync.take,
    history: createHistory({ store, ask: request }),
  })
}

async function hasSession(http: Http, store: Store): Promise<boolean> {
  try {
    await http.request('session.get', {})
    return true
  } catch (error) {
    if (!isSignedOut(error)) return true
    store.setReplaced(error.code === 'session.replaced')
    return false
  }
}

function tokenOf(answer: unknown): string | undefined {
  const hasToken = typeof answer === 'object' && answer !== null && 'token' in answer
  return hasToken && typeof answer.token === 'string' ? answer.token : undefined
}

async function sendPost(request: Client['do'], post: PendingPost): Promise<Sent> {
  const { id, organizationId, parts } = post
  const content = { id, organizationId, parts: [...parts] }
  if (post.kind === 'direct') return request('direct.post', { ...content, personId: post.personId })
  const { audienceId, replyTo } = post
  const reply = replyTo === undefined ? {} : { replyTo }
  return { message: await request('message.post', { ...content, audienceId, ...reply }) }
}

/** Browsers send their cookie by themselves; others send the headers, which browsers would not. */
function openSocket(url: string, headers: Readonly<Record<string, string>>): WebSocket {
  if (Object.keys(headers).length === 0) return new WebSocket(url)
  const Socket = WebSocket as unknown as new (url: string, options: { headers: object }) => WebSocket
  return new Socket(url, { headers })
}

/** A browser says when it is in a network again; waiting for the next attempt would be idle. */
function listenForNetwork(run: () => void): () => void {
  if (typeof globalThis.addEventListener !== 'function') return () => {}
  globalThis.addEventListener('online', run)
  return () => globalThis.removeEventListener('online', run)
}
