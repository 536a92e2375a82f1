import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import type { CheckedCoupon, RedeemedCoupon, RedemptionList } from '../../../protocol/redemptions.ts'
import type { CampaignStatistics } from '../../../protocol/coupons.ts'
import { CampaignId, OrganizationId } from '../../../protocol/ids.ts'
import type { z } from 'zod'
import type { Name } from '../../testing/cast.ts'
import { HOUR_MS, codeOf, euros, openCouponStage } from '../../testing/coupon-stage.ts'
import { issueCoupons, voidCoupons } from './issue-coupons.ts'

const stage = await openCouponStage()
const { world, inside, begin, redemptionOf, bookletOf, campaignNow, issued, tend } = stage
const gift = { kind: 'gift', ...euros(1_000) }
after(() => world[Symbol.asyncDispose]())

test('G18-06 of many tills that redeem one coupon at once, one does', async () => {
  const { coupon } = await issued('nancy')
  const tries = Array.from({ length: 12 }, (_, index) =>
    world.ask(index % 2 ? 'robert' : 'steven', 'coupon.redeem', redemptionOf(coupon, { place: `Till ${index}` })),
  )
  const outcomes = await Promise.allSettled(tries)
  const codes = outcomes.map(codeOf).toSorted()
  assert.deepEqual(codes, [...Array.from({ length: 11 }, () => 'coupon.redeemed'), 'done'].toSorted())
  const list = { ...inside(), couponId: coupon.id }
  const { redemptions } = (await world.ask('andrew', 'redemption.list', list)) as z.output<typeof RedemptionList>
  assert.deepEqual([redemptions.length, redemptions.filter(({ outcome }) => outcome === 'redeemed').length], [12, 1])
  const own = (await world.ask('robert', 'redemption.list', list)) as z.output<typeof RedemptionList>
  assert.ok(own.redemptions.every(({ staffId }) => staffId === world.cast.robert.personId))
})

test('G18-06 K-07 a coupon is refused where and when it is not valid, and to those who do not redeem it', async () => {
  const windows = [{ days: [4], from: '12:00', until: '14:00' }]
  const { coupon, campaignId } = await issued('nancy', {
    places: ['Berlin'],
    windows,
    timeZone: 'Europe/Berlin',
    minimumOrder: euros(1_000),
    redeemerIds: [world.cast.robert.personId],
  })
  const redeem = (more: object) => redemptionOf(coupon, { place: 'Berlin', order: euros(2_000), ...more })
  await world.refuse('robert', 'coupon.redeem', redeem({ place: 'Rome' }), 'coupon.not-here')
  await world.refuse('robert', 'coupon.redeem', redeem({}), 'coupon.not-now')
  const noon = new Date('2026-05-14T10:00:00Z')
  world.clock.set(noon)
  await world.refuse('robert', 'coupon.redeem', redeem({ order: euros(999) }), 'coupon.order-too-small')
  await world.refuse('robert', 'coupon.redeem', redeem({ order: null }), 'coupon.order-needed')
  await world.refuse(
    'robert',
    'coupon.redeem',
    redeem({ order: { amount: 5_000, currency: 'JPY' } }),
    'coupon.currency-differs',
  )
  await world.refuse('janet', 'coupon.redeem', redeem({}), 'coupon.not-found')
  await world.refuse('outsider', 'coupon.redeem', redeem({}), 'access.refused')
  const elsewhere = { organizationId: world.cast.otherOrganizationId }
  await world.refuse('outsider', 'coupon.redeem', redeem(elsewhere), 'coupon.not-found')
  await world.act('andrew', 'campaign.set-state', { ...inside(), campaignId, state: 'paused' })
  await world.refuse('robert', 'coupon.redeem', redeem({}), 'coupon.paused')
  const check = { ...inside(), code: coupon.code, place: 'Berlin', order: euros(2_000) }
  const checked = await world.act<CheckedCoupon>('robert', 'coupon.check', check)
  assert.equal(checked.refusal?.code, 'coupon.paused')
  await world.act('andrew', 'campaign.set-state', { ...inside(), campaignId, state: 'active' })
  const change = { ...inside(), campaignId }
  await world.act('andrew', 'campaign.change', { ...change, startsAt: '2026-05-14T10:01:00Z' })
  await world.refuse('robert', 'coupon.redeem', redeem({}), 'coupon.not-started')
  await world.act('andrew', 'campaign.change', { ...change, startsAt: null })
  assert.equal((await world.act<CheckedCoupon>('robert', 'coupon.check', check)).gives, 500)
  await world.act('robert', 'coupon.redeem', redeem({}))
  const endsAt = new Date(world.clock().getTime() + HOUR_MS).toISOString()
  const share = { kind: 'percentage', percent: 10 }
  const ending = await issued('janet', { endsAt, value: share, minimumOrder: euros(1_000) })
  const abroad = redemptionOf(ending.coupon, { order: { amount: 5_000, currency: 'JPY' } })
  await world.refuse('robert', 'coupon.redeem', abroad, 'coupon.currency-differs')
  world.clock.advance(HOUR_MS)
  const last = redemptionOf(ending.coupon, { order: euros(1_000) })
  await world.refuse('robert', 'coupon.redeem', last, 'coupon.expired')
})

test('G18-06 whoever tries codes out is stopped, and a try that was refused stays refused', async () => {
  world.clock.advance(2 * HOUR_MS)
  const guess = () => ({ ...inside(), code: '2222-2222-2222', redemptionId: uuidv7() })
  const first = guess()
  const clicks = await Promise.allSettled(Array.from({ length: 6 }, () => world.ask('janet', 'coupon.redeem', first)))
  assert.deepEqual(new Set(clicks.map(codeOf)), new Set(['coupon.not-found']))
  await world.refuse('janet', 'coupon.redeem', first, 'coupon.not-found')
  const others = Array.from({ length: 200 }, (_, index) =>
    index % 2
      ? world.ask('janet', 'coupon.redeem', guess())
      : world.ask('janet', 'coupon.check', { ...inside(), code: 'ABCD' }),
  )
  const codes = (await Promise.allSettled(others)).map(codeOf)
  assert.deepEqual(new Set(codes), new Set(['coupon.not-found', 'coupon.limit']))
  assert.equal(codes.filter((code) => code === 'coupon.not-found').length, 19, 'twenty with the first one')
  const [{ coupon }, { coupon: other }] = [await issued('robert'), await issued('robert')]
  const refusal = await world.refuse('janet', 'coupon.redeem', redemptionOf(coupon), 'coupon.limit')
  assert.ok((refusal.retryAfterMs ?? 0) > 0)
  const both = [coupon, other].map((one) => redemptionOf(one, { redemptionId: first.redemptionId }))
  const outcomes = await Promise.allSettled(both.map((one) => world.ask('steven', 'coupon.redeem', one)))
  assert.deepEqual(outcomes.map(codeOf).toSorted(), ['coupon.redemption-id-taken', 'done'])
  const used = outcomes[0]?.status === 'fulfilled' ? coupon : other
  world.clock.advance(HOUR_MS)
  await world.refuse('janet', 'coupon.redeem', guess(), 'coupon.not-found')
  await world.refuse('janet', 'coupon.redeem', redemptionOf(used), 'coupon.redeemed')
})

test('G18-06 a till holds a coupon for a while, and lets it go by itself', async () => {
  const { coupon, campaignId } = await issued('nancy')
  const unlock = { ...inside(), code: coupon.code, lockId: uuidv7() }
  const lock = { ...unlock, ttlSeconds: 60 }
  await world.act('robert', 'coupon.lock', lock)
  assert.equal((await bookletOf('nancy')).coupons[0]?.coupon.state, 'locked')
  await world.act('steven', 'coupon.unlock', { ...unlock, lockId: uuidv7() })
  await world.refuse('steven', 'coupon.redeem', redemptionOf(coupon), 'coupon.locked')
  await world.refuse('steven', 'coupon.lock', { ...lock, lockId: uuidv7() }, 'coupon.locked')
  const look = { ...inside(), code: coupon.code }
  assert.equal((await world.act<CheckedCoupon>('robert', 'coupon.check', look)).refusal, null)
  assert.equal((await world.act<CheckedCoupon>('steven', 'coupon.check', look)).refusal?.code, 'coupon.locked')
  world.clock.advance(61_000)
  await world.refuse('robert', 'coupon.redeem', redemptionOf(coupon, { lockId: lock.lockId }), 'coupon.lock-ended')
  await tend(campaignId)
  assert.equal((await bookletOf('nancy')).coupons[0]?.coupon.state, 'saved')
  await world.act('robert', 'coupon.lock', lock)
  await world.act('robert', 'coupon.unlock', unlock)
  await world.act('robert', 'coupon.lock', lock)
  const done = await world.act<RedeemedCoupon>('robert', 'coupon.redeem', redemptionOf(coupon, { lockId: lock.lockId }))
  assert.equal(done.coupon.state, 'redeemed')
  await world.refuse('robert', 'coupon.lock', { ...lock, lockId: uuidv7() }, 'coupon.redeemed')
})

test('G18-06 scans without network are decided by the server, first come, at the time they were taken', async () => {
  const { coupon, campaignId } = await issued('nancy', { validDays: 0 })
  const takenAt = new Date(world.clock().getTime() + HOUR_MS).toISOString()
  world.clock.advance(26 * HOUR_MS)
  await tend(campaignId)
  assert.equal((await campaignNow(campaignId)).counts.expired, 1)
  await world.refuse('robert', 'coupon.redeem', redemptionOf(coupon), 'coupon.expired')
  for (const hours of [1, -26.5, -8 * 24]) {
    const unlikely = new Date(world.clock().getTime() + hours * HOUR_MS).toISOString()
    await world.refuse('robert', 'coupon.redeem', redemptionOf(coupon, { takenAt: unlikely }), 'coupon.time-unlikely')
  }
  const late = redemptionOf(coupon, { takenAt, place: 'Market' })
  const earlier = new Date(Date.parse(takenAt) - HOUR_MS / 2).toISOString()
  const { redemption } = await world.act<RedeemedCoupon>('robert', 'coupon.redeem', late)
  assert.equal(Date.parse(redemption.takenAt ?? ''), Date.parse(takenAt))
  const again = await world.ask('robert', 'coupon.redeem', { ...late, takenAt: earlier })
  assert.equal((again as RedeemedCoupon).redemption.id, redemption.id, 'sent again later it is the same try')
  const second = redemptionOf(coupon, { takenAt: earlier })
  const refusal = await world.refuse('steven', 'coupon.redeem', second, 'coupon.redeemed')
  assert.equal(refusal.details?.['usedPlace'], 'Market')
  const { counts } = await campaignNow(campaignId)
  assert.deepEqual([counts.redeemed, counts.expired], [1, 0])
})

test('G18-06 a waiting scan older than a week is refused', async () => {
  const [{ coupon }, { coupon: other }] = [await issued('nancy'), await issued('nancy')]
  world.clock.advance(8 * 24 * HOUR_MS)
  const scanned = (seconds: number) => ({
    takenAt: new Date(world.clock().getTime() - 7 * 24 * HOUR_MS + seconds * 1_000).toISOString(),
  })
  const old = redemptionOf(coupon, scanned(-1))
  await world.refuse('robert', 'coupon.redeem', old, 'coupon.time-unlikely')
  await world.act('robert', 'coupon.redeem', redemptionOf(other, scanned(0)))
  // It was not decided: the customer still has it, and it is taken now.
  assert.equal((await bookletOf('nancy')).coupons.find((held) => held.coupon.id === coupon.id)?.coupon.state, 'saved')
  await world.act('robert', 'coupon.redeem', redemptionOf(coupon))
})

test('G18-06 what is left of a gift that was used in time is over with its time, whenever that use is heard of', async () => {
  for (const isTended of [true, false]) {
    const { coupon, campaignId } = await issued('nancy', { value: gift, validDays: 0 })
    const takenAt = new Date(world.clock().getTime() + HOUR_MS).toISOString()
    world.clock.advance(26 * HOUR_MS)
    if (isTended) await tend(campaignId)
    const late = redemptionOf(coupon, { takenAt, amount: 400, place: 'Market' })
    const used = await world.act<RedeemedCoupon>('robert', 'coupon.redeem', late)
    assert.deepEqual([used.coupon.state, used.coupon.balance], ['expired', 600])
    await tend(campaignId)
    const { counts } = await campaignNow(campaignId)
    assert.deepEqual([counts.redeemed, counts.expired, counts.valueGiven], [0, 1, 400])
    await requireNoneBelowNothing(campaignId)
  }
})

test('G18-06 what a gift gave and is taken back after the gift itself comes back into the budget', async () => {
  const { coupon, campaignId } = await issued('nancy', { value: gift, budget: 1_000 })
  const spend = (more: object) => world.act<RedeemedCoupon>('robert', 'coupon.redeem', redemptionOf(coupon, more))
  await spend({ amount: 400, place: 'Market' })
  const second = await spend({ amount: 100, place: 'Harbour' })
  const back = (id: string) => world.act('robert', 'redemption.roll-back', { ...inside(), id })
  await world.act('andrew', 'coupon.void', { ...inside(), couponId: coupon.id, reason: 'By mistake' })
  assert.equal((await campaignNow(campaignId)).left, 0)
  await back(second.redemption.id)
  const { redemptions } = (await world.ask('robert', 'redemption.list', {
    ...inside(),
    couponId: coupon.id,
  })) as z.output<typeof RedemptionList>
  for (const { id } of redemptions.filter(({ rolledBackAt }) => rolledBackAt === null)) await back(id)
  const { left, counts } = await campaignNow(campaignId)
  assert.deepEqual([left, counts.void, counts.redeemed, counts.valueGiven], [1, 1, 0, 0])
  await requireNoneBelowNothing(campaignId)
})

async function requireNoneBelowNothing(campaignId: string): Promise<void> {
  const asked = { ...inside(), campaignId, days: 2 }
  const { days } = (await world.ask('andrew', 'campaign.statistics', asked)) as z.output<typeof CampaignStatistics>
  const counts = days.flatMap(({ day: _day, place: _place, ...numbers }) => Object.values(numbers))
  assert.ok(counts.length > 0 && counts.every((count) => count >= 0), JSON.stringify(days))
}

test('G18-06 a redemption is taken back once, of a gift in part, and counts with it', async () => {
  const { coupon, campaignId } = await issued('nancy', { value: gift, budget: 2_500 })
  assert.equal((await campaignNow(campaignId)).left, 1)
  await world.refuse('robert', 'coupon.redeem', redemptionOf(coupon, { amount: 1_001 }), 'coupon.gift-exceeded')
  await world.refuse('robert', 'coupon.redeem', redemptionOf(coupon), 'coupon.amount-needed')
  const small = redemptionOf(coupon, { amount: 400, order: euros(300) })
  await world.refuse('robert', 'coupon.redeem', small, 'coupon.order-too-small')
  const spend = (more: object) => world.act<RedeemedCoupon>('robert', 'coupon.redeem', redemptionOf(coupon, more))
  const first = await spend({ amount: 400 })
  const { redemption } = await spend({ amount: 600 })
  assert.deepEqual([first.coupon.balance, first.coupon.state], [600, 'saved'])
  const back = { ...inside(), id: redemption.id, amount: 100 }
  await world.refuse('robert', 'redemption.roll-back', { ...back, amount: 601 }, 'coupon.rollback-amount')
  await world.refuse('steven', 'redemption.roll-back', back, 'coupon.redemption-not-found')
  const elsewhere = { ...back, organizationId: world.cast.otherOrganizationId }
  await world.refuse('outsider', 'redemption.roll-back', elsewhere, 'coupon.redemption-not-found')
  const outcomes = await Promise.allSettled(
    Array.from({ length: 4 }, () => world.ask('robert', 'redemption.roll-back', back)),
  )
  assert.deepEqual(outcomes.map(codeOf).toSorted(), [
    'coupon.rolled-back',
    'coupon.rolled-back',
    'coupon.rolled-back',
    'done',
  ])
  const [held] = (await bookletOf('nancy')).coupons
  assert.deepEqual([held?.coupon.balance, held?.coupon.state], [100, 'saved'])
  const { counts } = await campaignNow(campaignId)
  assert.deepEqual([counts.redeemed, counts.valueGiven], [0, 900])
  await countsWhereItWas(gift)
  const { coupon: whole, campaignId: ofWhole } = await issued('janet')
  const used = await world.act<RedeemedCoupon>('robert', 'coupon.redeem', redemptionOf(whole))
  const part = { ...inside(), id: used.redemption.id, amount: 100 }
  await world.refuse('robert', 'redemption.roll-back', part, 'coupon.rollback-amount')
  const tries = await world.ask('andrew', 'redemption.list', { ...inside(), couponId: coupon.id })
  const refused = (tries as z.output<typeof RedemptionList>).redemptions.find(({ outcome }) => outcome !== 'redeemed')
  const ofNothing = { ...inside(), id: refused?.id }
  await world.refuse('robert', 'redemption.roll-back', ofNothing, 'coupon.redemption-not-found')
  const staff = (redeemerIds: string[] | null) =>
    world.act('andrew', 'campaign.change', { ...inside(), campaignId: ofWhole, redeemerIds })
  await staff([world.cast.steven.personId])
  const own = { ...inside(), id: used.redemption.id }
  await world.refuse('robert', 'redemption.roll-back', own, 'coupon.redemption-not-found')
  await staff(null)
  await world.act('robert', 'redemption.roll-back', own)
  const { coupons: unused } = await bookletOf('janet')
  assert.equal(unused.find((one) => one.coupon.id === whole.id)?.coupon.redeemedAt, null)
  const short = await issued('nancy', { value: gift, validDays: 0 })
  const spent = await world.act<RedeemedCoupon>('robert', 'coupon.redeem', redemptionOf(short.coupon, { amount: 400 }))
  world.clock.advance(26 * HOUR_MS)
  await tend(short.campaignId)
  await world.act('robert', 'redemption.roll-back', { ...inside(), id: spent.redemption.id })
  assert.equal((await campaignNow(short.campaignId)).counts.expired, 1, 'it has expired once')
  const { coupons: over } = await bookletOf('nancy', { show: 'over' })
  assert.equal(over.find((one) => one.coupon.id === short.coupon.id)?.coupon.state, 'expired')
  const { entries } = Object(await world.ask('andrew', 'audit.list', inside()))
  assert.ok(entries.some(({ act }: { act: string }) => act === 'coupon.rolled-back'))
  world.clock.advance(91 * 24 * HOUR_MS)
  const first1 = { ...inside(), id: first.redemption.id }
  await world.refuse('andrew', 'redemption.roll-back', first1, 'coupon.rollback-late')
})

/** Spent at two places on two days, of which the first is taken back. */
async function countsWhereItWas(value: object) {
  const { coupon, campaignId } = await issued('janet', { value, timeZone: 'UTC' })
  const spend = (more: object) => world.act<RedeemedCoupon>('robert', 'coupon.redeem', redemptionOf(coupon, more))
  const { redemption } = await spend({ amount: 400, place: 'Market' })
  world.clock.advance(24 * HOUR_MS)
  await spend({ amount: 600, place: 'Station' })
  const counted = async () => {
    const asked = { ...inside(), campaignId, days: 2 }
    const { days } = (await world.ask('andrew', 'campaign.statistics', asked)) as z.output<typeof CampaignStatistics>
    return days
      .filter(({ place }) => place !== '')
      .map(({ place, redeemed, valueGiven: gave }) => [place, redeemed, gave])
  }
  assert.deepEqual(await counted(), [
    ['Market', 0, 400],
    ['Station', 1, 600],
  ])
  await world.act('robert', 'redemption.roll-back', { ...inside(), id: redemption.id })
  assert.deepEqual(await counted(), [['Station', 0, 600]], 'it is not used up any more, where it was')
}

test('K-12 what is issued for one source is one coupon, and is taken back as far as it is unused', async () => {
  const { id } = await begin({ stock: 2, perPerson: null })
  const campaignId = CampaignId.parse(id)
  const organizationId = OrganizationId.parse(world.cast.organizationId)
  const issue = (sourceKey: string, name: Name) => ({
    organizationId,
    campaignId,
    personId: world.cast[name].personId,
    sourceKey,
  })
  const run = (...issues: ReturnType<typeof issue>[]) =>
    world.database.transaction((tx) => issueCoupons(tx, world.clock(), issues))
  const all = await Promise.all(
    Array.from({ length: 6 }, () => run(issue('order 1', 'nancy'), issue('order 2', 'janet'))),
  )
  assert.equal(new Set(all.flat().map((one) => Object(one).couponId)).size, 2)
  assert.equal(all.flat().filter((one) => Object(one).isFresh).length, 2)
  assert.deepEqual(await run(issue('order 1', 'janet'), issue('order 3', 'janet')), [
    { refusal: 'coupon.source-taken' },
    { refusal: 'coupon.sold-out' },
  ])
  const [first] = await run(issue('order 1', 'nancy'))
  const redeem = { ...inside(), code: Object(first).code, redemptionId: uuidv7() }
  const { redemption } = await world.act<RedeemedCoupon>('robert', 'coupon.redeem', redeem)
  const voidings = ['order 1', 'order 2', 'order 9'].map((sourceKey) => ({ campaignId, sourceKey }))
  const takeBack = () =>
    world.database.transaction((tx) => voidCoupons(tx, world.clock(), { voidings, reason: 'order cancelled' }))
  assert.deepEqual(
    (await takeBack()).map(({ outcome }) => outcome),
    ['redeemed', 'void', 'unknown'],
  )
  assert.deepEqual(
    (await takeBack()).map(({ outcome }) => outcome),
    ['redeemed', 'already-void', 'unknown'],
  )
  const { left, counts } = await campaignNow(campaignId)
  assert.deepEqual([left, counts.void, counts.redeemed], [1, 1, 1])
  const [again] = await run(issue('order 2', 'janet'))
  assert.equal(Object(again).state, 'void')
  await world.act('robert', 'redemption.roll-back', { ...inside(), id: redemption.id })
  await world.refuse('robert', 'coupon.redeem', { ...redeem, redemptionId: uuidv7() }, 'coupon.void')
  const after = await campaignNow(campaignId)
  assert.deepEqual([after.left, after.counts.void, after.counts.redeemed], [2, 2, 0], 'it was used, and then not')
})

test('G18-06 who only redeems a campaign sees what the till asks for, and nothing of customers, money and counts', async () => {
  const { robert, nancy, janet } = world.cast
  const people = { customers: { kind: 'people', personIds: [nancy.personId] }, budget: 50_000 }
  const { id: campaignId } = await begin({ ...people, redeemerIds: [robert.personId], senderIds: [janet.personId] })
  const seen = Object(await world.ask('robert', 'campaign.get', { ...inside(), campaignId }))
  const list = Object(await world.ask('robert', 'campaign.list', inside()))
  const [listed] = list.campaigns
  assert.deepEqual(listed, seen)
  assert.deepEqual(seen.may, { manage: false, send: false, redeem: true })
  assert.deepEqual([seen.title, seen.value], ['Five euros', { kind: 'amount', amount: 500, currency: 'EUR' }])
  for (const hidden of ['customers', 'budget', 'stock', 'left', 'counts', 'senderIds', 'redeemerIds'])
    assert.ok(!(hidden in seen), hidden)
  const sender = Object(await world.ask('janet', 'campaign.get', { ...inside(), campaignId }))
  assert.equal(sender.budget, 50_000)
  await world.refuse('nancy', 'campaign.get', { ...inside(), campaignId }, 'campaign.not-found')
  await world.refuse('robert', 'campaign.statistics', { ...inside(), campaignId }, 'access.refused')
})
