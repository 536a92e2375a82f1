import type { CampaignState } from '../../../protocol/coupons.ts'
import type { CampaignId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'
import type { CampaignFacts, HeldCampaign } from './admission.ts'
import type { CampaignContent } from './campaign-content.ts'

export type Counts = {
  issued: number
  claimed: number
  redeemed: number
  expired: number
  void: number
  valueGiven: number
}
export type CampaignRow = CampaignFacts &
  Counts & {
    createdBy: PersonId
    createdAt: string
    pictureHash: string | null
    /** Given out and not taken back. */
    given: number
    committed: number
  }

export type NewCampaign = {
  id: CampaignId
  organizationId: OrganizationId
  content: CampaignContent
  createdBy: PersonId
}

/** False where the id is taken. */
export async function insertCampaign(
  tx: Tx,
  { id, organizationId, content, createdBy }: NewCampaign,
  now: Date,
): Promise<boolean> {
  const rows = await tx`
    with made as (
      insert into campaign (id, organization_id, content, created_by, created_at)
      values (${id}, ${organizationId}, ${JSON.stringify(content)}::jsonb, ${createdBy}, ${now})
      on conflict do nothing returning id
    )
    insert into campaign_stock (campaign_id, stock, budget)
    select id, ${content.stock}::bigint, ${content.budget}::bigint from made returning true`
  return rows.length > 0
}

/** The campaign alone, for those who only need to know what it says. */
export async function findCampaigns(tx: Tx, ids: readonly CampaignId[]): Promise<CampaignFacts[]> {
  return tx<CampaignFacts>`
    select id, organization_id as "organizationId", state, content from campaign where id = any(${ids}::uuid[])`
}

export async function findCampaign(tx: Tx, id: CampaignId): Promise<CampaignFacts | undefined> {
  return (await findCampaigns(tx, [id]))[0]
}

/** Whoever issues, takes back or changes holds the stock, in the order of ids. */
export async function holdStocks(tx: Tx, ids: readonly CampaignId[]): Promise<HeldCampaign[]> {
  return tx<HeldCampaign>`
    select campaign.id, campaign.organization_id as "organizationId", campaign.state, campaign.content,
      held.issued, held.committed, held.tend_at as "tendAt"
    from campaign_stock as held join campaign on campaign.id = held.campaign_id
    where held.campaign_id = any(${ids}::uuid[])
    order by held.campaign_id for no key update of held`
}

/** The same for those who only look. */
export async function readStocks(tx: Tx, ids: readonly CampaignId[]): Promise<HeldCampaign[]> {
  return tx<HeldCampaign>`
    select campaign.id, campaign.organization_id as "organizationId", campaign.state, campaign.content,
      held.issued, held.committed, held.tend_at as "tendAt"
    from campaign_stock as held join campaign on campaign.id = held.campaign_id
    where held.campaign_id = any(${ids}::uuid[])`
}

/** The same without waiting: what another transaction holds is left out. */
export async function holdFreeStocks(tx: Tx, ids: readonly CampaignId[]): Promise<HeldCampaign[]> {
  return tx<HeldCampaign>`
    select campaign.id, campaign.organization_id as "organizationId", campaign.state, campaign.content,
      held.issued, held.committed, held.tend_at as "tendAt"
    from campaign_stock as held join campaign on campaign.id = held.campaign_id
    where held.campaign_id = any(${ids}::uuid[])
    order by held.campaign_id for no key update of held skip locked`
}

export async function existingCampaigns(tx: Tx, ids: readonly CampaignId[]): Promise<CampaignId[]> {
  const rows = await tx<{ id: CampaignId }>`select id from campaign where id = any(${ids}::uuid[])`
  return rows.map(({ id }) => id)
}

export type Page = {
  organizationId: OrganizationId
  state: CampaignState | undefined
  after: CampaignId | undefined
  /** Null: sees all of them. */
  staffId: PersonId | null
  limit: number
}

/** The newest first: ids are chosen in the order of time. */
export async function campaignPage(tx: Tx, { organizationId, state, after, staffId, limit }: Page) {
  return tx<CampaignRow>`
    select campaign.id, campaign.organization_id as "organizationId", campaign.state, campaign.content,
      created_by as "createdBy",
      created_at as "createdAt", picture.hash as "pictureHash", held.issued as given, held.committed, counted.*
    from campaign
    join campaign_stock as held on held.campaign_id = campaign.id
    left join campaign_picture as picture on picture.campaign_id = campaign.id
    cross join lateral campaign_counts(campaign.id) as counted
    where campaign.organization_id = ${organizationId}
      and (${state}::text is null or campaign.state = ${state}::text)
      and (${after}::uuid is null or campaign.id < ${after}::uuid)
      and (${staffId}::uuid is null or campaign.content -> 'senderIds' ? ${staffId}::text
        or (campaign.state <> 'draft'
          and (campaign.content ->> 'redeemerIds' is null or campaign.content -> 'redeemerIds' ? ${staffId}::text)))
    order by campaign.id desc limit ${limit}`
}

export async function readCampaign(tx: Tx, id: CampaignId): Promise<CampaignRow | undefined> {
  const [row] = await tx<CampaignRow>`
    select campaign.id, campaign.organization_id as "organizationId", campaign.state, campaign.content,
      created_by as "createdBy",
      created_at as "createdAt", picture.hash as "pictureHash", held.issued as given, held.committed, counted.*
    from campaign
    join campaign_stock as held on held.campaign_id = campaign.id
    left join campaign_picture as picture on picture.campaign_id = campaign.id
    cross join lateral campaign_counts(campaign.id) as counted
    where campaign.id = ${id}`
  return row
}

export async function countCampaigns(tx: Tx, organizationId: OrganizationId): Promise<number> {
  const [row] = await tx<{ count: number }>`
    select count(*) as count from campaign where organization_id = ${organizationId} and state <> 'ended'`
  return row?.count ?? 0
}

export async function setContent(tx: Tx, id: CampaignId, content: CampaignContent): Promise<void> {
  await tx`update campaign set content = ${JSON.stringify(content)}::jsonb where id = ${id}`
  await tx`
    update campaign_stock set stock = ${content.stock}::bigint, budget = ${content.budget}::bigint
    where campaign_id = ${id}`
}

export async function setState(tx: Tx, id: CampaignId, state: CampaignState): Promise<void> {
  await tx`update campaign set state = ${state} where id = ${id}`
}

export async function setTendAt(tx: Tx, id: CampaignId, at: string | null): Promise<void> {
  await tx`update campaign_stock set tend_at = ${at}::timestamptz where campaign_id = ${id}`
}

export type Picture = { hash: string; type: string; content: Buffer }

export async function putPicture(tx: Tx, id: CampaignId, { hash, type, content }: Picture): Promise<void> {
  await tx`
    insert into campaign_picture (campaign_id, hash, type, content) values (${id}, ${hash}, ${type}, ${content})
    on conflict (campaign_id) do update
    set hash = excluded.hash, type = excluded.type, content = excluded.content`
}

export async function removePicture(tx: Tx, id: CampaignId): Promise<void> {
  await tx`delete from campaign_picture where campaign_id = ${id}`
}

export async function findPicture(tx: Tx, id: CampaignId, hash: string): Promise<Picture | undefined> {
  const [row] = await tx<Picture>`
    select hash, type, content from campaign_picture where campaign_id = ${id} and hash = ${hash}`
  return row
}

export type DayRow = Counts & { day: string; place: string }

export async function listDays(tx: Tx, id: CampaignId, since: string): Promise<DayRow[]> {
  return tx<DayRow>`
    select to_char(day, 'YYYY-MM-DD') as day, place, issued, claimed, redeemed, expired, void,
      value_given as "valueGiven"
    from coupon_day where campaign_id = ${id} and day >= ${since}::date
      and (issued, claimed, redeemed, expired, void, value_given) <> (0, 0, 0, 0, 0, 0)
    order by day, place limit 10000`
}

export type OfferRow = CampaignFacts & { organizationName: string; accent: string; pictureHash: string | null }

/** Campaigns as customers see them. */
export async function offerRows(tx: Tx, ids: readonly CampaignId[]): Promise<OfferRow[]> {
  return tx<OfferRow>`
    select campaign.id, campaign.organization_id as "organizationId", campaign.state, campaign.content,
      organization.name as "organizationName", organization.accent, picture.hash as "pictureHash"
    from campaign join organization on organization.id = campaign.organization_id
    left join campaign_picture as picture on picture.campaign_id = campaign.id
    where campaign.id = any(${ids}::uuid[])`
}
