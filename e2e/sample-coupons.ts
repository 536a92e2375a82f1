import { v7 as uuidv7 } from 'uuid'
import type { Speaker } from './sample-talk.ts'

const spring = {
  name: 'Spring thanks',
  title: 'Spring thanks',
  text: 'For everybody who came to the tasting.',
  value: { kind: 'amount', amount: 2_000, currency: 'USD' },
  minimumOrder: { amount: 20_000, currency: 'USD' },
  places: ['Seattle', 'London'],
  stock: 400,
  perPerson: 2,
}
const delivery = {
  name: 'Spring wheel',
  title: 'One order, any size',
  value: { kind: 'item', item: 'Delivery' },
  validDays: 3,
}
const lunch = {
  name: 'Lunch',
  title: 'Lunch at the shop',
  value: { kind: 'percentage', percent: 15 },
  windows: [{ days: [1, 2, 3, 4], from: '11:00', until: '14:00' }],
  isTransferable: true,
}

/** Three campaigns, a coupon in the owner’s news, and one of each for the owner; one was used. Returns the first. */
export async function giveCoupons({ organizationId, personId, ask, conversation }: Speaker): Promise<string> {
  const inside = { organizationId }
  const start = async (content: object) => {
    const campaignId = uuidv7()
    await ask('campaign.create', { ...inside, campaignId, ...content })
    await ask('campaign.set-state', { ...inside, campaignId, state: 'active' })
    return campaignId
  }
  const campaignId = await start(spring)
  const audienceId = (await conversation('News for everybody')).audiences[0]?.id
  const parts = [
    { type: 'text', text: 'Thank you for a good spring. This one is for you:' },
    { type: 'coupon', campaignId },
  ]
  const { number } = Object(await ask('message.post', { ...inside, audienceId, id: uuidv7(), parts }))
  const claim = { ...inside, campaignId, audienceId, number }
  const used = Object(await ask('coupon.claim', { ...claim, claimId: uuidv7() }))
  await ask('coupon.redeem', {
    ...inside,
    code: used.code,
    place: 'Seattle',
    order: { amount: 21_000, currency: 'USD' },
    redemptionId: uuidv7(),
  })
  await ask('coupon.claim', { ...claim, claimId: uuidv7() })
  for (const content of [delivery, lunch])
    await ask('coupon.issue', { ...inside, campaignId: await start(content), issueId: uuidv7(), personIds: [personId] })
  return campaignId
}
