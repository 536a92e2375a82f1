import type { OpenedSync, PersonEvent } from '../../../protocol/delivery.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import type { z } from 'zod'
import type { Tx } from '../../platform/sql.ts'
import type { PersonEventRow } from './sync-store.ts'

/** What a later feature keeps for each person: it stands in the snapshot, and its events in the person's own log. */
export type OwnThings = {
  events: readonly PersonEvent['name'][]
  read(tx: Tx, personId: PersonId): Promise<Partial<Snapshot>>
  /** Today's state of what these entries of the log name; their places are filled in. */
  tell(tx: Tx, personId: PersonId, rows: readonly PersonEventRow[]): Promise<PersonEvent[]>
}
type Snapshot = Pick<z.output<typeof OpenedSync>, 'coupons'>

const all: OwnThings[] = []

/** Called once, when the feature that brings them is loaded. */
export function registerOwnThings(things: OwnThings): void {
  all.push(things)
}

export async function readOwn(tx: Tx, personId: PersonId): Promise<Partial<Snapshot>> {
  const read = await Promise.all(all.map((things) => things.read(tx, personId)))
  return Object.assign({}, ...read)
}

/** Those among these entries that later features have written, by their numbers. */
export async function readOwnEvents(
  tx: Tx,
  personId: PersonId,
  rows: readonly PersonEventRow[],
): Promise<Map<number, PersonEvent>> {
  const told = new Map<number, PersonEvent>()
  for (const things of all) {
    const theirs = rows.filter(({ name }) => things.events.some((known) => known === name))
    const events = theirs.length === 0 ? [] : await things.tell(tx, personId, theirs)
    for (const event of events) told.set(event.number, event)
  }
  return told
}
