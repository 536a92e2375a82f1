import { errors, type ErrorBody, type ErrorCode } from '../../protocol/errors.ts'

/** A "no" that the caller can act on. Anything else that is thrown is a fault of ours and ends the request as 500. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly code: ErrorCode
  readonly path: string | undefined
  readonly retryAfterMs: number | undefined
  readonly details: ErrorBody['details']

  constructor(code: ErrorCode, more: Partial<Omit<ErrorBody, 'code' | 'requestId'>> & { cause?: unknown } = {}) {
    super(more.message ?? errors[code].message, { cause: more.cause })
    this.code = code
    this.path = more.path
    this.retryAfterMs = more.retryAfterMs
    this.details = more.details
  }

  get status(): number {
    return errors[this.code].status
  }

  toBody(requestId?: string): ErrorBody {
    return {
      code: this.code,
      message: this.message,
      ...(this.path === undefined ? {} : { path: this.path }),
      ...(this.retryAfterMs === undefined ? {} : { retryAfterMs: this.retryAfterMs }),
      ...(this.details === undefined ? {} : { details: this.details }),
      ...(requestId === undefined ? {} : { requestId }),
    }
  }
}
