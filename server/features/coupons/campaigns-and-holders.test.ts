import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import type { Booklet, Campaign, Coupon, IssuedCoupons } from '../../../protocol/coupons.ts'
import { limits } from '../../../protocol/limits.ts'
import type { Redemption } from '../../../protocol/redemptions.ts'
import type { Name } from '../../testing/cast.ts'
import { HOUR_MS, amount, codeOf, openCouponStage } from '../../testing/coupon-stage.ts'
import { bringIn } from '../../testing/outsiders.ts'

const stage = await openCouponStage()
const { world, inside, begin, makeGroup, tell, claimOf, redemptionOf, bookletOf, campaignNow, issued, tend } = stage
after(() => world[Symbol.asyncDispose]())

test('G18-01 a campaign begins, pauses and ends in that order, from somebody who is there; there are five hundred at most', async () => {
  const content = { name: 'Draft', title: 'Draft', value: amount, senderId: world.cast.robert.personId }
  const campaignId = uuidv7()
  await world.act('andrew', 'campaign.create', { ...inside(), campaignId, ...content })
  const step = (state: string) => ({ ...inside(), campaignId, state })
  await world.refuse('andrew', 'campaign.set-state', step('paused'), 'input.invalid')
  await setState('robert', 'deactivated')
  await world.refuse('andrew', 'campaign.set-state', step('active'), 'campaign.sender-unknown')
  await setState('robert', 'active')
  await world.act('andrew', 'campaign.set-state', step('ended'))
  await world.refuse('andrew', 'campaign.change', { ...inside(), campaignId, name: 'Again' }, 'campaign.ended')
  const { otherOrganizationId: organizationId, outsider } = world.cast
  await world.database.transaction(
    (tx) => tx`
      insert into campaign (id, organization_id, content, created_by, created_at)
      select gen_random_uuid(), ${organizationId}, '{}'::jsonb, ${outsider.personId}, now()
      from generate_series(1, ${limits.campaigns}::int)`,
  )
  const more = { name: 'More', title: 'More', value: amount, campaignId: uuidv7(), organizationId }
  await world.refuse('outsider', 'campaign.create', more, 'campaign.limit')
  await world.database.transaction((tx) => tx`delete from campaign where content = '{}'::jsonb`)
})

test('G18-05 a coupon that may be given away gets another holder and another code; others stay', async () => {
  const fixed = await issued('nancy')
  const { personId } = world.cast.robert
  await world.refuse('nancy', 'coupon.transfer', { couponId: fixed.coupon.id, personId }, 'coupon.not-transferable')
  const { coupon, campaignId } = await issued('nancy', { isTransferable: true })
  await makeGroup('group', ['nancy', 'robert'])
  const stranger = await bringIn(world, 'janet', 'stranger')
  const away = { couponId: coupon.id, personId: stranger.personId }
  await world.refuse('nancy', 'coupon.transfer', away, 'coupon.receiver-refused')
  await world.refuse('robert', 'coupon.transfer', { couponId: coupon.id, personId }, 'coupon.not-found')
  const toOneself = { couponId: coupon.id, personId: world.cast.nancy.personId }
  await world.refuse('nancy', 'coupon.transfer', toOneself, 'coupon.receiver-refused')
  const hold = { ...inside(), code: coupon.code, lockId: uuidv7(), ttlSeconds: 60 }
  await world.act('steven', 'coupon.lock', hold)
  await world.refuse('nancy', 'coupon.transfer', { couponId: coupon.id, personId }, 'coupon.locked')
  await world.act('steven', 'coupon.unlock', { ...inside(), code: coupon.code, lockId: hold.lockId })
  await world.act('nancy', 'coupon.transfer', { couponId: coupon.id, personId })
  await world.refuse('nancy', 'coupon.get', { couponId: coupon.id }, 'coupon.not-found')
  const [received] = (await bookletOf('robert')).coupons
  assert.deepEqual([received?.coupon.id, received?.coupon.state], [coupon.id, 'issued'])
  assert.notEqual(received?.coupon.code, coupon.code)
  await world.refuse('steven', 'coupon.redeem', redemptionOf(coupon), 'coupon.not-found')
  const message = await tell(campaignId)
  await world.refuse('robert', 'coupon.claim', claimOf(message, campaignId), 'coupon.person-limit')
  if (received) await world.act('steven', 'coupon.redeem', redemptionOf(received.coupon))
  const back = { couponId: coupon.id, personId: world.cast.nancy.personId }
  await world.refuse('robert', 'coupon.transfer', back, 'coupon.redeemed')
  const several = await tell((await begin({ isTransferable: true, perPerson: 1 })).id)
  const part = several.parts.find(({ type }) => type === 'coupon')
  const of = part?.type === 'coupon' ? part.campaignId : ''
  await makeGroup('group', ['nancy', 'janet', 'robert'])
  const given: { name: Name; couponId: string }[] = []
  for (const name of ['nancy', 'janet'] as const)
    given.push({ name, couponId: (await world.act<Coupon>(name, 'coupon.claim', claimOf(several, of))).id })
  const gifts = given.map(({ name, couponId }) => world.ask(name, 'coupon.transfer', { couponId, personId }))
  const outcomes = (await Promise.allSettled(gifts)).map(codeOf)
  assert.deepEqual(outcomes.toSorted(), ['coupon.receiver-refused', 'done'], 'one for each, also from two at once')
})

test('G18-05 holders are reminded once before the end, by a message too, and what has ended is expired', async () => {
  const endsAt = new Date(world.clock().getTime() + 72 * HOUR_MS).toISOString()
  const { coupon, campaignId } = await issued('nancy', { endsAt, remindDays: 1 })
  const stateNow = async () => {
    const { coupons } = await bookletOf('nancy', { show: 'all' })
    return coupons.find((held) => held.coupon.id === coupon.id)?.coupon
  }
  await tend(campaignId)
  assert.equal((await stateNow())?.remindedAt, null)
  world.clock.advance(49 * HOUR_MS)
  await tend(campaignId)
  const reminded = world.ears.nancy.frames.filter((frame) => frame.includes('coupon.reminded'))
  await tend(campaignId)
  assert.deepEqual([reminded.length, (await stateNow())?.state], [1, 'saved'])
  const by = await remindersOf(coupon.id)
  assert.deepEqual(by, [world.cast.andrew.personId])
  assert.notEqual((await stateNow())?.remindedAt, null)
  world.clock.advance(24 * HOUR_MS)
  await tend(campaignId)
  assert.deepEqual([(await stateNow())?.state, (await stateNow())?.code], ['expired', null])
  const { state, counts } = await campaignNow(campaignId)
  assert.deepEqual([state, counts.expired], ['ended', 1])
  await world.refuse('andrew', 'campaign.set-state', { ...inside(), campaignId, state: 'active' }, 'campaign.ended')
})

test('G18-05 the reminder comes from whom the coupon came, and the owner stops reminders of a campaign', async () => {
  const endsAt = new Date(world.clock().getTime() + 72 * HOUR_MS).toISOString()
  const { robert, janet, nancy } = world.cast
  const give = async () => {
    const { id: campaignId } = await begin({ endsAt, remindDays: 1, senderId: robert.personId })
    const sending = { ...inside(), campaignId, issueId: uuidv7(), personIds: [nancy.personId] }
    const { results } = await world.act<IssuedCoupons>('andrew', 'coupon.issue', sending)
    return { ...inside(), campaignId, couponId: results[0]?.couponId ?? '' }
  }
  const [kept, stopped] = [await give(), await give()]
  const change = ({ campaignId }: typeof kept, changes: object) =>
    world.act<Campaign>('andrew', 'campaign.change', { ...inside(), campaignId, ...changes })
  await change(kept, { senderId: janet.personId })
  await change(stopped, { remindDays: null })
  world.clock.advance(49 * HOUR_MS)
  for (const { campaignId } of [kept, stopped, kept]) await tend(campaignId)
  assert.deepEqual(await remindersOf(kept.couponId), [robert.personId])
  assert.deepEqual(await remindersOf(stopped.couponId), [])
  await change(stopped, { remindDays: 1 })
  await tend(stopped.campaignId)
  assert.deepEqual(await remindersOf(stopped.couponId), [robert.personId], 'what became due meanwhile is told now')
})

test('G18-05 a reminder is in its reader’s words and by the campaign’s clocks, of what can be used yet, from who is there', async () => {
  const { robert, janet, nancy, steven, andrew } = world.cast
  const mei = await bringIn(world, 'nancy', 'mei')
  await world.database.transaction((tx) => tx`update contact set locale = 'zh-CN' where person_id = ${mei.personId}`)
  const end = new Date(world.clock().getTime() + 72 * HOUR_MS)
  end.setUTCHours(16, 0, 0, 0)
  const times = { endsAt: end.toISOString(), remindDays: 1, timeZone: 'Asia/Shanghai' }
  const { id: campaignId } = await begin({ ...times, senderId: robert.personId })
  const personIds = [mei, nancy, steven, janet, andrew].map(({ personId }) => personId)
  const issue = { ...inside(), campaignId, issueId: uuidv7(), personIds }
  const { results } = await world.act<IssuedCoupons>('andrew', 'coupon.issue', issue)
  const [ofMei = '', ofNancy = '', ofSteven = '', ofJanet = '', ofAndrew = ''] = results.map(
    ({ couponId }) => couponId ?? '',
  )
  const use = async (name: Name, couponId: string) => {
    const held = (await world.ask(name, 'coupon.get', { couponId })) as { coupon: Coupon }
    await world.ask('janet', 'coupon.redeem', redemptionOf(held.coupon))
  }
  await use('janet', ofJanet)
  await world.act('andrew', 'campaign.change', { ...inside(), campaignId, senderId: janet.personId })
  // A day before its end it is midnight there: nobody is woken.
  world.clock.set(new Date(end.getTime() - 15.5 * HOUR_MS))
  await tend(campaignId)
  assert.deepEqual(await remindersTo(ofMei), [])
  world.clock.advance(HOUR_MS / 2)
  await tend(campaignId)
  await use('andrew', ofAndrew)
  for (const name of ['steven', 'robert'] as const) await setState(name, 'deactivated')
  const told = [await remindersTo(ofMei), await remindersTo(ofNancy)].flat()
  assert.deepEqual(
    told.map(({ authorId }) => authorId),
    [janet.personId, janet.personId],
  )
  assert.match(told[0]?.text ?? '', /^您的优惠券“Five euros”有效期至 .*日 23:59。$/)
  assert.match(told[1]?.text ?? '', /^Your coupon “Five euros” is good until .* at 11:59\sPM\.$/)
  for (const couponId of [ofSteven, ofJanet, ofAndrew]) assert.deepEqual(await remindersTo(couponId), [])
  const reminded = (await bookletOf('janet', { show: 'all' })).coupons.find(({ coupon }) => coupon.id === ofJanet)
  assert.equal(reminded?.coupon.remindedAt, null)
  for (const name of ['steven', 'robert'] as const) await setState(name, 'active')
})

const setState = (name: Name, state: string) =>
  world.database.transaction(
    (tx) => tx`update member set state = ${state} where person_id = ${world.cast[name].personId}`,
  )

/** Who has reminded of a coupon by a message with the coupon in it. */
const remindersOf = async (couponId: string) => (await remindersTo(couponId)).map(({ authorId }) => authorId)

async function remindersTo(couponId: string) {
  await stage.react()
  await stage.react()
  return world.database.read(
    (tx) => tx<{ authorId: string; text: string }>`
      select author_id as "authorId", parts -> 0 ->> 'text' as text from message
      where id <> ${couponId} and parts @> ${JSON.stringify([{ type: 'text' }, { type: 'coupon', couponId }])}::jsonb`,
  )
}

test('G18-06 a coupon that is taken back cannot be used, and its campaign can give another', async () => {
  const { coupon, campaignId } = await issued('nancy', { stock: 1 })
  const take = { ...inside(), couponId: coupon.id, reason: 'By mistake' }
  await world.refuse('nancy', 'coupon.void', take, 'access.refused')
  const theirs = { ...take, organizationId: world.cast.otherOrganizationId }
  await world.refuse('outsider', 'coupon.void', theirs, 'coupon.not-found')
  await world.act('andrew', 'coupon.void', take)
  await world.act('andrew', 'coupon.void', take)
  await world.refuse('robert', 'coupon.redeem', redemptionOf(coupon), 'coupon.void')
  await world.refuse('nancy', 'coupon.save', { couponId: coupon.id }, 'coupon.void')
  assert.equal((await campaignNow(campaignId)).left, 1)
  const redemption = { ...inside(), couponId: coupon.id }
  const { redemptions } = (await world.ask('andrew', 'redemption.list', redemption)) as { redemptions: Redemption[] }
  assert.deepEqual(
    redemptions.map(({ outcome }) => outcome),
    ['coupon.void'],
  )
  const used = await issued('janet')
  await world.act('robert', 'coupon.redeem', redemptionOf(used.coupon))
  await world.refuse('andrew', 'coupon.void', { ...take, couponId: used.coupon.id }, 'coupon.redeemed')
})

test('G18-05 a booklet is read page by page, the newest first', async () => {
  const { coupons: all } = await bookletOf('nancy', { show: 'all' })
  assert.ok(all.length > 2)
  const read: string[] = []
  let after: string | undefined
  do {
    const page: Booklet = await bookletOf('nancy', { show: 'all', limit: 2, ...(after && { after }) })
    assert.ok(page.coupons.length > 0)
    read.push(...page.coupons.map(({ coupon }) => coupon.id))
    after = page.next ?? undefined
  } while (after)
  assert.deepEqual(
    read,
    all.map(({ coupon }) => coupon.id),
  )
})
