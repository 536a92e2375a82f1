/** What is said between the bench and the process that makes the load. */
export type SpeechName = 'shoptalk' | 'socket.io' | 'plain' | 'xmpp'

/** Where a client stands in a log. */
export type Position = { audienceId: string; number: number; id: string | null }

/** One client that is to connect. */
export type Client = {
  token: string
  /** The audience, room or partner whose messages it is to get. */
  place: string
  /** XMPP: a room is made by the first who enters; who is in none is written to directly. */
  room?: 'made' | 'entered' | 'none'
}
export type Open = { clients: readonly Client[]; inParallel: number }
export type Opened = { seconds: number; retries: number }

/** What tells a sender that its message has arrived: an answer, its own copy, or (one-to-one) the partner's copy. */
export type AnsweredBy = 'server' | 'echo' | 'receipt'

export type SendTo = {
  client: number
  organizationId: string
  place: string
  /** The client that it writes to, where only that client knows its address. */
  partner?: number
}
export type Load = {
  senders: readonly SendTo[]
  answeredBy: AnsweredBy
  /** Clients that must get each message. */
  copies: number
  /** Closed loop: messages of one sender that may be unanswered. */
  window: number
  warmMs: number
  measureMs: number
  /** Open loop instead: messages a second of all senders, at random moments, whether answered or not. */
  perSecond?: number
  /** Instead of a time: so many messages of each sender. */
  count?: number
}

/** Milliseconds. */
export type Latency = { p50: number; p95: number; p99: number; p999: number; max: number; samples: number }
/** What one client has got in this run. */
export type Received = { client: number; place: string; count: number; hash: number }
/** What one sender has sent in this run: running numbers from `first` on; those that were refused or never answered. */
export type Sent = { client: number; place: string; first: number; count: number; unacknowledged: number[] }

export type Loaded = {
  /** Of the measured time alone. */
  seconds: number
  answered: number
  delivered: number
  answerMs: Latency
  /** From sending to arriving, of a sample. */
  deliveryMs: Latency
  /** Of the load process, in CPU seconds, in the measured time. */
  cpuSeconds: number
  /** From the first sending to the last copy, of the whole run. */
  lastCopyMs: number
  refused: number
  received: Received[]
  sent: Sent[]
  /** Frames that were parsed, and what was wrong with them. */
  parsed: number
  faults: string[]
}

/** All come back at once, each saying where it stands, and read what they missed. */
export type Storm = { clients: readonly number[] }
export type Stormed = { seconds: number; retries: number; received: Received[]; openMs: Latency; faults: string[] }

export type Methods = {
  open(input: Open): Promise<Opened>
  load(input: Load): Promise<Loaded>
  /** Cuts these clients off, without a word. */
  drop(input: { clients: readonly number[] }): Promise<object>
  storm(input: Storm): Promise<Stormed>
}
export type Call = { id: number; method: keyof Methods; input: unknown }
export type Answer = { id: number; output?: unknown; fault?: string }
