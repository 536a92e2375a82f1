import type { ErrorBody } from '../protocol/errors.ts'
import type { Clock } from './clock.ts'
import { RequestError } from './request-error.ts'

export type Answer = { id: number; ok: unknown } | { id: number; error: ErrorBody }

/** The requests of one connection that have no answer yet. */
export type Calls = {
  call(name: string, input: unknown): Promise<unknown>
  /** Answers to requests that nobody waits for any more are dropped. */
  answer(answer: Answer): void
  /** The connection is gone: whether the server has carried them out is not known. */
  lose(): void
}

/** An answer that takes longer is not waited for. */
const ANSWER_MS = 20_000

type CallsOptions = { clock: Clock; send(text: string): void; onSilence(sinceMs: number): void }

export function createCalls({ clock, send, onSilence }: CallsOptions): Calls {
  type Waiting = { resolve(value: unknown): void; reject(error: RequestError): void; cancel(): void }
  const waiting = new Map<number, Waiting>()
  let lastId = 0

  function take(id: number): Waiting | undefined {
    const found = waiting.get(id)
    waiting.delete(id)
    found?.cancel()
    return found
  }

  return {
    call(name, input) {
      const id = ++lastId
      const sentAtMs = clock.now()
      return new Promise((resolve, reject) => {
        const expire = () => {
          take(id)?.reject(new RequestError('connection.lost'))
          onSilence(sentAtMs)
        }
        waiting.set(id, { resolve, reject, cancel: clock.after(ANSWER_MS, expire) })
        try {
          send(JSON.stringify({ id, do: name, with: input }))
        } catch (cause) {
          take(id)?.reject(new RequestError('connection.lost', { cause }))
        }
      })
    },
    answer(answer) {
      const found = take(answer.id)
      if ('error' in answer) found?.reject(new RequestError(answer.error.code, answer.error))
      else found?.resolve(answer.ok)
    },
    lose() {
      for (const id of Array.from(waiting.keys())) take(id)?.reject(new RequestError('connection.lost'))
    },
  }
}
