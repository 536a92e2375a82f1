import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import type { Booklet, Campaign, CampaignList, Coupon } from '../../../protocol/coupons.ts'
import type { RedeemedCoupon } from '../../../protocol/redemptions.ts'
import type { z } from 'zod'
import type { ConversationView, Message } from '../../../protocol/conversations.ts'
import { features } from '../../all-features.ts'
import type { Name } from '../../testing/cast.ts'
import { openWorld, type World } from '../../testing/world.ts'

let world: World
before(async () => {
  world = await openWorld(features)
})
after(() => world[Symbol.asyncDispose]())

const inside = () => ({ organizationId: world.cast.organizationId })
const euros = (amount: number) => ({ kind: 'amount', amount, currency: 'EUR' })

async function begin(more: object = {}): Promise<Campaign> {
  const input = { ...inside(), campaignId: uuidv7(), name: 'Spring', title: 'Five euros', value: euros(500), ...more }
  const { id: campaignId } = await world.act<Campaign>('andrew', 'campaign.create', input)
  return world.act('andrew', 'campaign.set-state', { ...inside(), campaignId, state: 'active' })
}

async function makeGroup(kind: 'group' | 'broadcast', people: readonly Name[]): Promise<ConversationView> {
  const personIds = people.map((name) => world.cast[name].personId)
  return world.act('andrew', 'conversation.create', {
    ...inside(),
    conversationId: uuidv7(),
    kind,
    name: 'News',
    personIds,
  })
}
const audienceOf = ({ audiences }: ConversationView) => audiences[0]?.id
const offer = (view: ConversationView, campaignId: string) => ({
  ...inside(),
  audienceId: audienceOf(view),
  id: uuidv7(),
  parts: [{ type: 'coupon', campaignId }],
})
const claimOf = (message: Message, campaignId: string) => ({
  ...inside(),
  campaignId,
  audienceId: message.audienceId,
  number: message.number,
  claimId: uuidv7(),
})
const bookletOf = (name: Name) => world.ask(name, 'booklet.read', {}) as Promise<Booklet>

test('G18-01 G18-02 G18-04 G18-05 G18-06 a coupon in a message is claimed, kept and redeemed once', async () => {
  const campaign = await begin({ places: ['Berlin'] })
  const { campaigns } = (await world.ask('andrew', 'campaign.list', inside())) as z.output<typeof CampaignList>
  assert.deepEqual(campaigns[0]?.id, campaign.id)
  const group = await makeGroup('broadcast', ['nancy'])
  const message = await world.act<Message>('andrew', 'message.post', offer(group, campaign.id))
  assert.equal((await bookletOf('nancy')).createdAt, null)
  const claim = claimOf(message, campaign.id)
  const coupon = await world.act<Coupon>('nancy', 'coupon.claim', claim)
  assert.deepEqual(await world.act('nancy', 'coupon.claim', claim), coupon)
  assert.match(coupon.code ?? '', /^[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){2}$/)
  const booklet = await bookletOf('nancy')
  assert.deepEqual(
    booklet.coupons.map(({ coupon: one }) => one.id),
    [coupon.id],
  )
  const redeem = { ...inside(), code: coupon.code, place: 'Berlin', redemptionId: uuidv7() }
  const { redemption } = await world.act<RedeemedCoupon>('robert', 'coupon.redeem', redeem)
  assert.equal(redemption.value, 500)
  const again = { ...redeem, redemptionId: uuidv7() }
  const refusal = await world.refuse('robert', 'coupon.redeem', again, 'coupon.redeemed')
  assert.deepEqual(refusal.details, { usedAt: '2026-05-14T09:00:00.000000Z', usedPlace: 'Berlin' })
  assert.deepEqual(
    await world.act('robert', 'coupon.redeem', redeem),
    await world.ask('robert', 'coupon.redeem', redeem),
  )
  const after = (await world.ask('andrew', 'campaign.get', { ...inside(), campaignId: campaign.id })) as Campaign
  assert.equal(after.counts.redeemed, 1)
  assert.equal((await bookletOf('nancy')).coupons.length, 0)
})
