import type { z } from 'zod'
import { AudienceHead, OpenedSync, OpenSync } from '../../../protocol/delivery.ts'
import type { AudienceId, PersonId } from '../../../protocol/ids.ts'
import { personOf, query } from '../../platform/command.ts'
import type { Tx } from '../../platform/sql.ts'
import { membershipsOf } from '../organization/index.ts'
import { readEvents, readPersonEvents } from './read-difference.ts'
import { EVENTS_PER_LOG_MAX, isContinuous, mustReset, planDifferences, type Plan } from './sync-rules.ts'
import { allMarks, headRows, logRows, personEventRows, readEpoch, readPersonHead } from './sync-store.ts'
import { audienceRows, conversationRows } from './view-store.ts'
import { readViews } from './view.ts'
import { readMessages } from './store.ts'

export const openSync = query({
  name: 'sync.open',
  summary: 'Begin to hear what happens: everything on the first connection, the differences on later ones.',
  input: OpenSync,
  output: OpenedSync,
  over: 'websocket',
  allow: (ctx) => ctx.actor.kind === 'person',

  async run(ctx, input) {
    const personId = personOf(ctx)
    const epoch = await readEpoch(ctx.tx)
    const head = await readPersonHead(ctx.tx, personId)
    const base = { personId, epoch, person: head, memberships: await membershipsOf(ctx.tx, personId), onlineIds: [] }
    const plan = mustReset(input, { epoch, head }) ? undefined : await planFor(ctx.tx, personId, input)
    if (!plan || plan.isReset) {
      const conversations = await readViews(ctx.tx, personId, null)
      return { ...base, isReset: true, conversations, personEvents: [], events: [], tooFar: [], marks: [] }
    }
    return {
      ...base,
      isReset: false,
      conversations: [],
      personEvents: await readPersonEvents(ctx.tx, personId, input.person.number),
      events: plan.behind.length === 0 ? [] : await readEvents(ctx.tx, personId, plan.behind, EVENTS_PER_LOG_MAX),
      tooFar: plan.tooFar.length === 0 ? [] : await readHeads(ctx.tx, personId, plan.tooFar),
      marks: await allMarks(ctx.tx, personId),
    }
  },
})

/** Differences count only where the client stands on the same log. */
async function planFor(tx: Tx, personId: PersonId, { person, positions }: OpenSync): Promise<Plan> {
  const plan = planDifferences(positions, await headRows(tx, personId))
  const own = await personEventRows(tx, personId, person.number, 1)
  if (!isContinuous(own, person)) return { ...plan, isReset: true }
  if (plan.isReset || plan.behind.length === 0) return plan
  const known = new Map(positions.map((position) => [position.audienceId, position]))
  const rows = Map.groupBy(await logRows(tx, personId, plan.behind, 1), ({ audienceId }) => audienceId)
  const isSame = plan.behind.every(({ audienceId }) => {
    const position = known.get(audienceId)
    return !position || isContinuous(rows.get(audienceId) ?? [], position)
  })
  return { ...plan, isReset: !isSame }
}

async function readHeads(tx: Tx, personId: PersonId, audienceIds: readonly AudienceId[]) {
  const wanted = new Set(audienceIds)
  const conversations = await conversationRows(tx, personId, null)
  const rows = (
    await audienceRows(
      tx,
      personId,
      conversations.map(({ id }) => id),
    )
  ).filter(({ id }) => wanted.has(id))
  const last = await readMessages(
    tx,
    rows.flatMap(({ id, lastSeenMessage: number }) => (number === null ? [] : [{ audienceId: id, number }])),
  )
  const lastOf = new Map(last.map((message) => [message.audienceId, message]))
  return rows.map(({ id, lastNumber, lastId, lastMessageNumber, readNumber }) => ({
    audienceId: id,
    head: {
      number: lastNumber,
      id: lastId,
      messageNumber: lastMessageNumber,
      readNumber,
      lastMessage: lastOf.get(id) ?? null,
    } satisfies z.output<typeof AudienceHead>,
  }))
}
