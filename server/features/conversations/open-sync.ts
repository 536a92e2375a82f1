import type { z } from 'zod'
import { AudienceHead, OpenedSync, OpenSync } from '../../../protocol/delivery.ts'
import type { AudienceId, PersonId } from '../../../protocol/ids.ts'
import { personOf, query } from '../../platform/command.ts'
import type { Tx } from '../../platform/sql.ts'
import { listUnendedPairings } from '../identity/index.ts'
import { readOwn } from './own-things.ts'
import { membershipsOf } from '../organization/index.ts'
import { newerOnly, newerThan, toEvents, toPersonEvents } from './read-difference.ts'
import { EVENTS_PER_LOG_MAX, isContinuous, mustReset, PERSON_EVENTS_MAX, planDifferences } from './sync-rules.ts'
import {
  allMarks,
  headRows,
  logRows,
  personEventRows,
  readPlace,
  type AudienceHeadRow,
  type PersonHead,
} from './sync-store.ts'
import { audienceRows, conversationRows } from './view-store.ts'
import { readViews } from './view.ts'
import { readMessages } from './store.ts'

export const openSync = query({
  name: 'sync.open',
  summary: 'Begin to hear what happens: everything on the first connection, the differences on later ones.',
  input: OpenSync,
  output: OpenedSync,
  over: 'websocket',
  allow: (ctx) => personOf(ctx) !== undefined,

  async run(ctx, input) {
    const { tx } = ctx
    const personId = personOf(ctx)
    const isNew = input.epoch === null
    // One snapshot: the order of the questions makes no difference, and together they take one trip.
    const [{ epoch, ...head }, memberships, pairings, views, heads, marks, own] = await Promise.all([
      readPlace(tx, personId),
      membershipsOf(tx, personId),
      listUnendedPairings(tx, personId),
      isNew ? readViews(tx, personId, null) : null,
      isNew ? [] : headRows(tx, personId),
      isNew ? [] : allMarks(tx, personId),
      isNew ? readOwn(tx, personId) : null,
    ])
    const base = { personId, epoch, person: head, memberships, pairings, coupons: [], onlineIds: [] }
    const mustForget = isNew || mustReset(input, { epoch, head })
    const found = mustForget ? null : await findDifferences(tx, personId, { ...input, head, heads })
    if (found) return { ...base, isReset: false, ...found, marks }
    const conversations = views ?? (await readViews(tx, personId, null))
    const things = own ?? (await readOwn(tx, personId))
    return { ...base, ...things, isReset: true, conversations, personEvents: [], events: [], tooFar: [], marks: [] }
  },
})

/** Null: the client stands on another log, and must forget what it has. */
async function findDifferences(
  tx: Tx,
  personId: PersonId,
  { person, positions, head, heads }: OpenSync & { head: PersonHead; heads: readonly AudienceHeadRow[] },
) {
  const plan = planDifferences(positions, heads)
  if (plan.isReset) return null
  const own =
    head.number === person.number ? [] : await personEventRows(tx, personId, person.number, PERSON_EVENTS_MAX + 1)
  if (own.length > 0 && !isContinuous(own, person)) return null
  const rows = plan.behind.length === 0 ? [] : await logRows(tx, personId, plan.behind, EVENTS_PER_LOG_MAX + 1)
  const byLog = Map.groupBy(rows, ({ audienceId }) => audienceId)
  const isSame = plan.behind.every(({ audienceId, after, id }) =>
    isContinuous(byLog.get(audienceId) ?? [], { number: after, id }),
  )
  if (!isSame) return null
  return {
    conversations: plan.unheard.length === 0 ? [] : await readViews(tx, personId, plan.unheard),
    personEvents: await toPersonEvents(tx, personId, newerThan(own, person.number)),
    events: await toEvents(tx, personId, newerOnly(rows, plan.behind, EVENTS_PER_LOG_MAX)),
    tooFar: plan.tooFar.length === 0 ? [] : await readHeads(tx, personId, plan.tooFar),
  }
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
    personId,
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
