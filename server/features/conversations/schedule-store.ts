import type { Message } from '../../../protocol/conversations.ts'
import type { Fields } from '../../../protocol/fields.ts'
import type { ScheduledMessage } from '../../../protocol/groups.ts'
import type { AudienceId, MessageId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'

export type Key = { audienceId: AudienceId; authorId: PersonId; id: MessageId }
export type NewSchedule = Key & {
  organizationId: OrganizationId
  parts: Message['parts']
  fields: Fields | undefined
  contentHash: string
  postAt: Date
}

export async function insertScheduled(tx: Tx, scheduled: NewSchedule, now: Date): Promise<void> {
  const { id, organizationId, audienceId, authorId, parts, fields, contentHash, postAt } = scheduled
  await tx`
    insert into scheduled_message (id, organization_id, audience_id, author_id, parts, fields, content_hash,
      post_at, created_at)
    values (${id}, ${organizationId}, ${audienceId}, ${authorId}, ${JSON.stringify(parts)}::jsonb,
      ${fields ? JSON.stringify(fields) : null}::jsonb, decode(${contentHash}, 'base64'), ${postAt}, ${now})`
}

export type ScheduledRow = Omit<ScheduledMessage, 'fields'> & {
  fields: Fields | null
  contentHash: string
  organizationId: OrganizationId
}

/** Locked, so that it is not posted and cancelled at once. */
export async function lockScheduled(tx: Tx, { audienceId, authorId, id }: Key): Promise<ScheduledRow | undefined> {
  const [row] = await tx<ScheduledRow>`
    select scheduled.id, scheduled.audience_id as "audienceId", conversation_id as "conversationId", parts, fields,
      post_at as "postAt", state, fault, encode(content_hash, 'base64') as "contentHash",
      scheduled.organization_id as "organizationId"
    from scheduled_message as scheduled join audience on audience.id = scheduled.audience_id
    where scheduled.audience_id = ${audienceId} and author_id = ${authorId} and scheduled.id = ${id}
    for update of scheduled`
  return row
}

export type Owned = { organizationId: OrganizationId; authorId: PersonId }

/** What of one's own waits, or could not be posted; the next one first. */
export async function listScheduled(tx: Tx, { organizationId, authorId }: Owned, limit: number) {
  return tx<ScheduledRow>`
    select scheduled.id, scheduled.audience_id as "audienceId", conversation_id as "conversationId", parts, fields,
      post_at as "postAt", state, fault, '' as "contentHash", scheduled.organization_id as "organizationId"
    from scheduled_message as scheduled join audience on audience.id = scheduled.audience_id
    where scheduled.organization_id = ${organizationId} and author_id = ${authorId} and state in ('waiting', 'refused')
    order by post_at, scheduled.id limit ${limit}`
}

export async function countWaiting(tx: Tx, { organizationId, authorId }: Owned): Promise<number> {
  const [row] = await tx<{ count: number }>`
    select count(*) as count from scheduled_message
    where organization_id = ${organizationId} and author_id = ${authorId} and state = 'waiting'`
  return row?.count ?? 0
}

/** Of one's own, by the id one gave it. */
export async function findScheduled(
  tx: Tx,
  { organizationId, authorId, id }: Owned & { id: MessageId },
): Promise<AudienceId | undefined> {
  const [row] = await tx<{ audienceId: AudienceId }>`
    select audience_id as "audienceId" from scheduled_message
    where organization_id = ${organizationId} and author_id = ${authorId} and id = ${id}
    order by (state = 'waiting') desc limit 1`
  return row?.audienceId
}

/** It is over, one way or another; what it says is not kept here. A refused one keeps it for its author. */
export async function endScheduled(
  tx: Tx,
  { audienceId, authorId, id }: Key,
  end: { state: 'posted' | 'cancelled' | 'refused'; fault: string | null },
): Promise<void> {
  await tx`
    update scheduled_message
    set state = ${end.state}, fault = ${end.fault}, parts = case when ${end.state} = 'refused' then parts else '[]' end
    where audience_id = ${audienceId} and author_id = ${authorId} and id = ${id}`
}
