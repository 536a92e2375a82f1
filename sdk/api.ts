import type { AudienceId, MessageId, OrganizationId, PersonId } from '../protocol/ids.ts'
import type { Part } from '../protocol/parts.ts'
import type { Clock } from './clock.ts'
import type { CommandFunctions, CommandName, InputOf, OutputOf } from './commands.ts'
import type { OutboxStorage } from './outbox-storage.ts'
import type { Message } from '../protocol/conversations.ts'
import type { State } from './state.ts'

export type ConnectOptions = {
  /** Where the server is: `https://talk.example.com`. In its own web app: `location.origin`. */
  url: string
  /** Outside browsers: what `session.start` answered with `keep: 'token'`. Browsers use their cookie. */
  token?: string
  /** Where the outbox survives a reload. In browsers `browserStorage()`; by default memory. */
  storage?: OutboxStorage
  /** By default the global `WebSocket`, which outside browsers also sends the headers (Node 22 and later). */
  createSocket?: (url: string, headers: Readonly<Record<string, string>>) => SocketLike
  fetch?: typeof fetch
  clock?: Clock
  /** In [0, 1): spreads reconnections. */
  random?: () => number
  /** Ids of messages: UUIDv7. */
  newId?: () => string
  /** Told of faults that no caller awaits, such as a storage that refuses. By default they go to `console.error`. */
  onFault?: (error: unknown) => void
}

/** What a WebSocket of browsers, of Node and of `ws` have in common. */
export type SocketLike = {
  send(data: string): void
  close(code?: number, reason?: string): void
  addEventListener(type: 'open' | 'error', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: { code: number }) => void): void
}

/**
 * `connecting`: a connection is being made, for the first time or again. `open`: connected, and the state is up to
 * date. `waiting`: for the next attempt, at most 30 seconds. `signed-out`: there is no session; `session.start` and its
 * like connect. `stopped`: closed, by `close()` or by a server that does not want this client again.
 */
export type Status = 'connecting' | 'open' | 'waiting' | 'signed-out' | 'stopped'

/** A connection to a Shoptalk server that mends itself, with all that this person knows. Made by `connect`. */
export type Client = CommandFunctions & {
  /** An immutable snapshot; another object after every change. */
  readonly state: State
  readonly status: Status
  /** When the next attempt is made while `waiting`: milliseconds since 1970. */
  readonly nextAttemptAtMs: number | null
  /** `signed-out`, because the person has signed in on another device of this kind, which took this one's place. */
  readonly isReplaced: boolean

  /** Calls the listener after every change of `state` or `status`, until the returned function is called. */
  subscribe(listener: () => void): () => void

  /**
   * Sends any command or query; over the WebSocket when it is open, else over HTTP.
   * Throws a `RequestError`. After `connection.lost` a query or a command with ids of yours may be sent again as it is.
   */
  do<N extends CommandName>(name: N, input: InputOf<N>): Promise<OutputOf<N>>

  /**
   * Puts a message into the outbox and answers with its id at once. It is in `state.pending` until it is in the log; it
   * is sent again, under the same id, until the server has stored or refused it. At most 1,000 wait; then `outbox.full`
   * is thrown.
   */
  post(post: NewPost): MessageId
  /** The same for a message to a person; the first one makes the direct conversation. */
  postDirect(post: NewDirectPost): MessageId
  /**
   * Chooses who of a broadcast one owns gets the next message, and answers with the audience to `post` to. The same
   * selection is the same audience again. `expects`: how many the user saw; where it is another number now, the server
   * refuses with `broadcast.count-changed`.
   */
  narrow(input: InputOf<'audience.narrow'>): Promise<OutputOf<'audience.narrow'>>
  /** Resolves when the server has stored the message, however long that takes; rejects when it has refused it. */
  acknowledged(id: MessageId): Promise<Message>
  /** Sends a failed message again. */
  retry(id: MessageId): void
  /** Gives up a message that has failed, or that is not being sent yet. */
  discard(id: MessageId): void

  /**
   * Loads the next older page into `state.logs`. Asked twice at once, it asks the server once. Throws a `RequestError`.
   * `limit`: 1 to 200 messages, 50 by default.
   */
  history(audienceId: AudienceId, options?: { limit?: number }): Promise<{ hasMore: boolean }>
  /** Moves one's read mark forward: at once in `state`, on the server within a second. */
  markRead(audienceId: AudienceId, messageNumber: number): void
  /** Call it on every key; the others are told at most every 3 seconds. Nothing happens while not connected. */
  typing(audienceId: AudienceId): void

  /** Connects at once instead of waiting, for instance when the user says so. */
  reconnect(): void
  /** Ends the connection for good. What is in the outbox stays in the storage. */
  close(): void
  [Symbol.dispose](): void
}

export type NewPost = {
  audienceId: AudienceId
  /** 1 to 20. */
  parts: readonly Part[]
  /** The log number of the message it answers, in the same audience. */
  replyTo?: number
}
export type NewDirectPost = { organizationId: OrganizationId; personId: PersonId; parts: readonly Part[] }
