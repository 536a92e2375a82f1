import type { CouponState } from '../../../protocol/coupons.ts'
import type { AudienceId, CampaignId, CouponId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'
import type { Fresh, Issued, PersonFacts } from './admission.ts'

export type CouponRow = {
  id: CouponId
  organizationId: OrganizationId
  campaignId: CampaignId
  issuedTo: PersonId
  holderId: PersonId
  code: string
  state: CouponState
  balance: number | null
  committed: number
  issuedAt: string
  expiresAt: string | null
  remindedAt: string | null
  lockId: string | null
  lockHolderId: PersonId | null
  lockedUntil: string | null
  redeemedAt: string | null
  redeemedPlace: string | null
  voidReason: string | null
}

/** What was issued under these ids before. */
export async function findIssued(tx: Tx, ids: readonly CouponId[]): Promise<Issued[]> {
  return tx<Issued>`
    select id, issued_to as "issuedTo", code, state from coupon where id = any(${ids}::uuid[])`
}

export type Person = { organizationId: OrganizationId; campaignId: CampaignId; personId: PersonId }

/**
 * What each is in the organization, and has of the campaign. Looked up by person, whatever PostgreSQL believes about
 * the table: a hot campaign has far more coupons than anybody has.
 */
export async function findPeople(tx: Tx, people: readonly Person[]): Promise<(PersonFacts & Person)[]> {
  return tx<PersonFacts & Person>`
    select asked.organization_id as "organizationId", asked.campaign_id as "campaignId", asked.person_id as "personId",
      coalesce(member.state <> 'deactivated', false) or coalesce(outsider.state <> 'deactivated', false) as "takesPart",
      coalesce(contact.tags, '{}') as tags,
      issued.count + held.received as taken, held.open
    from unnest(
      ${people.map(({ organizationId }) => organizationId)}::uuid[],
      ${people.map(({ campaignId }) => campaignId)}::uuid[],
      ${people.map(({ personId }) => personId)}::uuid[]
    ) as asked (organization_id, campaign_id, person_id)
    left join member on member.organization_id = asked.organization_id and member.person_id = asked.person_id
    left join outsider on outsider.organization_id = asked.organization_id and outsider.person_id = asked.person_id
    left join contact on contact.organization_id = asked.organization_id and contact.person_id = asked.person_id
    cross join lateral (
      select count(*) filter (where campaign_id = asked.campaign_id and state <> 'void') as count
      from (select campaign_id, state from coupon where coupon.issued_to = asked.person_id offset 0) as own
    ) as issued
    cross join lateral (
      select count(*) filter (where state in ('issued', 'saved', 'locked')) as open,
        count(*) filter (where campaign_id = asked.campaign_id and issued_to <> asked.person_id and state <> 'void')
          as received
      from (
        select campaign_id, issued_to, state from coupon where coupon.holder_id = asked.person_id offset 0
      ) as own
    ) as held`
}

/**
 * Stores the coupons, and counts them in stock, budget and statistics: in one statement, so never one without the
 * other.
 */
export async function insertCoupons(tx: Tx, fresh: readonly Fresh[], now: Date): Promise<void> {
  await tx`
    with fresh as (
      select * from unnest(
        ${fresh.map(({ id }) => id)}::uuid[],
        ${fresh.map(({ organizationId }) => organizationId)}::uuid[],
        ${fresh.map(({ campaignId }) => campaignId)}::uuid[],
        ${fresh.map(({ sourceKey }) => sourceKey)}::text[],
        ${fresh.map(({ issuedTo }) => issuedTo)}::uuid[],
        ${fresh.map(({ code }) => code)}::text[],
        ${fresh.map(({ state }) => state)}::text[],
        ${fresh.map(({ balance }) => balance)}::bigint[],
        ${fresh.map(({ committed }) => committed)}::bigint[],
        ${fresh.map(({ expiresAt }) => expiresAt)}::timestamptz[],
        ${fresh.map(({ remindAt }) => remindAt)}::timestamptz[],
        ${fresh.map(({ isClaim }) => isClaim)}::boolean[],
        ${fresh.map(({ day }) => day)}::date[]
      ) as fresh (id, organization_id, campaign_id, source_key, issued_to, code, state, balance, committed, expires_at,
        remind_at, is_claim, day)
    ), stored as (
      insert into coupon (id, organization_id, campaign_id, source_key, issued_to, holder_id, code, state, balance,
        committed, issued_at, expires_at, remind_at)
      select id, organization_id, campaign_id, source_key, issued_to, issued_to, code, state, balance, committed,
        ${now}, expires_at, remind_at
      from fresh
    ), taken as (
      update campaign_stock as held
      set issued = held.issued + added.count, committed = held.committed + added.committed
      from (
        select campaign_id, count(*) as count, sum(committed) as committed from fresh group by campaign_id
      ) as added
      where held.campaign_id = added.campaign_id
    )
    insert into coupon_day (campaign_id, day, place, issued, claimed)
    select campaign_id, day, '', count(*), count(*) filter (where is_claim) from fresh group by campaign_id, day
    on conflict (campaign_id, day, place) do update
    set issued = coupon_day.issued + excluded.issued, claimed = coupon_day.claimed + excluded.claimed`
}

export async function findCoupons(tx: Tx, ids: readonly CouponId[]): Promise<CouponRow[]> {
  return tx<CouponRow>`
    select id, organization_id as "organizationId", campaign_id as "campaignId", issued_to as "issuedTo",
      holder_id as "holderId", code, state, balance, committed, issued_at as "issuedAt", expires_at as "expiresAt",
      reminded_at as "remindedAt", lock_id as "lockId", lock_holder_id as "lockHolderId",
      locked_until as "lockedUntil", redeemed_at as "redeemedAt", redeemed_place as "redeemedPlace",
      void_reason as "voidReason"
    from coupon where id = any(${ids}::uuid[])`
}

/** In the order of ids, so that nobody waits in a circle. */
export async function holdCoupons(tx: Tx, ids: readonly CouponId[]): Promise<CouponRow[]> {
  return tx<CouponRow>`
    select id, organization_id as "organizationId", campaign_id as "campaignId", issued_to as "issuedTo",
      holder_id as "holderId", code, state, balance, committed, issued_at as "issuedAt", expires_at as "expiresAt",
      reminded_at as "remindedAt", lock_id as "lockId", lock_holder_id as "lockHolderId",
      locked_until as "lockedUntil", redeemed_at as "redeemedAt", redeemed_place as "redeemedPlace",
      void_reason as "voidReason"
    from coupon where id = any(${ids}::uuid[])
    order by id for no key update`
}

/** Under lock. */
export async function holdByCode(tx: Tx, organizationId: OrganizationId, code: string): Promise<CouponRow | undefined> {
  const [row] = await tx<CouponRow>`
    select id, organization_id as "organizationId", campaign_id as "campaignId", issued_to as "issuedTo",
      holder_id as "holderId", code, state, balance, committed, issued_at as "issuedAt", expires_at as "expiresAt",
      reminded_at as "remindedAt", lock_id as "lockId", lock_holder_id as "lockHolderId",
      locked_until as "lockedUntil", redeemed_at as "redeemedAt", redeemed_place as "redeemedPlace",
      void_reason as "voidReason"
    from coupon where organization_id = ${organizationId} and code = ${code}
    for no key update`
  return row
}

/** Writes down what has become of a coupon. */
export async function putCoupon(tx: Tx, coupon: CouponRow): Promise<void> {
  await tx`
    update coupon
    set holder_id = ${coupon.holderId}, code = ${coupon.code}, state = ${coupon.state},
      balance = ${coupon.balance}::bigint, lock_id = ${coupon.lockId}::uuid,
      lock_holder_id = ${coupon.lockHolderId}::uuid, locked_until = ${coupon.lockedUntil}::timestamptz,
      redeemed_at = ${coupon.redeemedAt}::timestamptz, redeemed_place = ${coupon.redeemedPlace}::text,
      void_reason = ${coupon.voidReason}::text
    where id = ${coupon.id}`
}

/** All that one can use yet; there is a limit on how many that are. */
export async function openOf(tx: Tx, personId: PersonId): Promise<CouponRow[]> {
  return tx<CouponRow>`
    select id, organization_id as "organizationId", campaign_id as "campaignId", issued_to as "issuedTo",
      holder_id as "holderId", code, state, balance, committed, issued_at as "issuedAt", expires_at as "expiresAt",
      reminded_at as "remindedAt", lock_id as "lockId", lock_holder_id as "lockHolderId",
      locked_until as "lockedUntil", redeemed_at as "redeemedAt", redeemed_place as "redeemedPlace",
      void_reason as "voidReason"
    from coupon where holder_id = ${personId} and state in ('issued', 'saved', 'locked')
    order by issued_at desc, id desc`
}

export type BookletPage = {
  holderId: PersonId
  organizationId: OrganizationId | undefined
  campaignId: CampaignId | undefined
  states: readonly CouponState[]
  after: CouponId | undefined
  limit: number
}

export async function bookletPage(tx: Tx, page: BookletPage): Promise<CouponRow[]> {
  const { holderId, organizationId, campaignId, states, after, limit } = page
  return tx<CouponRow>`
    select id, organization_id as "organizationId", campaign_id as "campaignId", issued_to as "issuedTo",
      holder_id as "holderId", code, state, balance, committed, issued_at as "issuedAt", expires_at as "expiresAt",
      reminded_at as "remindedAt", lock_id as "lockId", lock_holder_id as "lockHolderId",
      locked_until as "lockedUntil", redeemed_at as "redeemedAt", redeemed_place as "redeemedPlace",
      void_reason as "voidReason"
    from coupon
    where holder_id = ${holderId} and state = any(${states}::text[])
      and (${organizationId}::uuid is null or organization_id = ${organizationId}::uuid)
      and (${campaignId}::uuid is null or campaign_id = ${campaignId}::uuid)
      and (${after}::uuid is null or (issued_at, id) < (
        select place.issued_at, place.id from coupon as place where place.id = ${after}::uuid))
    order by issued_at desc, id desc limit ${limit}`
}

/** When somebody's booklet came into being: with their first coupon. */
export async function bookletSince(tx: Tx, holderId: PersonId): Promise<string | null> {
  const [row] = await tx<{ createdAt: string | null }>`
    select min(issued_at) as "createdAt" from coupon where holder_id = ${holderId}`
  return row?.createdAt ?? null
}

export type ListedRow = CouponRow & { holderName: string }

export async function campaignCoupons(
  tx: Tx,
  {
    campaignId,
    state,
    after,
    limit,
  }: { campaignId: CampaignId; state: CouponState | undefined; after: CouponId | undefined; limit: number },
): Promise<ListedRow[]> {
  return tx<ListedRow>`
    select coupon.id, coupon.organization_id as "organizationId", campaign_id as "campaignId",
      issued_to as "issuedTo", holder_id as "holderId", code, coupon.state, balance, committed,
      issued_at as "issuedAt", expires_at as "expiresAt", reminded_at as "remindedAt", lock_id as "lockId",
      lock_holder_id as "lockHolderId", locked_until as "lockedUntil", redeemed_at as "redeemedAt",
      redeemed_place as "redeemedPlace", void_reason as "voidReason", coalesce(standing.name, '') as "holderName"
    from coupon
    left join lateral participant_of(coupon.organization_id, coupon.holder_id) as standing on true
    where campaign_id = ${campaignId} and (${state}::text is null or coupon.state = ${state}::text)
      and (${after}::uuid is null or (issued_at, coupon.id) < (
        select place.issued_at, place.id from coupon as place where place.id = ${after}::uuid))
    order by issued_at desc, coupon.id desc limit ${limit}`
}

export type Seeing = {
  actorId: PersonId
  input: { organizationId: OrganizationId; audienceId: AudienceId; number: number; campaignId: CampaignId }
}

/** A coupon that everybody may take who sees it, or also one that was issued to somebody already. */
export type Seen = 'for-all' | 'any'

/** Whether each sees a message with such a coupon of the campaign in it; in the order of asking. */
export async function seesCoupons(tx: Tx, asked: readonly Seeing[], which: Seen): Promise<boolean[]> {
  const rows = await tx<{ sees: boolean }>`
    with asked as (
      select * from unnest(
        ${asked.map(({ input }) => input.organizationId)}::uuid[],
        ${asked.map(({ input }) => input.audienceId)}::uuid[],
        ${asked.map(({ input }) => input.number)}::bigint[],
        ${asked.map(({ input }) => input.campaignId)}::uuid[],
        ${asked.map(({ actorId }) => actorId)}::uuid[]
      ) with ordinality as asked (organization_id, audience_id, number, campaign_id, person_id, position)
    ), told as materialized (
      select message.audience_id, message.number, message.version, named.campaign_id
      from (select distinct audience_id, number, campaign_id from asked) as named
      join message on message.audience_id = named.audience_id and message.number = named.number
      where exists (
        select from jsonb_array_elements(message.parts) as part
        where part ->> 'type' = 'coupon' and part ->> 'campaignId' = named.campaign_id::text
          and (${which}::text = 'any' or not part ? 'couponId'))
    )
    select told.audience_id is not null and exists (
      select from audience_spans(asked.audience_id, asked.person_id) as span
      where span.organization_id = asked.organization_id and span.from_version <= told.version
        and (span.to_version is null or told.version < span.to_version)
    ) as sees
    from asked
    left join told on told.audience_id = asked.audience_id and told.number = asked.number
      and told.campaign_id = asked.campaign_id
    order by position`
  return rows.map(({ sees }) => sees)
}

/** Adds to the statistics of a day and place. */
export async function countDay(
  tx: Tx,
  { campaignId, day, place }: { campaignId: CampaignId; day: string; place: string },
  more: { redeemed?: number; expired?: number; void?: number; valueGiven?: number },
): Promise<void> {
  await tx`
    insert into coupon_day (campaign_id, day, place, redeemed, expired, void, value_given)
    values (${campaignId}, ${day}::date, ${place}, ${more.redeemed ?? 0}, ${more.expired ?? 0}, ${more.void ?? 0},
      ${more.valueGiven ?? 0})
    on conflict (campaign_id, day, place) do update
    set redeemed = coupon_day.redeemed + excluded.redeemed, expired = coupon_day.expired + excluded.expired,
      void = coupon_day.void + excluded.void, value_given = coupon_day.value_given + excluded.value_given`
}

/** What can be given out again, of coupons that were taken back. */
export async function giveBack(tx: Tx, campaignId: CampaignId, back: { count: number; committed: number }) {
  await tx`
    update campaign_stock set issued = issued - ${back.count}::bigint, committed = committed - ${back.committed}::bigint
    where campaign_id = ${campaignId}`
}

export async function voidCoupons(tx: Tx, ids: readonly CouponId[], reason: string): Promise<void> {
  await tx`
    update coupon
    set state = 'void', void_reason = ${reason}, lock_id = null, lock_holder_id = null, locked_until = null
    where id = any(${ids}::uuid[])`
}

/** These were used before they could be taken back; if they ever are good again, they are not. */
export async function noteTakenBack(tx: Tx, ids: readonly CouponId[], reason: string): Promise<void> {
  await tx`
    update coupon set void_reason = ${reason}
    where id = any(${ids}::uuid[]) and state = 'redeemed' and void_reason is null`
}

/** Whether two are in a conversation together, so that one may give the other something. */
export async function areAcquainted(
  tx: Tx,
  { organizationId, personId, otherId }: { organizationId: OrganizationId; personId: PersonId; otherId: PersonId },
): Promise<boolean> {
  const rows = await tx`
    select from acquaintance
    where organization_id = ${organizationId} and person_id = ${personId} and other_id = ${otherId} and is_current
    limit 1`
  return rows.length > 0
}
