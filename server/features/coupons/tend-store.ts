import type { Locale } from '../../../protocol/identity.ts'
import type { CampaignId, CouponId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'

export type Due = { campaignId: CampaignId; now: Date; limit: number }
export type Touched = { couponId: CouponId; personId: PersonId }
export type Expired = Touched & { expiresAt: string }

/** A coupon that a till has just in hand is left for the next time. */
export async function expireDue(tx: Tx, { campaignId, now, limit }: Due): Promise<Expired[]> {
  return tx<Expired>`
    update coupon set state = 'expired', lock_id = null, lock_holder_id = null, locked_until = null
    where id in (
      select id from coupon
      where campaign_id = ${campaignId} and state in ('issued', 'saved', 'locked') and expires_at <= ${now}::timestamptz
      order by id limit ${limit} for no key update skip locked)
    returning id as "couponId", holder_id as "personId", expires_at as "expiresAt"`
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
export async function nextDue(
  tx: Tx,
  campaignId: CampaignId,
  { isReminding }: { isReminding: boolean },
): Promise<string | null> {
  const [row] = await tx<{ dueAt: string | null }>`
    select least(
      (select min(expires_at) from coupon where campaign_id = ${campaignId}
        and state in ('issued', 'saved', 'locked')),
      (select min(locked_until) from coupon where campaign_id = ${campaignId} and state = 'locked'),
      (select min(remind_at) from coupon where ${isReminding} and campaign_id = ${campaignId}
        and state in ('issued', 'saved') and reminded_at is null)
    ) as "dueAt"`
  return row?.dueAt ?? null
}

export type Holder = { organizationId: OrganizationId; personId: PersonId; couponId: CouponId }

/** Who wrote the message by which this person got the coupon: its id is the coupon's. Undefined: it came otherwise. */
export async function authorOf(tx: Tx, { organizationId, personId, couponId }: Holder): Promise<PersonId | undefined> {
  const [row] = await tx<{ authorId: PersonId }>`
    select message.author_id as "authorId"
    from acquaintance as known
    join conversation as direct on direct.organization_id = known.organization_id and direct.kind = 'direct'
      and direct.direct_low_id = least(known.person_id, known.other_id)
      and direct.direct_high_id = greatest(known.person_id, known.other_id)
    join message on message.audience_id = direct.first_audience_id and message.author_id = known.other_id
      and message.id = ${couponId}
    where known.organization_id = ${organizationId} and known.person_id = ${personId}
    limit 1`
  return row?.authorId
}

/** A contact's own language, else the organization's. */
export async function localeOf(tx: Tx, organizationId: OrganizationId, personId: PersonId): Promise<Locale> {
  const [row] = await tx<{ locale: Locale }>`
    select coalesce(contact.locale, organization.locale) as locale
    from organization
    left join contact on contact.organization_id = organization.id and contact.person_id = ${personId}
    where organization.id = ${organizationId}`
  return row?.locale ?? 'en'
}
