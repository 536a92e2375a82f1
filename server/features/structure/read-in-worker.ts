import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { ErrorCode } from '../../../protocol/errors.ts'
import type { Column } from '../../../protocol/structure.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { Answer, Question } from './list-work.ts'
import { createListWork, type ListWork } from './list-work.ts'

/** Bytes of a file, or people in a directory, above which others would feel the pause of reading and comparing it. */
const BYTES_AT_ONCE_MAX = 100_000
const PEOPLE_AT_ONCE_MAX = 1_000

/** A list that is being worked on: read once, compared as often as needed, then let go. */
export type OpenedList = ListWork & AsyncDisposable

/** Reads a file. Large ones are read and compared beside the event loop, so that nobody waits meanwhile. */
export async function openFile(bytes: Uint8Array, columns: readonly Column[] | undefined): Promise<OpenedList> {
  return open({ kind: 'read', bytes, columns }, bytes.length > BYTES_AT_ONCE_MAX)
}

/** Takes rows that were read elsewhere. */
export async function openRows(headings: readonly string[], meanings: readonly Column[], rows: readonly string[][]) {
  return open({ kind: 'take', headings, meanings, rows }, rows.length > PEOPLE_AT_ONCE_MAX)
}

async function open(first: Question, isLarge: boolean): Promise<OpenedList> {
  const work = isLarge ? startWorker() : startHere()
  try {
    const summary = await work.ask(first)
    if (summary.kind !== 'summary') throw new Error('A list was read without a summary.')
    return {
      ...summary,
      async compare(directory, options) {
        const answer = await work.ask({ kind: 'compare', directory, options })
        if (answer.kind !== 'comparison') throw new Error('A list was compared without an answer.')
        return answer.comparison
      },
      [Symbol.asyncDispose]: () => work.end(),
    }
  } catch (error) {
    await work.end()
    throw error
  }
}

type Place = { ask(question: Question): Promise<Answer>; end(): Promise<void> }

function startHere(): Place {
  const work = createListWork()
  return { ask: async (question) => work(question), end: async () => undefined }
}

function startWorker(): Place {
  const worker = new Worker(new URL('list-worker.ts', import.meta.url))
  // What a worker throws is an error.
  const failed = once(worker, 'error').then(([error]) => Promise.reject(error as Error))
  failed.catch(() => undefined) // whoever asks next is told
  return {
    async ask(question) {
      const answered = once(worker, 'message').then(([answer]) => answer as Answer | Refused) // of list-worker.ts
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker.postMessage(question)
      const answer = await Promise.race([answered, failed])
      if (answer.kind === 'refused') throw new Refusal(answer.code, answer.more)
      return answer
    },
    end: async () => void (await worker.terminate()),
  }
}

/** A refusal on its way out of a worker, which only plain values survive. */
export type Refused = { kind: 'refused'; code: ErrorCode; more: { message: string; path?: string } }
