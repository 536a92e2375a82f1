import { setTimeout as delay } from 'node:timers/promises'
import { FACTS, type Announcement } from './events.ts'
import type { Reaction, RecordedFact, Tools } from './feature.ts'
import { keepForgetting } from './forget-facts.ts'
import type { Database, Tx } from './sql.ts'

export type ReactionRunner = {
  /** Looks at once, instead of when the next second is over. */
  wake(): void
  /** By how many seconds each reaction is behind. */
  readLags(): Promise<Map<string, number>>
  /** Lets the portions that are in work end. */
  stop(): Promise<void>
}

const POLL_MS = 1_000
/** What was just committed is readable once the transactions that began before it have ended. */
const SOON_MS = 50
/** Facts that one call of a reaction gets. */
const PORTION_MAX = 500
const BACKOFF_FIRST_MS = 500
const BACKOFF_MAX_MS = 60_000
/** Who lets another go first looks this often whether that one has caught up. */
const YIELD_LOOK_MS = 250

/**
 * Lets each reaction act on the facts it wants, in the order of their commits, each from its own stored position. Of
 * several nodes one acts at a time. A portion that fails is tried again until it succeeds; nothing behind it is done
 * before.
 */
export function startReactions(reactions: readonly Reaction[], tools: Tools): ReactionRunner {
  const loops = reactions.map((reaction) => startLoop(reaction, tools))
  const stopping = new AbortController()
  const forgetting = keepForgetting(reactions, tools, stopping.signal)
  tools.database.onCommitted((announcements) => {
    const names = new Set(announcements.flatMap(namesIn))
    if (names.size === 0) return
    reactions.forEach(({ to }, index) => to.some((name) => names.has(name)) && loops[index]?.wake())
  })
  return {
    wake: () => loops.forEach((loop) => loop.wake()),
    readLags: () =>
      tools.database.read(async (tx) => {
        const lags = new Map<string, number>()
        for (const reaction of reactions) lags.set(reaction.name, (await lagOf(tx, reaction, tools)) / 1_000)
        return lags
      }),
    async stop() {
      stopping.abort()
      await Promise.all([forgetting, ...loops.map((loop) => loop.stop())])
    },
  }
}

function namesIn({ topic, body }: Announcement): string[] {
  const named = topic === FACTS && 'facts' in body ? body.facts : []
  return Array.isArray(named) ? named.filter((name): name is string => typeof name === 'string') : []
}

function startLoop(reaction: Reaction, tools: Tools): Pick<ReactionRunner, 'wake' | 'stop'> {
  const log = tools.log.child({ reaction: reaction.name })
  const stopping = new AbortController()
  let isWoken = false
  let rest: (() => void) | undefined
  const ended = loop()

  async function loop() {
    for (let failures = 0; !stopping.signal.aborted;) {
      const restMs = isWoken ? SOON_MS : POLL_MS
      isWoken = false
      try {
        await letOtherGoFirst()
        const count = await takePortion(reaction, { ...tools, log })
        failures = 0
        if (count < portionOf(reaction)) await pause(restMs)
      } catch (error) {
        failures++
        log.error({ err: error, failures }, 'reaction failed; it tries again')
        isWoken = false // new facts are no reason to try the old ones sooner
        await pause(Math.min(BACKOFF_FIRST_MS * 2 ** (failures - 1), BACKOFF_MAX_MS))
      }
    }
  }

  /** Holds nothing meanwhile: the other one may be at work on another node. */
  async function letOtherGoFirst() {
    if (!reaction.yieldsTo) return
    const { other, lateMs, waitMaxMs } = reaction.yieldsTo
    const until = performance.now() + waitMaxMs
    while (performance.now() < until && !stopping.signal.aborted) {
      if ((await tools.database.read((tx) => lagOf(tx, other, tools))) < lateMs) return
      await delay(YIELD_LOOK_MS, undefined, { signal: stopping.signal }).catch(() => undefined) // it is being stopped
    }
  }

  async function pause(milliseconds: number) {
    if (isWoken || stopping.signal.aborted) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      rest = () => (clearTimeout(timer), resolve())
    })
    rest = undefined
  }

  return {
    wake() {
      isWoken = true
      rest?.()
    },
    async stop() {
      stopping.abort()
      rest?.()
      await ended
    },
  }
}

const portionOf = ({ portionMax = PORTION_MAX }: Reaction) => portionMax

/** Up to which transaction a reaction has found nothing for it: what it need not look at again. */
const seen = new WeakMap<Database, Map<string, string>>()

function seenOf(database: Database): Map<string, string> {
  const known = seen.get(database) ?? new Map<string, string>()
  seen.set(database, known)
  return known
}

/**
 * How many facts were done. The lock is an advisory one: it gives the holder no transaction id, so that a slow reaction
 * does not keep the others from reading what has been committed meanwhile.
 */
export async function takePortion(reaction: Reaction, tools: Tools): Promise<number> {
  const seenUpTo = seenOf(tools.database)
  return tools.database.transaction(async (tx) => {
    const { name, to } = reaction
    const [[lock], stored] = await Promise.all([
      tx<{ isFree: boolean }>`
        select pg_try_advisory_xact_lock(hashtextextended(${`reaction:${name}`}, 0)) as "isFree"`,
      readPosition(tx, name),
    ])
    if (!lock?.isFree) return 0
    const after = later(stored, seenUpTo.get(name))
    const rows = await readFacts(tx, { to, after, limit: portionOf(reaction) })
    const last = rows.at(-1)
    if (!last) return 0
    if (last.id === null) {
      seenUpTo.set(name, last.xmin)
      return 0
    }
    const facts = rows.flatMap(({ transactionId: _transactionId, xmin: _xmin, id, ...fact }) =>
      id === null ? [] : [{ ...fact, id }],
    )
    await reaction.run(facts, tools, tx)
    await tx`
      insert into reaction_position (reaction, transaction_id, event_id)
      values (${name}, ${last.transactionId}::xid8, ${last.id})
      on conflict (reaction) do update set transaction_id = excluded.transaction_id, event_id = excluded.event_id`
    return facts.length
  })
}

type Position = { transactionId: string; eventId: number }

async function readPosition(tx: Tx, name: string): Promise<Position> {
  const [position] = await tx<Position>`
    select transaction_id::text as "transactionId", event_id as "eventId" from reaction_position
    where reaction = ${name}`
  return position ?? { transactionId: '0', eventId: 0 }
}

/** What was found empty need not be read again. */
function later(stored: Position, seenUpTo: string | undefined): Position {
  const isBehind = seenUpTo !== undefined && BigInt(stored.transactionId) < BigInt(seenUpTo)
  return isBehind ? { transactionId: seenUpTo, eventId: 0 } : stored
}

type Asked = { to: readonly string[]; after: Position; limit: number }
type Read = Omit<RecordedFact, 'id'> &
  ({ id: number; transactionId: string; xmin: null } | { id: null; transactionId: null; xmin: string })

/**
 * Numbers from a sequence become visible in the order of commits, not of numbers. What lies below the oldest
 * transaction that still runs can't be preceded by anything any more. Where there is nothing, one row says up to where.
 * The position is a parameter, so that the index begins there: as a part of the statement it would be compared with
 * every fact there ever was.
 */
function readFacts(tx: Tx, { to, after, limit }: Asked) {
  return tx<Read>`
    with found as (
      select event.id, event.name, event.organization_id, event.body, event.at, event.transaction_id
      from event
      where (event.transaction_id, event.id) > (${after.transactionId}::xid8, ${after.eventId}::bigint)
        and event.transaction_id < pg_snapshot_xmin(pg_current_snapshot())
        and event.name = any(${to}::text[])
      order by event.transaction_id, event.id
      limit ${limit}
    )
    select found.id, found.name, found.organization_id as "organizationId", found.body, found.at,
      found.transaction_id::text as "transactionId",
      case when found.id is null then pg_snapshot_xmin(pg_current_snapshot())::text end as xmin
    from (select) as once left join found on true
    order by found.transaction_id, found.id`
}

const lagOf = (tx: Tx, reaction: Pick<Reaction, 'name' | 'to'>, { database, clock }: Tools) =>
  readLagMs(tx, reaction, clock(), seenOf(database).get(reaction.name))

/** By how much a reaction is behind: the age of the oldest fact that it has not done yet. */
export async function readLagMs(
  tx: Tx,
  { name, to }: Pick<Reaction, 'name' | 'to'>,
  now: Date,
  seenUpTo?: string,
): Promise<number> {
  const after = later(await readPosition(tx, name), seenUpTo)
  const [oldest] = await tx<{ at: string }>`
    select event.at from event
    where (event.transaction_id, event.id) > (${after.transactionId}::xid8, ${after.eventId}::bigint)
      and event.name = any(${to}::text[])
    order by event.transaction_id, event.id limit 1`
  return oldest ? Math.max(0, now.getTime() - Date.parse(oldest.at)) : 0
}
