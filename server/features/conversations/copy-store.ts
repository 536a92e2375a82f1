import type { AudienceId, ConversationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'

export type Place = { audienceId: AudienceId; number: number }
type Asked = { conversationId: ConversationId; personId: PersonId; copies: readonly Place[] }

/** Those of these messages that stand in this conversation and that this person may see. */
export async function copiesAmong(tx: Tx, { conversationId, personId, copies }: Asked): Promise<Place[]> {
  return tx<Place>`
    select message.audience_id as "audienceId", message.number
    from unnest(
      ${copies.map(({ audienceId }) => audienceId)}::uuid[], ${copies.map(({ number }) => number)}::bigint[]
    ) as copy (audience_id, number)
    join audience on audience.id = copy.audience_id and audience.conversation_id = ${conversationId}
    join message on message.audience_id = copy.audience_id and message.number = copy.number
    where exists (
      select from audience_spans(message.audience_id, ${personId}) as span
      where span.from_version <= message.version and (span.to_version is null or message.version < span.to_version))`
}

/** Notes of messages that were just stored whose words they are. */
export async function markCopies(
  tx: Tx,
  copies: readonly (Place & { authorId: PersonId; postedAt: string })[],
): Promise<void> {
  await tx`
    update message set copied_author_id = copy.author_id, copied_at = copy.at
    from unnest(
      ${copies.map(({ audienceId }) => audienceId)}::uuid[],
      ${copies.map(({ number }) => number)}::bigint[],
      ${copies.map(({ authorId }) => authorId)}::uuid[],
      ${copies.map(({ postedAt }) => postedAt)}::timestamptz[]
    ) as copy (audience_id, number, author_id, at)
    where message.audience_id = copy.audience_id and message.number = copy.number`
}
