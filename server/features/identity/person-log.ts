import { v7 as uuidv7 } from 'uuid'
import type { PersonEvent } from '../../../protocol/delivery.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import { announce } from '../../platform/events.ts'
import type { Tx } from '../../platform/sql.ts'
import * as store from './store.ts'

export type PersonLogEntry = {
  personId: PersonId
  name: PersonEvent['name']
  /** What is stored: references, since a replay tells today's state. */
  body: object
  /** What is announced now, where that is more than what is stored. */
  shown?: object
  /** What is announced is all there is to say: nothing needs to be read for it. */
  isWhole?: boolean
}

/**
 * Writes into persons' own logs, for any number of them at once, and announces it to `person:<id>`. Locks the persons
 * in the order of their ids: they come last in the order of locks.
 */
export async function appendToPersonLogs(tx: Tx, entries: readonly PersonLogEntry[], now: Date): Promise<void> {
  if (entries.length === 0) return
  const personIds = Array.from(new Set(entries.map(({ personId }) => personId)))
  const heads = new Map((await store.lockPersons(tx, personIds)).map((head) => [head.personId, head.lastNumber]))
  const numbered = entries.map((entry) => ({ ...entry, id: uuidv7(), number: next(heads, entry.personId) }))
  const last = new Map(numbered.map(({ personId, number, id }) => [personId, { personId, number, id }]))
  await store.insertPersonEvents(tx, numbered, now)
  await store.moveHeads(tx, Array.from(last.values()))
  announce(
    tx,
    numbered.map(({ personId, number, id, name, body, shown, isWhole = false }) => ({
      topic: `person:${personId}`,
      isWhole,
      body: { name, personId, number, id, ...(shown ?? body) },
    })),
  )
}

function next(heads: Map<PersonId, number>, personId: PersonId): number {
  const number = (heads.get(personId) ?? 0) + 1
  heads.set(personId, number)
  return number
}
