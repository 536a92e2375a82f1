import { CampaignId, type ConversationId, type CouponId, type PersonId } from '../../../protocol/ids.ts'
import type { Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { Tx } from '../../platform/sql.ts'
import type { CodeKind, Subject } from '../codes/index.ts'
import { findMembers, isActiveMember } from '../organization/index.ts'
import { allowCampaign } from './access.ts'
import { findCampaign, holdStocks } from './campaign-store.ts'
import { couponIdOf } from './coupon-id.ts'
import { findIssued, bookletPage } from './coupon-store.ts'
import { openStates } from './coupon-rules.ts'
import { deliver, requireSender } from './send-coupons.ts'
import { issueCoupons } from './issue-coupons.ts'
import { findDirect } from './scan-store.ts'

/** Scanning it brings a coupon by a message of the campaign's sender: once for each person, at whichever place. */
export const couponKind: CodeKind = {
  name: 'coupon',

  async mayKeep(ctx, { organizationId, subjectId }) {
    const campaign = await findCampaign(ctx.tx, CampaignId.parse(subjectId))
    const allowed = await allowCampaign(ctx, organizationId, { campaign, what: 'send' })
    if (allowed !== true) return allowed
    return campaign?.state !== 'ended' || new Refusal('campaign.ended')
  },

  async describe(tx, { organizationId, subjectId }) {
    const campaign = await findCampaign(tx, CampaignId.parse(subjectId))
    if (campaign?.organizationId !== organizationId || campaign.state !== 'active') return undefined
    const [sender] = await findMembers(tx, organizationId, [campaign.content.senderId])
    if (sender?.state !== 'active') return undefined
    return { title: campaign.content.title, isOneWay: null, ownerNames: [sender.name] }
  },

  async find(tx, subject, personId) {
    const campaignId = CampaignId.parse(subject.subjectId)
    const [had] = await findIssued(tx, [couponIdOf(campaignId, sourceOf(personId))])
    return had && { conversationId: await conversationOf(tx, subject, personId) }
  },

  async keeperOf(tx, { organizationId, subjectId }) {
    const campaign = await findCampaign(tx, CampaignId.parse(subjectId))
    const senderId = campaign?.content.senderId
    return senderId && (await isActiveMember(tx, organizationId, senderId)) ? senderId : null
  },

  async use(ctx, { organizationId, subjectId }, { personId }) {
    const campaignId = CampaignId.parse(subjectId)
    const [campaign] = await holdStocks(ctx.tx, [campaignId])
    if (!campaign) throw new Refusal('scan.revoked')
    await requireSender(ctx, campaign)
    const couponId = await issueScanned(ctx, { organizationId, campaignId, personId })
    const [conversationId = null] = await deliver(ctx, campaign, [{ personId, couponId }])
    return { conversationId }
  },
}

/** One for each person, however many codes of the campaign hang somewhere. */
const sourceOf = (personId: PersonId) => `scan ${personId}`

type Scanning = { organizationId: Subject['organizationId']; campaignId: CampaignId; personId: PersonId }

/** Who has as many as they can have is shown the one that they can use. */
async function issueScanned(ctx: Context, { organizationId, campaignId, personId }: Scanning): Promise<CouponId> {
  const issue = { organizationId, campaignId, personId, sourceKey: sourceOf(personId) }
  const [result] = await issueCoupons(ctx.tx, ctx.now, [issue])
  if (result && 'couponId' in result) return result.couponId
  const page = { holderId: personId, organizationId, campaignId, states: openStates, after: undefined, limit: 1 }
  const [own] = result?.refusal === 'coupon.person-limit' ? await bookletPage(ctx.tx, page) : []
  if (!own) throw new Refusal(result?.refusal ?? 'coupon.not-offered')
  return own.id
}

async function conversationOf(tx: Tx, subject: Subject, personId: PersonId): Promise<ConversationId | null> {
  const campaign = await findCampaign(tx, CampaignId.parse(subject.subjectId))
  const senderId = campaign?.content.senderId
  return senderId ? findDirect(tx, subject.organizationId, [senderId, personId]) : null
}
