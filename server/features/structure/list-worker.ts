import { parentPort } from 'node:worker_threads'
import { Refusal } from '../../platform/refusal.ts'
import { createListWork, type Question } from './list-work.ts'
import type { Refused } from './read-in-worker.ts'

/** Runs in a thread of its own: reads and compares one list. */
const work = createListWork()
parentPort?.on('message', (question: Question) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(answer(question))
})

function answer(question: Question) {
  try {
    return work(question)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { code, message, path } = error
    return { kind: 'refused', code, more: { message, ...(path === undefined ? {} : { path }) } } satisfies Refused
  }
}
