import type { ErrorBody, ErrorCode } from '../protocol/errors.ts'

/** `connection.lost`: it is not known whether the server has carried it out. `client.closed`: it was not sent. */
export type RequestErrorCode =
  | ErrorCode
  | 'connection.lost'
  | 'client.closed'
  | 'outbox.full'
  | 'outbox.discarded'
  | 'audience.unknown'

/** Why a request was not answered. Decide by `code`; `message` is English. */
export class RequestError extends Error {
  override name = 'RequestError'
  readonly code: RequestErrorCode
  /** Leads to the fault in the input: `parts.0.text`. */
  readonly path: string | undefined
  /** Milliseconds to wait before trying again. */
  readonly retryAfterMs: number | undefined
  /** What a program may want to know: when and where a coupon was used (`usedAt`, `usedPlace`). */
  readonly details: ErrorBody['details']
  /** Names the request in the server's log. */
  readonly requestId: string | undefined

  constructor(code: RequestErrorCode, more: Partial<Omit<ErrorBody, 'code'>> & { cause?: unknown } = {}) {
    super(more.message ?? ownMessages[code] ?? code, { cause: more.cause })
    this.code = code
    this.path = more.path
    this.retryAfterMs = more.retryAfterMs
    this.details = more.details
    this.requestId = more.requestId
  }

  /** Whether the same request may succeed later: the server was busy, away, broken, or not to be reached. */
  get isRetryable(): boolean {
    return this.code === 'connection.lost' || retryable.has(this.code)
  }
}

/** There is no session, or not any more. */
export const isSignedOut = (
  error: unknown,
): error is RequestError & { code: 'session.required' | 'session.replaced' } =>
  error instanceof RequestError && (error.code === 'session.required' || error.code === 'session.replaced')

const ownMessages: Partial<Record<RequestErrorCode, string>> = {
  'connection.lost': 'The connection was lost before the answer came.',
  'client.closed': 'This client has been closed.',
  'outbox.full': 'Too many messages wait to be sent.',
  'outbox.discarded': 'This message has been given up.',
  'audience.unknown': 'This person is in no such audience, or is not connected yet.',
}
/** Those with the status 429, 500 or 503. Named here, so that no page loads the words of all refusals for them. */
export const retryable: ReadonlySet<string> = new Set<ErrorCode>([
  'code.limit',
  'coupon.limit',
  'fields.rate',
  'media.day-limit',
  'media.unfinished-limit',
  'pairing.limit',
  'scan.limit',
  'server.busy',
  'server.draining',
  'server.fault',
  'server.unavailable',
])
