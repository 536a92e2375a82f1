import { setTimeout } from 'node:timers/promises'
import type { Message } from '../../protocol/conversations.ts'
import { Refused, type Talker } from '../support/talker.ts'

export type Stubborn = {
  connect(): Talker | Promise<Talker>
  /** Posts under way at the same time. */
  inFlight: number
  /** What to post next; undefined when that was all. */
  next(): object | undefined
  /** Told of every acknowledgement. */
  note(message: Message): void
  /** Told of every post that has to be sent once more, and why. */
  noteAgain?(refused: Refused): void
}

/**
 * Posts over one connection after the other; what was not acknowledged again, under its id, for as long as it takes.
 */
export async function postStubbornly({ connect, inFlight, next, note, noteAgain }: Stubborn): Promise<void> {
  let talker = await connect()
  let connecting: Promise<void> | undefined
  let isOver = false
  void watch()

  async function watch() {
    for (;;) {
      await talker.closed
      if (isOver) return
      connecting = reconnect()
      await connecting
    }
  }
  async function reconnect() {
    talker = await connect()
  }

  async function store(post: object): Promise<void> {
    for (;;) {
      await connecting
      try {
        return note(await talker.ask<Message>('message.post', post))
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        noteAgain?.(error)
        await setTimeout(error.body.retryAfterMs ?? 1) // as the server asked; a lost connection is noticed meanwhile
      }
    }
  }

  async function work() {
    for (let post = next(); post; post = next()) await store(post)
  }
  try {
    await Promise.all(Array.from({ length: inFlight }, work))
  } finally {
    isOver = true
    talker.close()
  }
}
