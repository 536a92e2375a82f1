import type { CampaignId, CouponId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'

export type RedemptionRow = {
  id: string
  organizationId: OrganizationId
  redemptionId: string
  couponId: CouponId | null
  campaignId: CampaignId | null
  staffId: PersonId
  place: string
  outcome: string
  details: Details
  value: number
  rolledBack: number
  day: string | null
  at: string
  takenAt: string | null
  rolledBackAt: string | null
  contentHash: string
}
/** When and where the coupon had been used. */
export type Details = { usedAt?: string | null; usedPlace?: string | null }
export type NewRedemption = Omit<RedemptionRow, 'rolledBack' | 'rolledBackAt' | 'at'>

/** False: this till has sent another one under this id. */
export async function insertRedemption(tx: Tx, one: NewRedemption, now: Date): Promise<boolean> {
  const rows = await tx`
    insert into redemption (id, organization_id, staff_id, till_id, content_hash, coupon_id, campaign_id, place,
      outcome, details, value, day, at, taken_at)
    values (${one.id}, ${one.organizationId}, ${one.staffId}, ${one.redemptionId},
      decode(${one.contentHash}, 'base64'), ${one.couponId}::uuid, ${one.campaignId}::uuid, ${one.place},
      ${one.outcome}, ${JSON.stringify(one.details)}::jsonb, ${one.value}, ${one.day}::date, ${now},
      ${one.takenAt}::timestamptz)
    on conflict (organization_id, staff_id, till_id) do nothing returning true`
  return rows.length > 0
}

/** What this till has sent under its id before. */
export async function findTry(
  tx: Tx,
  { organizationId, staffId, redemptionId }: Pick<RedemptionRow, 'organizationId' | 'staffId' | 'redemptionId'>,
): Promise<RedemptionRow | undefined> {
  const [row] = await tx<RedemptionRow>`
    select id, organization_id as "organizationId", till_id as "redemptionId", coupon_id as "couponId",
      campaign_id as "campaignId", staff_id as "staffId", place, outcome, details, value, rolled_back as "rolledBack",
      to_char(day, 'YYYY-MM-DD') as day, at, taken_at as "takenAt", rolled_back_at as "rolledBackAt",
      encode(content_hash, 'base64') as "contentHash"
    from redemption
    where organization_id = ${organizationId} and staff_id = ${staffId} and till_id = ${redemptionId}`
  return row
}

export async function findRedemption(tx: Tx, id: string): Promise<RedemptionRow | undefined> {
  const [row] = await tx<RedemptionRow>`
    select id, organization_id as "organizationId", till_id as "redemptionId", coupon_id as "couponId",
      campaign_id as "campaignId", staff_id as "staffId", place, outcome, details, value, rolled_back as "rolledBack",
      to_char(day, 'YYYY-MM-DD') as day, at, taken_at as "takenAt", rolled_back_at as "rolledBackAt",
      encode(content_hash, 'base64') as "contentHash"
    from redemption where id = ${id}`
  return row
}

/** The coupon is held: of two who take back the same redemption, one finds it done. */
export async function rollBack(tx: Tx, id: string, back: { value: number; by: PersonId; now: Date }): Promise<void> {
  await tx`
    update redemption set rolled_back = ${back.value}, rolled_back_by = ${back.by}, rolled_back_at = ${back.now}
    where id = ${id} and rolled_back_at is null`
}

export type RedemptionPage = {
  organizationId: OrganizationId
  campaignId: CampaignId | undefined
  couponId: CouponId | undefined
  /** Null: of everybody. */
  staffId: PersonId | null
  after: string | undefined
  limit: number
}

export async function redemptionPage(tx: Tx, page: RedemptionPage): Promise<RedemptionRow[]> {
  const { organizationId, campaignId, couponId, staffId, after, limit } = page
  return tx<RedemptionRow>`
    select id, organization_id as "organizationId", till_id as "redemptionId", coupon_id as "couponId",
      campaign_id as "campaignId", staff_id as "staffId", place, outcome, details, value, rolled_back as "rolledBack",
      to_char(day, 'YYYY-MM-DD') as day, at, taken_at as "takenAt", rolled_back_at as "rolledBackAt",
      encode(content_hash, 'base64') as "contentHash"
    from redemption
    where organization_id = ${organizationId}
      and (${campaignId}::uuid is null or campaign_id = ${campaignId}::uuid)
      and (${couponId}::uuid is null or coupon_id = ${couponId}::uuid)
      and (${staffId}::uuid is null or staff_id = ${staffId}::uuid)
      and (${after}::uuid is null or (at, id) < (
        select place.at, place.id from redemption as place where place.id = ${after}::uuid))
    order by at desc, id desc limit ${limit}`
}

export type Misses = { organizationId: OrganizationId; staffId: PersonId; since: Date; max: number }

/**
 * Notes that somebody asked for a code that does not exist. False, where there were as many as that already: those who
 * ask at the same time wait for one another, so that there is never one more.
 */
export async function countMiss(tx: Tx, { organizationId, staffId, since, max }: Misses, now: Date): Promise<boolean> {
  const rows = await tx`
    insert into coupon_miss (organization_id, staff_id, missed_at)
    values (${organizationId}, ${staffId}, array[${now}::timestamptz])
    on conflict (organization_id, staff_id) do update
    set missed_at = array(
      select at from unnest(coupon_miss.missed_at) as at where at > ${since}::timestamptz) || excluded.missed_at
    where (select count(*) from unnest(coupon_miss.missed_at) as at where at > ${since}::timestamptz) < ${max}::int
    returning true`
  return rows.length > 0
}

/** For whoever has found a coupon: they wait for nobody. */
export async function hasMissed(tx: Tx, { organizationId, staffId, since, max }: Misses): Promise<boolean> {
  const rows = await tx`
    select from coupon_miss
    where organization_id = ${organizationId} and staff_id = ${staffId}
      and (select count(*) from unnest(missed_at) as at where at > ${since}::timestamptz) >= ${max}::int`
  return rows.length > 0
}
