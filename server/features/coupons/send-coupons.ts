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
    const sent = await sendAll(ctx, campaign, { asked, results })
    const people = asked.filter((personId) => sent.get(personId)?.couponId)
    tellManagers(ctx.tx, organizationId)
    recordAct(ctx, { organizationId, act: 'coupon.issued', personIds: people, thingId: campaignId })
    const nothing = { couponId: null, conversationId: null, refusal: 'coupon.not-for-person' }
    return { results: personIds.map((personId) => ({ personId, ...(sent.get(personId) ?? nothing) })) }
  },
})

type Sent = Pick<IssuedCoupons['results'][number], 'couponId' | 'conversationId' | 'refusal'>

type Issued = { asked: readonly PersonId[]; results: readonly IssueResult[] }

async function sendAll(
  ctx: Context,
  campaign: CampaignFacts,
  { asked, results }: Issued,
): Promise<Map<PersonId, Sent>> {
  const issued = asked.map((personId, index) => ({ personId, result: results[index] }))
  const deliveries = issued.flatMap(({ personId, result }) =>
    result && 'couponId' in result ? [{ personId, couponId: result.couponId }] : [],
  )
  const delivered = await deliver(ctx, campaign, deliveries)
  const places = new Map(deliveries.map(({ personId }, index) => [personId, delivered[index] ?? null]))
  return new Map(issued.map(({ personId, result }) => [personId, sentOf(result, places.get(personId) ?? null)]))
}

function sentOf(result: IssueResult | undefined, conversationId: ConversationId | null): Sent {
  if (result && 'couponId' in result) return { couponId: result.couponId, conversationId, refusal: null }
  return { couponId: null, conversationId: null, refusal: result?.refusal ?? 'coupon.not-offered' }
}

/** A member stands behind every message of the establishment. */
export async function requireSender({ tx }: Pick<Context, 'tx'>, { organizationId, content }: CampaignFacts) {
  if (!(await isActiveMember(tx, organizationId, content.senderId))) throw new Refusal('campaign.sender-unknown')
}

type Delivery = { personId: PersonId; couponId: NonNullable<Sent['couponId']> }

/**
 * Tells people of their coupons by messages from the campaign's sender, each once: its id is the coupon's. Null: the
 * sender themselves, who has it in their booklet. The organization is locked.
 */
export async function deliver(
  ctx: Pick<Context, 'tx' | 'now'>,
  { id: campaignId, organizationId, content }: CampaignFacts,
  deliveries: readonly Delivery[],
): Promise<(ConversationId | null)[]> {
  const { senderId: authorId } = content
  const told = deliveries.filter(({ personId }) => personId !== authorId)
  const posts = told.map(({ personId, couponId }) => ({
    authorId,
    personId,
    id: MessageId.parse(couponId),
    parts: [{ type: 'coupon' as const, campaignId, couponId }],
  }))
  const posted = await postInName(ctx, organizationId, posts)
  const places = new Map(told.map(({ couponId }, index) => [couponId, posted[index]]))
  return deliveries.map(({ couponId }) => {
    const { conversationId = null, answer } = places.get(couponId) ?? {}
    if (answer instanceof Refusal) throw answer
    return conversationId
  })
}
