import type { CampaignId, CouponId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'

export type Due = { campaignId: CampaignId; now: Date; limit: number }
export type Touched = { couponId: CouponId; personId: PersonId }

/** A coupon that a till has just in hand is left for the next time. */
export async function expireDue(tx: Tx, { campaignId, now, limit }: Due): Promise<Touched[]> {
  return tx<Touched>`
    update coupon set state = 'expired', lock_id = null, lock_holder_id = null, locked_until = null
    where id in (
      select id from coupon
      where campaign_id = ${campaignId} and state in ('issued', 'saved', 'locked') and expires_at <= ${now}::timestamptz
      order by id limit ${limit} for no key update skip locked)
    returning id as "couponId", holder_id as "personId"`
}

export async function unlockDue(tx: Tx, { campaignId, now, limit }: Due): Promise<Touched[]> {
  return tx<Touched>`
    update coupon set state = 'saved', lock_id = null, lock_holder_id = null, locked_until = null
    where id in (
      select id from coupon
      where campaign_id = ${campaignId} and state = 'locked' and locked_until <= ${now}::timestamptz
      order by id limit ${limit} for no key update skip locked)
    returning id as "couponId", holder_id as "personId"`
}

/** Each holder once for each coupon. */
export async function remindDue(tx: Tx, { campaignId, now, limit }: Due): Promise<Touched[]> {
  return tx<Touched>`
    update coupon set reminded_at = ${now}
    where id in (
      select id from coupon
      where campaign_id = ${campaignId} and state in ('issued', 'saved') and reminded_at is null
        and remind_at <= ${now}::timestamptz and expires_at > ${now}::timestamptz
      order by id limit ${limit} for no key update skip locked)
    returning id as "couponId", holder_id as "personId"`
}

/** When the next coupon of a campaign expires, loses its lock or is reminded of; null: none. */
export async function nextDue(tx: Tx, campaignId: CampaignId): Promise<string | null> {
  const [row] = await tx<{ dueAt: string | null }>`
    select least(
      (select min(expires_at) from coupon where campaign_id = ${campaignId}
        and state in ('issued', 'saved', 'locked')),
      (select min(locked_until) from coupon where campaign_id = ${campaignId} and state = 'locked'),
      (select min(remind_at) from coupon where campaign_id = ${campaignId} and state in ('issued', 'saved')
        and reminded_at is null)
    ) as "dueAt"`
  return row?.dueAt ?? null
}
