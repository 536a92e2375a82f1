import { z } from 'zod'
import { OpenedSync } from '../../protocol/delivery.ts'
import type { Known } from './link.ts'
import { rollText } from './message-id.ts'

const Audience = z.object({ id: z.string(), lastNumber: z.number(), lastId: z.string().nullable() })
/** What is read of every answer. */
const Opened = z.object({
  epoch: z.string(),
  isReset: z.boolean(),
  person: z.object({ number: z.number(), id: z.string().nullable() }),
  conversations: z.array(z.object({ audiences: z.array(Audience) })),
  events: z.array(z.object({ name: z.string(), message: z.object({ id: z.string() }).optional() })),
})
/** The answer to one client of so many is checked against the whole contract. */
const CHECKED_EVERY = 100
let openings = 0

/** The first thing a client says: that nothing is known to it yet, or where it stands. */
export function openRequest(known: Known | undefined): string {
  return JSON.stringify({ id: 1, do: 'sync.open', with: known ?? {} })
}

/** What the server answers: where the client stands now, and how many messages it had missed, in which order. */
export function readOpened(text: string, wasKnown: boolean): { known: Known; missed: { count: number; hash: number } } {
  const said = JSON.parse(text)
  if (!('ok' in said)) throw new Error(`sync.open was refused: ${text.slice(0, 300)}`)
  if (openings++ % CHECKED_EVERY === 0) OpenedSync.parse(said.ok)
  const { epoch, isReset, person, conversations, events } = Opened.parse(said.ok)
  if (wasKnown && isReset) throw new Error('the server does not know where the client stood')
  const positions = conversations.flatMap(({ audiences }) =>
    audiences.map(({ id, lastNumber, lastId }) => ({ audienceId: id, number: lastNumber, id: lastId })),
  )
  const ids = events.flatMap(({ name, message }) => (name === 'message.posted' && message ? [message.id] : []))
  return { known: { epoch, person, positions }, missed: { count: ids.length, hash: ids.reduce(rollText, 0) } }
}
