import type { AudienceId, MediaId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Media } from '../../../protocol/media.ts'
import type { MediaKind } from '../../../protocol/media-part.ts'
import type { Tx } from '../../platform/sql.ts'
import type { Standing } from './rules.ts'

export type MediaRow = {
  id: MediaId
  organizationId: OrganizationId
  ownerId: PersonId
  state: Media['state']
  refusal: string | null
  name: string
  claimedType: string
  size: number
  kind: MediaKind | null
  mimeType: string | null
  bytes: number | null
  width: number | null
  height: number | null
  previewBytes: number | null
  createdAt: string
}
export type Place = { audienceId: AudienceId; number: number }

export async function findMedia(tx: Tx, id: MediaId): Promise<MediaRow | undefined> {
  const [row] = await tx<MediaRow>`
    select id, organization_id as "organizationId", owner_id as "ownerId", state, refusal, name,
      claimed_type as "claimedType", size, kind, mime_type as "mimeType", bytes, width, height,
      preview_bytes as "previewBytes", created_at as "createdAt"
    from media where id = ${id}`
  return row
}

/** Held until the transaction ends, in the order of ids, so that none is removed while a message takes it. */
export async function holdMedia(tx: Tx, ids: readonly MediaId[]): Promise<MediaRow[]> {
  return tx<MediaRow>`
    select id, organization_id as "organizationId", owner_id as "ownerId", state, refusal, name,
      claimed_type as "claimedType", size, kind, mime_type as "mimeType", bytes, width, height,
      preview_bytes as "previewBytes", created_at as "createdAt"
    from media where id = any(${ids}::uuid[])
    order by id for no key update`
}

export type Use = Place & { mediaId: MediaId }
/** What is gone already is held by no message any more. */
export async function insertUses(tx: Tx, uses: readonly Use[]): Promise<void> {
  await tx`
    with used as (
      update media set unused_since = null
      where id = any(${uses.map(({ mediaId }) => mediaId)}::uuid[]) and state = 'ready'
      returning id
    )
    insert into media_use (media_id, audience_id, number)
    select use.media_id, use.audience_id, use.number
    from unnest(
      ${uses.map(({ mediaId }) => mediaId)}::uuid[],
      ${uses.map(({ audienceId }) => audienceId)}::uuid[],
      ${uses.map(({ number }) => number)}::bigint[]
    ) as use (media_id, audience_id, number)
    join used on used.id = use.media_id
    on conflict do nothing`
}

/** Says whether there were any. */
export async function deleteUses(tx: Tx, { audienceId, number }: Place, now: Date): Promise<boolean> {
  const rows = await tx<{ mediaId: MediaId }>`
    delete from media_use where audience_id = ${audienceId} and number = ${number}::bigint
    returning media_id as "mediaId"`
  if (rows.length === 0) return false
  await tx`
    update media set unused_since = ${now}
    where id = any(${rows.map(({ mediaId }) => mediaId)}::uuid[])
      and not exists (select from media_use where media_use.media_id = media.id)`
  return true
}

/** A page of the messages that hold it, after this one. */
export async function listUses(tx: Tx, mediaId: MediaId, after: Place, limit: number): Promise<Place[]> {
  return tx<Place>`
    select audience_id as "audienceId", number from media_use
    where media_id = ${mediaId} and (audience_id, number) > (${after.audienceId}::uuid, ${after.number}::bigint)
    order by audience_id, number limit ${limit}`
}

/** What this person has begun and not ended, and how many bytes they have announced since. */
export async function standingOf(tx: Tx, ownerId: PersonId, since: Date): Promise<Standing> {
  const [row] = await tx<Standing>`
    select count(*) filter (where state = 'arriving') as unfinished, coalesce(sum(size), 0)::bigint as "bytesToday"
    from media where owner_id = ${ownerId} and created_at > ${since}`
  return row ?? { unfinished: 0, bytesToday: 0 }
}

export type NewMedia = Pick<MediaRow, 'id' | 'organizationId' | 'ownerId' | 'name' | 'claimedType' | 'size'>
export async function insertMedia(tx: Tx, one: NewMedia, now: Date): Promise<void> {
  await tx`
    insert into media (id, organization_id, owner_id, name, claimed_type, size, created_at, unused_since)
    values (${one.id}, ${one.organizationId}, ${one.ownerId}, ${one.name}, ${one.claimedType}, ${one.size}, ${now},
      ${now})`
}

/** All bytes are there. Says whether they were not before. */
export async function startChecking(tx: Tx, id: MediaId): Promise<boolean> {
  const rows = await tx`update media set state = 'checking' where id = ${id} and state = 'arriving' returning 1`
  return rows.length > 0
}

export type Found = { kind: MediaKind; name: string; mimeType: string; bytes: number } & Partial<
  Record<'width' | 'height' | 'previewBytes', number>
>
export async function setReady(tx: Tx, id: MediaId, found: Found, now: Date): Promise<boolean> {
  const rows = await tx`
    update media
    set state = 'ready', kind = ${found.kind}, name = ${found.name}, mime_type = ${found.mimeType},
      bytes = ${found.bytes}, width = ${found.width}, height = ${found.height}, preview_bytes = ${found.previewBytes},
      unused_since = ${now}
    where id = ${id} and state = 'checking' returning 1`
  return rows.length > 0
}

/** Ends what no message holds; of that which one holds, says no. */
export async function endMedia(tx: Tx, id: MediaId, refusal: string, now: Date): Promise<boolean> {
  const rows = await tx`
    update media
    set state = 'refused', refusal = ${refusal}, kind = null, mime_type = null, bytes = null, unused_since = ${now}
    where id = ${id} and unused_since is not null and state <> 'refused' returning 1`
  return rows.length > 0
}

/**
 * Ends what nobody has held since before; answers with what can be removed. What waits in a message for its time is
 * held by its author's plans. Those that somebody is just posting are left out.
 */
export async function endUnused(tx: Tx, before: Date, limit: number): Promise<MediaId[]> {
  const rows = await tx<{ id: MediaId }>`
    update media
    set state = 'refused', refusal = coalesce(refusal, 'media.ended'), kind = null, mime_type = null, bytes = null
    where id in (
      select id from media
      where unused_since < ${before} and not (state = 'ready' and exists (
        select from scheduled_message as planned, jsonb_array_elements(planned.parts) as part
        where planned.organization_id = media.organization_id and planned.author_id = media.owner_id
          and planned.state = 'waiting' and part ->> 'mediaId' = media.id::text))
      order by unused_since limit ${limit} for no key update skip locked
    )
    returning id`
  return rows.map(({ id }) => id)
}

export async function hasUnused(tx: Tx, before: Date): Promise<boolean> {
  const rows = await tx`select from media where unused_since < ${before} limit 1`
  return rows.length > 0
}

export async function deleteEnded(tx: Tx, ids: readonly MediaId[]): Promise<void> {
  await tx`delete from media where id = any(${ids}::uuid[]) and state = 'refused'`
}

/** Ends all that this person has uploaded here, whatever holds it; answers with what can be removed. */
export async function endAllOf(
  tx: Tx,
  { organizationId, personId }: { organizationId: OrganizationId; personId: PersonId },
  now: Date,
): Promise<MediaId[]> {
  await tx`
    delete from media_use using media
    where media.id = media_use.media_id and media.owner_id = ${personId} and media.organization_id = ${organizationId}`
  const rows = await tx<{ id: MediaId }>`
    update media
    set state = 'refused', refusal = coalesce(refusal, 'media.ended'), kind = null, mime_type = null, bytes = null,
      unused_since = ${now}
    where owner_id = ${personId} and organization_id = ${organizationId} returning id`
  return rows.map(({ id }) => id)
}

export async function statesOf(tx: Tx, ids: readonly MediaId[]): Promise<Map<MediaId, MediaRow['state']>> {
  const rows = await tx<Pick<MediaRow, 'id' | 'state'>>`
    select id, state from media where id = any(${ids}::uuid[])`
  return new Map(rows.map(({ id, state }) => [id, state]))
}

/** By kind. */
export async function bytesKept(tx: Tx): Promise<Map<string, number>> {
  const rows = await tx<{ kind: MediaKind; bytes: number }>`
    select kind, sum(bytes + coalesce(preview_bytes, 0))::bigint as bytes from media
    where state = 'ready' group by kind`
  return new Map(rows.map(({ kind, bytes }) => [kind, bytes]))
}
