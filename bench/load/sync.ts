import { z } from 'zod'
import { OpenedSync } from '../../protocol/delivery.ts'
import type { Known } from './link.ts'
import { rollText } from './message-id.ts'
import type { Position } from './messages.ts'

const Audience = z.object({ id: z.string(), lastNumber: z.number(), lastId: z.string().nullable() })
/** Messages that a client reads when it comes back. */
export type Missed = { count: number; hash: number }

/** What is read of every answer. */
const Opened = z.object({
  epoch: z.string(),
  isReset: z.boolean(),
  person: z.object({ number: z.number(), id: z.string().nullable() }),
  conversations: z.array(z.object({ audiences: z.array(Audience) })),
  events: z.array(
    z.object({
      name: z.string(),
      message: z.object({ id: z.string(), audienceId: z.string(), number: z.number() }).optional(),
    }),
  ),
})
/** The answer to one client of so many is checked against the whole contract. */
const CHECKED_EVERY = 100
let openings = 0

/** The first thing a client says: that nothing is known to it yet, or where it stands. */
export function openRequest(known: Known | undefined): string {
  return JSON.stringify({ id: 1, do: 'sync.open', with: known ?? {} })
}

/** What the server answers: where the client stands now, and how many messages it had missed, in which order. */
export function readOpened(text: string, before: Known | undefined): { known: Known; missed: Missed } {
  const said = JSON.parse(text)
  if (!('ok' in said)) throw new Error(`sync.open was refused: ${text.slice(0, 300)}`)
  if (openings++ % CHECKED_EVERY === 0) OpenedSync.parse(said.ok)
  const { epoch, isReset, person, conversations, events } = Opened.parse(said.ok)
  if (before && isReset) throw new Error('the server does not know where the client stood')
  const fresh = conversations.flatMap(({ audiences }) =>
    audiences.map(({ id, lastNumber, lastId }) => ({ audienceId: id, number: lastNumber, id: lastId })),
  )
  const messages = events.flatMap(({ name, message }) => (name === 'message.posted' && message ? [message] : []))
  const moved = messages.map(({ id, audienceId, number }) => ({ audienceId, number, id }))
  return {
    known: { epoch, person, positions: moveOn(before?.positions ?? fresh, moved) },
    missed: { count: messages.length, hash: messages.map(({ id }) => id).reduce(rollText, 0) },
  }
}

/** Where the client stands after what it has read. */
function moveOn(before: readonly Position[], moved: readonly Position[]): Position[] {
  return Array.from(new Map([...before, ...moved].map((position) => [position.audienceId, position])).values())
}
