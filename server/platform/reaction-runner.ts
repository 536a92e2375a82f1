import { FACTS } from './events.ts'
import type { Reaction, RecordedFact, Tools } from './feature.ts'
import type { Tx } from './sql.ts'

export type ReactionRunner = {
  /** Looks at once, instead of when the next second is over. */
  wake(): void
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

/**
 * Lets each reaction act on the facts it wants, in the order of their commits, each from its own stored position. Of
 * several nodes one acts at a time. A portion that fails is tried again until it succeeds; nothing behind it is done
 * before.
 */
export function startReactions(reactions: readonly Reaction[], tools: Tools): ReactionRunner {
  const loops = reactions.map((reaction) => startLoop(reaction, tools))
  tools.database.onCommitted((announcements) => {
    if (announcements.some(({ topic }) => topic === FACTS)) for (const loop of loops) loop.wake()
  })
  return {
    wake: () => loops.forEach((loop) => loop.wake()),
    stop: async () => void (await Promise.all(loops.map((loop) => loop.stop()))),
  }
}

function startLoop(reaction: Reaction, tools: Tools): ReactionRunner {
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
        const count = await takePortion(reaction, { ...tools, log })
        failures = 0
        if (count < PORTION_MAX) await pause(restMs)
      } catch (error) {
        failures++
        log.error({ err: error, failures }, 'reaction failed; it tries again')
        isWoken = false // new facts are no reason to try the old ones sooner
        await pause(Math.min(BACKOFF_FIRST_MS * 2 ** (failures - 1), BACKOFF_MAX_MS))
      }
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

/**
 * How many facts were done. The lock is an advisory one: it gives the holder no transaction id, so that a slow reaction
 * does not keep the others from reading what has been committed meanwhile.
 */
export async function takePortion(reaction: Reaction, tools: Tools): Promise<number> {
  return tools.database.transaction(async (tx) => {
    const { name, to } = reaction
    const [lock] = await tx<{ isFree: boolean }>`
      select pg_try_advisory_xact_lock(hashtextextended(${`reaction:${name}`}, 0)) as "isFree"`
    if (!lock?.isFree) return 0
    const facts = await readFacts(tx, name, to)
    const last = facts.at(-1)
    if (!last) return 0
    await reaction.run(facts, tools)
    await tx`
      insert into reaction_position (reaction, transaction_id, event_id)
      values (${name}, ${last.transactionId}::xid8, ${last.id})
      on conflict (reaction) do update set transaction_id = excluded.transaction_id, event_id = excluded.event_id`
    return facts.length
  })
}

/**
 * Numbers from a sequence become visible in the order of commits, not of numbers. What lies below the oldest
 * transaction that still runs can't be preceded by anything any more.
 */
function readFacts(tx: Tx, name: string, to: readonly string[]) {
  return tx<RecordedFact & { transactionId: string }>`
    with position as (
      select coalesce(max(transaction_id::text), '0')::xid8 as transaction_id, coalesce(max(event_id), 0) as event_id
      from reaction_position where reaction = ${name}
    )
    select event.id, event.name, event.organization_id as "organizationId", event.body, event.at,
      event.transaction_id::text as "transactionId"
    from event, position
    where (event.transaction_id, event.id) > (position.transaction_id, position.event_id)
      and event.transaction_id < pg_snapshot_xmin(pg_current_snapshot())
      and event.name = any(${to}::text[])
    order by event.transaction_id, event.id
    limit ${PORTION_MAX}`
}
