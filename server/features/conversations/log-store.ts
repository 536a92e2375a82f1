import { v7 as uuidv7 } from 'uuid'
import type { AudienceId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'

export type NewEvent = {
  audienceId: AudienceId
  name: string
  actorId: PersonId | null
  /** The number of the message it is about. */
  messageNumber: number | null
  body: object
}
export type AppendedEvent = NewEvent & { number: number; id: string; version: number }

/** Gives each event the next number of its audience's log. The audience's conversation must be locked. */
export async function appendEvents(tx: Tx, events: readonly NewEvent[], now: Date): Promise<AppendedEvent[]> {
  const ids = events.map(() => uuidv7())
  const rows = await tx<{ id: string; number: number; version: number }>`
    with fresh as (
      select * from unnest(
        ${events.map(({ audienceId }) => audienceId)}::uuid[],
        ${ids}::uuid[],
        ${events.map(({ name }) => name)}::text[],
        ${events.map(({ actorId }) => actorId)}::uuid[],
        ${events.map(({ messageNumber }) => messageNumber)}::bigint[],
        ${events.map(({ body }) => JSON.stringify(body))}::text[]
      ) with ordinality as fresh (audience_id, id, name, actor_id, message_log_number, body, position)
    ), moved as (
      update audience set last_number = last_number + counted.count, last_id = counted.last_id
      from (
        select audience_id, count(*) as count, (array_agg(id order by position desc))[1] as last_id
        from fresh group by audience_id
      ) as counted
      where audience.id = counted.audience_id
      returning audience.id, audience.first_id, last_number - counted.count as base
    )
    insert into audience_event (audience_id, number, version, id, name, actor_id, message_log_number, body, at)
    select fresh.audience_id, base + row_number() over (partition by fresh.audience_id order by position),
           (select version from audience as first where first.id = moved.first_id),
           fresh.id, name, actor_id, message_log_number, body::jsonb, ${now}
    from fresh join moved on moved.id = fresh.audience_id
    returning id, number, version`
  const stored = new Map(rows.map((row) => [row.id, row]))
  return events.map((event, index) => {
    const id = ids[index] ?? ''
    const row = stored.get(id)
    if (!row) throw new Error('An event was appended to an audience that does not exist.')
    return { ...event, id, number: row.number, version: row.version }
  })
}
