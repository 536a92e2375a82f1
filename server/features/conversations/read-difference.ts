import { Difference, DifferencePage, PersonDifference, PersonDifferencePage } from '../../../protocol/delivery.ts'
import type { AudienceEvent, PersonEvent } from '../../../protocol/delivery.ts'
import type { ConversationId, PersonId } from '../../../protocol/ids.ts'
import { personOf, query } from '../../platform/command.ts'
import type { Tx } from '../../platform/sql.ts'
import { listUnendedPairings, pairingOutcomes } from '../identity/index.ts'
import { membershipsOf } from '../organization/index.ts'
import { readOwnEvents } from './own-things.ts'
import { readMessages } from './store.ts'
import { PERSON_EVENTS_MAX, toEvent } from './sync-rules.ts'
import {
  hearersAmong,
  headsOf,
  logRows,
  personEventRows,
  readPlace,
  type Asked,
  type LogRow,
  type PersonEventRow,
} from './sync-store.ts'
import { readViews } from './view.ts'

export const readDifference = query({
  name: 'sync.difference',
  summary: 'The events of a log after a number, as one may see them today.',
  input: Difference,
  output: DifferencePage,
  allow: async (ctx, { audienceId }) => (await hearersAmong(ctx.tx, audienceId, [personOf(ctx)])).length > 0,

  async run(ctx, { audienceId, after, limit }) {
    const events = await readEvents(ctx.tx, personOf(ctx), [{ audienceId, after }], limit)
    const [head] = await headsOf(ctx.tx, [audienceId])
    return { events, lastNumber: head?.number ?? after }
  },
})

export const readPersonDifference = query({
  name: 'sync.person-difference',
  summary: 'The events of one’s own log after a number. Too far behind, the connection is opened anew instead.',
  input: PersonDifference,
  output: PersonDifferencePage,
  allow: (ctx) => ctx.actor.kind === 'person',

  async run(ctx, { after }) {
    const personId = personOf(ctx)
    const head = await readPlace(ctx.tx, personId)
    const isTooFar = after > head.number || head.number - after > PERSON_EVENTS_MAX
    return {
      events: isTooFar ? [] : await readPersonEvents(ctx.tx, personId, after),
      lastNumber: head.number,
      isTooFar,
    }
  },
})

/** Of each log the events after a number, in order, at most `limit` of each. */
export async function readEvents(
  tx: Tx,
  personId: PersonId,
  asked: readonly Asked[],
  limit: number,
): Promise<AudienceEvent[]> {
  const rows = await logRows(tx, personId, asked, limit + 1)
  return toEvents(tx, personId, newerOnly(rows, asked, limit))
}

/** The rows after each number; the row at the number itself only shows whether the log is the same. */
export function newerOnly(rows: readonly LogRow[], asked: readonly Asked[], limit: number): LogRow[] {
  const byLog = Map.groupBy(rows, ({ audienceId }) => audienceId)
  return asked.flatMap(({ audienceId, after }) =>
    (byLog.get(audienceId) ?? []).filter(({ number }) => number > after && number <= after + limit),
  )
}

/** What these rows say to one person today. */
export async function toEvents(tx: Tx, personId: PersonId, rows: readonly LogRow[]): Promise<AudienceEvent[]> {
  if (rows.length === 0) return []
  const wanted = rows.flatMap(({ audienceId, messageNumber: number, isVisible }) =>
    isVisible && number !== null ? [{ audienceId, number }] : [],
  )
  const messages = new Map(
    (await readMessages(tx, personId, wanted)).map((message) => [`${message.audienceId} ${message.number}`, message]),
  )
  return rows.map((row) => toEvent(row, messages))
}

/** A person's own log after a number, saying what is so today. */
export async function readPersonEvents(tx: Tx, personId: PersonId, after: number): Promise<PersonEvent[]> {
  const rows = await personEventRows(tx, personId, after, PERSON_EVENTS_MAX + 1)
  return toPersonEvents(tx, personId, newerThan(rows, after))
}

export const newerThan = (rows: readonly PersonEventRow[], after: number) => rows.filter(({ number }) => number > after)

export async function toPersonEvents(
  tx: Tx,
  personId: PersonId,
  rows: readonly PersonEventRow[],
): Promise<PersonEvent[]> {
  if (rows.length === 0) return []
  const conversationIds = rows.flatMap((row) => conversationIn(row) ?? [])
  const views = new Map(
    (conversationIds.length === 0 ? [] : await readViews(tx, personId, conversationIds)).map((view) => [view.id, view]),
  )
  const memberships = await membershipsOf(tx, personId)
  const pairings = await readPairings(tx, personId, rows)
  const ofLater = await readOwnEvents(tx, personId, rows)
  return rows.map(({ number, id, name, body }): PersonEvent => {
    const place = { personId, number, id }
    const told = ofLater.get(number)
    if (told) return { ...told, ...place }
    const conversationId = conversationIn({ number, id, name, body })
    if (conversationId) {
      const conversation = views.get(conversationId)
      return conversation
        ? { name: 'conversation.joined', ...place, conversation }
        : { name: 'conversation.left', ...place, conversationId }
    }
    const pairingId = pairingIn({ number, id, name, body })
    if (pairingId) {
      const pairing = pairings.waiting.get(pairingId)
      if (pairing) return { name: 'pairing.asked', ...place, pairing }
      return { name: 'pairing.ended', ...place, pairingId, outcome: pairings.outcomes.get(pairingId) ?? 'ended' }
    }
    const organizationId = Object(body).organizationId
    const membership = memberships.find(({ organization }) => organization.id === organizationId)
    if (!membership) throw new Error(`The log of a person holds ${name}, of an organization they were never in.`)
    return { name: 'membership.changed', ...place, membership }
  })
}

async function readPairings(tx: Tx, personId: PersonId, rows: readonly PersonEventRow[]) {
  const ids = rows.flatMap((row) => pairingIn(row) ?? [])
  const waiting = ids.length === 0 ? [] : await listUnendedPairings(tx, personId)
  return {
    waiting: new Map(waiting.map((pairing) => [pairing.id, pairing])),
    outcomes: await pairingOutcomes(tx, ids),
  }
}

function pairingIn({ body }: PersonEventRow): string | undefined {
  return Object(body).pairingId
}

function conversationIn({ body }: PersonEventRow): ConversationId | undefined {
  return Object(body).conversationId
}
