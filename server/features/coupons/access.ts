import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { personOf, type Allowed, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { Tx } from '../../platform/sql.ts'
import { isActiveMember, isAdministrator } from '../organization/index.ts'
import type { CampaignFacts } from './admission.ts'

export type May = { manage: boolean; send: boolean; redeem: boolean }
/** What somebody is inside the organization; undefined: nothing. */
export type Standing = { personId: PersonId; isManager: boolean }

export async function standingOf(
  tx: Tx,
  organizationId: OrganizationId,
  personId: PersonId,
): Promise<Standing | undefined> {
  if (!(await isActiveMember(tx, organizationId, personId))) return undefined
  return { personId, isManager: await isAdministrator(tx, organizationId, personId) }
}

/** Pure: owners and administrators may everything; members what the campaign names them for. */
export function mayDo(
  { isManager, personId }: Standing,
  { state, content }: Pick<CampaignFacts, 'state' | 'content'>,
): May {
  const { senderIds, redeemerIds } = content
  const send = isManager || senderIds.includes(personId)
  const redeem = isManager || (state !== 'draft' && (redeemerIds === null || redeemerIds.includes(personId)))
  return { manage: isManager, send, redeem }
}

/** For `allow`: members, of whom each sees what they may. */
export async function allowMembers(ctx: Context, { organizationId }: { organizationId: OrganizationId }) {
  return (await standingOf(ctx.tx, organizationId, personOf(ctx))) !== undefined
}

/** For `allow`: those who may do this with the campaign. To other members it is as if there were none. */
export async function allowCampaign(
  ctx: Context,
  organizationId: OrganizationId,
  { campaign, what }: { campaign: CampaignFacts | undefined; what: keyof May },
): Promise<Allowed> {
  const standing = await standingOf(ctx.tx, organizationId, personOf(ctx))
  if (!standing) return false
  if (!campaign || campaign.organizationId !== organizationId)
    return new Refusal('campaign.not-found', { path: 'campaignId' })
  const may = mayDo(standing, campaign)
  if (may[what]) return true
  return may.send || may.redeem ? false : new Refusal('campaign.not-found', { path: 'campaignId' })
}
