import type { AudienceId, ConversationId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Message } from '../../../protocol/conversations.ts'
import type { Tx } from '../../platform/sql.ts'
import { textsFor, type OwnText } from './filled-store.ts'
import type { MemberRole } from './member-rules.ts'
import type { Audience, Head, Post, StoredMessage } from './rules.ts'

/**
 * Locks these audiences and the first ones of their conversations, in the order of ids, so that two batches never wait
 * for each other in a circle. What another transaction holds is left out.
 */
export async function lockFreeAudiences(tx: Tx, ids: readonly AudienceId[]): Promise<Audience[]> {
  return tx<Audience>`
    select audience.id, first.id as "firstId", audience.organization_id as "organizationId",
           audience.conversation_id as "conversationId", audience.is_one_way as "isOneWay",
           audience.last_number as "lastNumber", audience.last_message_number as "lastMessageNumber",
           first.version, first.last_posted_at as "lastPostedAt", audience.closed_at as "closedAt"
    from audience join audience as first on first.id = audience.first_id
    where audience.id = any(${ids}::uuid[])
    order by first.id, audience.id for no key update skip locked`
}

/** The same, and waits for what is held. */
export async function lockAudiences(tx: Tx, ids: readonly AudienceId[]): Promise<Audience[]> {
  return tx<Audience>`
    select audience.id, first.id as "firstId", audience.organization_id as "organizationId",
           audience.conversation_id as "conversationId", audience.is_one_way as "isOneWay",
           audience.last_number as "lastNumber", audience.last_message_number as "lastMessageNumber",
           first.version, first.last_posted_at as "lastPostedAt", audience.closed_at as "closedAt"
    from audience join audience as first on first.id = audience.first_id
    where audience.id = any(${ids}::uuid[])
    order by first.id, audience.id for no key update`
}

/** Without a lock, for readers. */
export async function peekAudiences(
  tx: Tx,
  ids: readonly AudienceId[],
): Promise<{ id: AudienceId; isOneWay: boolean }[]> {
  return tx<{ id: AudienceId; isOneWay: boolean }>`
    select id, is_one_way as "isOneWay" from audience where id = any(${ids}::uuid[])`
}

/** Everybody's audience of each of these conversations. */
export async function firstAudiences(tx: Tx, ids: readonly ConversationId[]): Promise<Map<string, AudienceId>> {
  const rows = await tx<{ id: ConversationId; audienceId: AudienceId }>`
    select id, first_audience_id as "audienceId" from conversation where id = any(${ids}::uuid[])`
  return new Map(rows.map(({ id, audienceId }) => [id, audienceId]))
}

export async function existingAudiences(tx: Tx, ids: readonly AudienceId[]): Promise<AudienceId[]> {
  const rows = await tx<{ id: AudienceId }>`select id from audience where id = any(${ids}::uuid[])`
  return rows.map(({ id }) => id)
}

export type Asked = { actorId: PersonId; input: { audienceId: AudienceId; organizationId: OrganizationId } }
/** What each is in the audience today, in the order of the questions; null for strangers. */
export async function rolesIn(tx: Tx, asked: readonly Asked[]): Promise<(MemberRole | null)[]> {
  const rows = await tx<{ role: MemberRole | null }>`
    select present.role
    from unnest(
      ${asked.map(({ input }) => input.audienceId)}::uuid[],
      ${asked.map(({ actorId }) => actorId)}::uuid[],
      ${asked.map(({ input }) => input.organizationId)}::uuid[]
    ) with ordinality as asked (audience_id, person_id, organization_id, position)
    left join lateral (
      select role from audience_spans(asked.audience_id, asked.person_id) as span
      where span.organization_id = asked.organization_id and to_version is null
      limit 1
    ) as present on true
    order by position`
  return rows.map(({ role }) => role)
}

type StoredRow = Omit<Message, 'reactions' | 'replyTo' | 'editedAt' | 'deletedAt' | 'copied' | 'fields'> & {
  version: number
  contentHash: string
  replyTo: number | null
  editedAt: string | null
  deletedAt: string | null
  copiedAuthorId: PersonId | null
  copiedAt: string | null
  reactions: { emoji: string; personIds: PersonId[] }[] | null
  /** Of a message with fields: under which its texts are kept. */
  fillingId: string | null
}

/**
 * What is already stored under the audience, author and id of these posts.
 * `lateral … limit 1` keeps PostgreSQL to one index look-up for each post, whatever it believes about the size of the
 * table.
 */
export async function findPosted(tx: Tx, posts: readonly Post[]): Promise<StoredMessage[]> {
  const rows = await tx<StoredRow>`
    select stored.id, stored.audience_id as "audienceId", stored.author_id as "authorId", stored.parts, stored.number,
           stored.message_number as "messageNumber", stored.posted_at as "postedAt", stored.reply_to as "replyTo",
           stored.edited_at as "editedAt", stored.deleted_at as "deletedAt", stored.version,
           stored.copied_author_id as "copiedAuthorId", stored.copied_at as "copiedAt",
           encode(stored.content_hash, 'base64') as "contentHash", null as reactions,
           stored.filling_id as "fillingId"
    from unnest(
      ${posts.map((post) => post.input.audienceId)}::uuid[],
      ${posts.map((post) => post.actorId)}::uuid[],
      ${posts.map((post) => post.input.id)}::uuid[]
    ) as post (audience_id, author_id, id)
    cross join lateral (
      select * from message
      where message.audience_id = post.audience_id and message.author_id = post.author_id and message.id = post.id
      limit 1
    ) as stored`
  return rows.map((row) => ({ message: toMessage(row), version: row.version, contentHash: row.contentHash }))
}

/** Which of the messages that replies name can be seen by those who reply; as `audience number`. */
export async function findReplied(tx: Tx, posts: readonly Post[]): Promise<Set<string>> {
  const replies = posts.filter(({ input }) => input.replyTo !== undefined)
  if (replies.length === 0) return new Set()
  const rows = await tx<{ audienceId: AudienceId; number: number }>`
    select message.audience_id as "audienceId", message.number
    from unnest(
      ${replies.map(({ input }) => input.audienceId)}::uuid[],
      ${replies.map(({ input }) => input.replyTo)}::bigint[],
      ${replies.map(({ actorId }) => actorId)}::uuid[]
    ) as reply (audience_id, number, person_id)
    join message on message.audience_id = reply.audience_id and message.number = reply.number
    where exists (
      select from audience_spans(message.audience_id, reply.person_id) as span
      where span.from_version <= message.version and (span.to_version is null or message.version < span.to_version))`
  return new Set(rows.map(({ audienceId, number }) => `${audienceId} ${number}`))
}

/** Stores the messages, moves the heads of their audiences and the authors' own marks. */
export async function insertMessages(tx: Tx, fresh: readonly StoredMessage[], heads: readonly Head[]): Promise<void> {
  await tx`
    with posted as (
      insert into message (audience_id, author_id, id, parts, content_hash, number, message_number, version, reply_to,
        posted_at)
      select audience_id, author_id, id, parts::jsonb, decode(content_hash, 'base64'), number, message_number,
        version, reply_to, posted_at
      from unnest(
        ${fresh.map(({ message }) => message.audienceId)}::uuid[],
        ${fresh.map(({ message }) => message.authorId)}::uuid[],
        ${fresh.map(({ message }) => message.id)}::uuid[],
        ${fresh.map(({ message }) => JSON.stringify(message.parts))}::text[],
        ${fresh.map(({ contentHash }) => contentHash)}::text[],
        ${fresh.map(({ message }) => message.number)}::bigint[],
        ${fresh.map(({ message }) => message.messageNumber)}::bigint[],
        ${fresh.map(({ version }) => version)}::bigint[],
        ${fresh.map(({ message }) => message.replyTo)}::bigint[],
        ${fresh.map(({ message }) => message.postedAt)}::timestamptz[]
      ) as fresh (audience_id, author_id, id, parts, content_hash, number, message_number, version, reply_to, posted_at)
      returning audience_id, author_id, message_number
    ), moved as (
      update audience
      set last_number = case when head.last_id is null then audience.last_number else head.last_number end,
          last_message_number =
            case when head.last_id is null then audience.last_message_number else head.last_message_number end,
          last_id = coalesce(head.last_id, audience.last_id),
          last_posted_at = coalesce(head.last_posted_at, audience.last_posted_at),
          last_message_at =
            case when head.last_id is null then audience.last_message_at else head.last_message_at end
      from unnest(
        ${heads.map(({ id }) => id)}::uuid[],
        ${heads.map(({ lastNumber }) => lastNumber)}::bigint[],
        ${heads.map(({ lastMessageNumber }) => lastMessageNumber)}::bigint[],
        ${heads.map(({ lastId }) => lastId)}::uuid[],
        ${heads.map(({ lastPostedAt }) => lastPostedAt)}::timestamptz[],
        ${heads.map(({ lastMessageAt }) => lastMessageAt)}::timestamptz[]
      ) as head (id, last_number, last_message_number, last_id, last_posted_at, last_message_at)
      where audience.id = head.id
    )
    insert into mark (audience_id, person_id, read_number, delivered_number)
    select audience_id, author_id, max(message_number), max(message_number) from posted group by audience_id, author_id
    on conflict (audience_id, person_id) do update
    set read_number = greatest(mark.read_number, excluded.read_number),
        delivered_number = greatest(mark.delivered_number, excluded.delivered_number)`
}

export type Place = { audienceId: AudienceId; number: number }
/** Null: somebody who has no text of their own. */
export type Reader = PersonId | null

/** A message as it is today, as this person sees it. Whether they may, was asked before. */
export async function readMessage(tx: Tx, readerId: Reader, place: Place): Promise<Message | undefined> {
  const [message] = await readMessages(tx, readerId, [place])
  return message
}

export async function readMessages(tx: Tx, readerId: Reader, wanted: readonly Place[]): Promise<Message[]> {
  return (await readStored(tx, readerId, wanted)).map(({ message }) => message)
}

/** With the filling, where every reader has a text of their own. */
export async function readStored(
  tx: Tx,
  readerId: Reader,
  wanted: readonly Place[],
): Promise<{ message: Message; fillingId: string | null; version: number }[]> {
  if (wanted.length === 0) return []
  const rows = await tx<StoredRow>`
    select message.id, message.audience_id as "audienceId", author_id as "authorId", parts, message.number,
           message_number as "messageNumber", posted_at as "postedAt", reply_to as "replyTo", edited_at as "editedAt",
           deleted_at as "deletedAt", copied_author_id as "copiedAuthorId", copied_at as "copiedAt", version,
           '' as "contentHash", filling_id as "fillingId", reacted.reactions
    from unnest(
      ${wanted.map(({ audienceId }) => audienceId)}::uuid[], ${wanted.map(({ number }) => number)}::bigint[]
    ) as wanted (audience_id, number)
    join message on message.audience_id = wanted.audience_id and message.number = wanted.number
    left join lateral (
      select jsonb_agg(jsonb_build_object('emoji', emoji, 'personIds', person_ids) order by first_at,
        emoji) as reactions
      from (
        select emoji, jsonb_agg(person_id order by at, person_id) as person_ids, min(at) as first_at
        from reaction
        where reaction.audience_id = message.audience_id and reaction.number = message.number
        group by emoji
      ) as grouped
    ) as reacted on true`
  const fillingIds = rows.flatMap(({ fillingId }) => fillingId ?? [])
  if (fillingIds.length === 0)
    return rows.map((row) => ({ message: toMessage(row), fillingId: null, version: row.version }))
  const texts = await textsFor(tx, readerId, fillingIds)
  return rows.map((row) => {
    const own = row.fillingId === null ? undefined : texts.get(row.fillingId)
    const { fillingId, version } = row
    return { message: own ? toOwn(row, own, readerId) : toMessage(row), fillingId, version }
  })
}

/** Authors see what they wrote; everybody else their own text. */
function toOwn(row: StoredRow, { parts, fields }: OwnText, readerId: Reader): Message {
  return row.authorId === readerId ? { ...toMessage(row), fields } : toMessage({ ...row, parts })
}

export type Page = {
  audienceId: AudienceId
  personId: PersonId
  before: number | undefined
  after: number | undefined
  limit: number
}
/**
 * The numbers of the messages of one page that this person may see, ascending; one more than asked for shows that there
 * are more.
 */
export async function pageNumbers(tx: Tx, { audienceId, personId, before, after, limit }: Page): Promise<number[]> {
  const rows =
    after === undefined
      ? await tx<{ number: number }>`
          select number from message
          where audience_id = ${audienceId} and number < ${before ?? Number.MAX_SAFE_INTEGER}::bigint and exists (
            select from audience_spans(message.audience_id, ${personId}) as span
            where span.from_version <= message.version
              and (span.to_version is null or message.version < span.to_version))
          order by number desc limit ${limit + 1}`
      : await tx<{ number: number }>`
          select number from message
          where audience_id = ${audienceId} and number > ${after}::bigint
            and number < ${before ?? Number.MAX_SAFE_INTEGER}::bigint and exists (
            select from audience_spans(message.audience_id, ${personId}) as span
            where span.from_version <= message.version
              and (span.to_version is null or message.version < span.to_version))
          order by number limit ${limit + 1}`
  return rows.map(({ number }) => number)
}

/** Whether this person may see this message. */
export async function canSee(tx: Tx, personId: PersonId, audienceId: AudienceId, number: number): Promise<boolean> {
  const rows = await tx`
    select from message
    cross join lateral audience_spans(message.audience_id, ${personId}) as span
    where message.audience_id = ${audienceId} and message.number = ${number}::bigint
      and span.from_version <= message.version and (span.to_version is null or message.version < span.to_version)`
  return rows.length > 0
}

/** Whether this person, who is in the audience today, may see at least one of these messages. */
export async function seesOneOf(tx: Tx, personId: PersonId, places: readonly Place[]): Promise<boolean> {
  const rows = await tx`
    select from unnest(
      ${places.map(({ audienceId }) => audienceId)}::uuid[], ${places.map(({ number }) => number)}::bigint[]
    ) as place (audience_id, number)
    join message on message.audience_id = place.audience_id and message.number = place.number
    cross join lateral (
      select bool_or(to_version is null) as is_in,
        bool_or(from_version <= message.version and (to_version is null or message.version < to_version)) as was_in
      from audience_spans(message.audience_id, ${personId})
    ) as standing
    where is_in and was_in limit 1`
  return rows.length > 0
}

/** Which of these people may see a message. */
export async function seersAmong(
  tx: Tx,
  { audienceId, number }: Place,
  personIds: readonly PersonId[],
): Promise<Set<PersonId>> {
  const rows = await tx<{ personId: PersonId }>`
    select asked.person_id as "personId"
    from message cross join unnest(${personIds}::uuid[]) as asked (person_id)
    where message.audience_id = ${audienceId} and message.number = ${number}::bigint and exists (
      select from audience_spans(message.audience_id, asked.person_id) as span
      where span.from_version <= message.version and (span.to_version is null or message.version < span.to_version))`
  return new Set(rows.map(({ personId }) => personId))
}

export async function setParts(
  tx: Tx,
  { audienceId, number }: Place,
  { parts, fillingId }: { parts: Message['parts']; fillingId: string | null },
  now: Date,
): Promise<void> {
  await tx`
    update message set parts = ${JSON.stringify(parts)}::jsonb, filling_id = ${fillingId}, edited_at = ${now}
    where audience_id = ${audienceId} and number = ${number}::bigint`
}

export async function eraseMessage(tx: Tx, audienceId: AudienceId, number: number, now: Date): Promise<void> {
  await tx`delete from reaction where audience_id = ${audienceId} and number = ${number}::bigint`
  await tx`
    update message set parts = '[]', filling_id = null, deleted_at = ${now}
    where audience_id = ${audienceId} and number = ${number}::bigint`
}

export type Reacting = { audienceId: AudienceId; number: number; emoji: string; personId: PersonId }
export async function putReaction(
  tx: Tx,
  { audienceId, number, emoji, personId }: Reacting,
  now: Date,
): Promise<boolean> {
  const rows = await tx`
    insert into reaction (audience_id, number, emoji, person_id, at)
    values (${audienceId}, ${number}, ${emoji}, ${personId}, ${now}) on conflict do nothing returning 1`
  return rows.length > 0
}

export async function takeReaction(tx: Tx, { audienceId, number, emoji, personId }: Reacting): Promise<boolean> {
  const rows = await tx`
    delete from reaction
    where audience_id = ${audienceId} and number = ${number} and emoji = ${emoji} and person_id = ${personId}
      returning 1`
  return rows.length > 0
}

export type Marking = { audienceId: AudienceId; personId: PersonId; read: number; delivered: number }
/** Marks only move forward, and not past the last message. Answers with where each stands now, in the order asked. */
export async function moveMarks(tx: Tx, markings: readonly Marking[]): Promise<Marking[]> {
  return tx<Marking>`
    insert into mark (audience_id, person_id, read_number, delivered_number)
    select marking.audience_id, marking.person_id, least(max(marking.read), max(audience.last_message_number)),
           least(greatest(max(marking.delivered), max(marking.read)), max(audience.last_message_number))
    from unnest(
      ${markings.map(({ audienceId }) => audienceId)}::uuid[],
      ${markings.map(({ personId }) => personId)}::uuid[],
      ${markings.map(({ read }) => read)}::bigint[],
      ${markings.map(({ delivered }) => delivered)}::bigint[]
    ) as marking (audience_id, person_id, read, delivered)
    join audience on audience.id = marking.audience_id
    group by marking.audience_id, marking.person_id
    order by marking.audience_id, marking.person_id
    on conflict (audience_id, person_id) do update
    set read_number = greatest(mark.read_number, excluded.read_number),
        delivered_number = greatest(mark.delivered_number, excluded.delivered_number)
    returning audience_id as "audienceId", person_id as "personId", read_number as read, delivered_number as delivered`
}

function toMessage(row: StoredRow): Message {
  const { id, audienceId, authorId, parts, number, messageNumber, postedAt, replyTo, editedAt, deletedAt } = row
  const { reactions, copiedAuthorId, copiedAt } = row
  return {
    id,
    audienceId,
    authorId,
    parts,
    number,
    messageNumber,
    postedAt,
    ...(replyTo === null ? {} : { replyTo }),
    ...(editedAt === null ? {} : { editedAt }),
    ...(deletedAt === null ? {} : { deletedAt }),
    ...(reactions === null ? {} : { reactions }),
    ...(copiedAuthorId === null || copiedAt === null
      ? {}
      : { copied: { authorId: copiedAuthorId, postedAt: copiedAt } }),
  }
}
