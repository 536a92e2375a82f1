import { setTimeout as delay } from 'node:timers/promises'
import type { Reaction, Tools } from './feature.ts'
import type { Database } from './sql.ts'

/** Done facts are kept for so long, for whoever looks into what has happened. */
const KEPT_MS = 7 * 24 * 3_600_000
const EVERY_MS = 3_600_000
/** Facts of one transaction. */
const PORTION = 2_000

/** Removes, once an hour, the facts that every reaction which wants them has done. Resolves after `signal`. */
export async function keepForgetting(
  reactions: readonly Reaction[],
  { database, clock, log }: Tools,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      let wasFull = true
      while (wasFull && !signal.aborted) wasFull = await forgetPortion(database, reactions, clock())
    } catch (error) {
      log.error({ err: error }, 'old facts could not be removed; it is tried again in an hour')
    }
    await delay(EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined)
  }
}

/**
 * Looks at the oldest facts alone: where they are young, or somebody has not done them yet, it ends. True where there
 * may be more. Several nodes may do so at once.
 */
export async function forgetPortion(database: Database, reactions: readonly Reaction[], now: Date): Promise<boolean> {
  const wanted = reactions.flatMap(({ name, to }) => to.map((fact) => ({ name, fact })))
  return database.transaction(async (tx) => {
    const rows = await tx`
      with oldest as (
        select transaction_id, id, name, at from event order by transaction_id, id limit ${PORTION}
      )
      delete from event using oldest
      where event.transaction_id = oldest.transaction_id and event.id = oldest.id
        and oldest.at < ${new Date(now.getTime() - KEPT_MS)}
        and not exists (
          select from unnest(
            ${wanted.map(({ name }) => name)}::text[],
            ${wanted.map(({ fact }) => fact)}::text[]
          ) as wanted (reaction, fact)
          left join reaction_position as done on done.reaction = wanted.reaction
          where wanted.fact = oldest.name
            and (done.transaction_id is null
              or (oldest.transaction_id, oldest.id) > (done.transaction_id, done.event_id))
        )
      returning event.id`
    return rows.length === PORTION
  })
}
