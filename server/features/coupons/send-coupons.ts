import { IssueCoupons, IssuedCoupons } from '../../../protocol/coupons.ts'
import { MessageId, type ConversationId, type PersonId } from '../../../protocol/ids.ts'
import { recordAct } from '../../platform/audit.ts'
import { command, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { postInName } from '../conversations/index.ts'
import { isActiveMember, lockOrganization } from '../organization/index.ts'
import { allowCampaign } from './access.ts'
import type { CampaignFacts } from './admission.ts'
import { holdStocks } from './campaign-store.ts'
import { issueCoupons, type IssueResult } from './issue-coupons.ts'
import { tellManagers } from './tell-holders.ts'

export const sendCoupons = command({
  name: 'coupon.issue',
  summary: 'Give each of these people a coupon, by a message in the name of the campaign’s sender.',
  input: IssueCoupons,
  output: IssuedCoupons,

  async lock(ctx, { organizationId, campaignId }) {
    await lockOrganization(ctx.tx, organizationId)
    return (await holdStocks(ctx.tx, [campaignId]))[0]
  },

  allow: (ctx, { organizationId }, campaign) => allowCampaign(ctx, organizationId, { campaign, what: 'send' }),

  async run(ctx, { organizationId, campaignId, issueId, personIds }, campaign) {
    if (!campaign) throw new Refusal('campaign.not-found')
    await requireSender(ctx, campaign)
    const asked = Array.from(new Set(personIds)).toSorted()
    const issues = asked.map((personId) => ({
      organizationId,
      campaignId,
      personId,
      sourceKey: `issue ${issueId} ${personId}`,
    }))
    const results = await issueCoupons(ctx.tx, ctx.now, issues)
    const sent = new Map<PersonId, Sent>()
    for (const [index, personId] of asked.entries())
      sent.set(personId, await send(ctx, campaign, { personId, result: results[index] }))
    const people = asked.filter((personId) => sent.get(personId)?.couponId)
    tellManagers(ctx.tx, organizationId)
    recordAct(ctx, { organizationId, act: 'coupon.issued', personIds: people, thingId: campaignId })
    const nothing = { couponId: null, conversationId: null, refusal: 'coupon.not-for-person' }
    return { results: personIds.map((personId) => ({ personId, ...(sent.get(personId) ?? nothing) })) }
  },
})

type Sent = Pick<IssuedCoupons['results'][number], 'couponId' | 'conversationId' | 'refusal'>

async function send(
  ctx: Context,
  campaign: CampaignFacts,
  { personId, result }: { personId: PersonId; result: IssueResult | undefined },
): Promise<Sent> {
  if (!result || 'refusal' in result)
    return { couponId: null, conversationId: null, refusal: result?.refusal ?? 'coupon.not-offered' }
  const { couponId } = result
  const conversationId = await deliver(ctx, campaign, { personId, couponId })
  return { couponId, conversationId, refusal: null }
}

/** A member stands behind every message of the establishment. */
export async function requireSender({ tx }: Pick<Context, 'tx'>, { organizationId, content }: CampaignFacts) {
  if (!(await isActiveMember(tx, organizationId, content.senderId))) throw new Refusal('campaign.sender-unknown')
}

type Delivery = { personId: PersonId; couponId: NonNullable<Sent['couponId']> }

/**
 * Tells somebody of their coupon by a message from the campaign's sender, once: its id is the coupon's. Null: the
 * sender
 * themselves, who has it in their booklet. The organization is locked.
 */
export async function deliver(
  ctx: Pick<Context, 'tx' | 'now'>,
  { id: campaignId, organizationId, content }: CampaignFacts,
  { personId, couponId }: Delivery,
): Promise<ConversationId | null> {
  const { senderId: authorId } = content
  if (authorId === personId) return null
  const parts = [{ type: 'coupon' as const, campaignId, couponId }]
  const id = MessageId.parse(couponId)
  const { conversationId } = await postInName(ctx, { organizationId, authorId, personId, id, parts })
  return conversationId
}
