import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { CouponState, CouponValue, TimeWindow } from '../../../protocol/coupons.ts'
import { CampaignId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { admit, keyOf, type Asked, type HeldCampaign, type PersonFacts } from './admission.ts'
import type { CampaignContent } from './campaign-content.ts'
import { makeCodes, plainCode, shownCode } from './coupon-code.ts'
import {
  afterRollBack,
  afterUse,
  decideRollBack,
  decideUse,
  stateAt,
  timeTaken,
  type CouponFacts,
  type Spent,
} from './coupon-rules.ts'
import { expiryOf, isOpenAt, localDay, localTime, startOfDay, wakingTime } from './time-rules.ts'
import { valueGiven } from './value-rules.ts'

const zones = ['UTC', 'Europe/Berlin', 'America/Sao_Paulo', 'Asia/Kolkata', 'Pacific/Apia', 'Asia/Beirut']
const anyZone = fc.constantFrom(...zones)
const anyTime = fc.date({ min: new Date('2010-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
const clock = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
const anyWindow = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
    fc.nat(1_439),
    fc.integer({ min: 0, max: 1_440 }),
  )
  .filter(([, from, until]) => from !== until)
  .map(([days, from, until]): TimeWindow => ({ days, from: clock(from), until: clock(until) }))

/** Minute by minute through a week, as one would with a finger on the calendar. */
function isOpenByCounting({ days, from, until }: TimeWindow, weekday: number, minute: number): boolean {
  const [begin = 0, end = 0] = [from, until].map((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3)))
  const length = (end - begin + 1_440) % 1_440 || 1_440
  const at = (weekday - 1) * 1_440 + minute
  return days.some((day) => (at - ((day - 1) * 1_440 + begin) + 10_080) % 10_080 < length)
}

test('K-07 a window holds from its first minute up to, not including, its last, also over midnight', () => {
  fc.assert(
    fc.property(anyWindow, anyZone, anyTime, (window, zone, at) => {
      const { weekday, minute } = localTime(zone, at)
      assert.equal(isOpenAt([window], zone, at), isOpenByCounting(window, weekday, minute))
    }),
  )
  const evening: TimeWindow = { days: [5], from: '22:00', until: '02:00' }
  const isOpen = (time: string) => isOpenAt([evening], 'Europe/Berlin', new Date(time))
  assert.deepEqual(
    ['2026-05-15T19:59:59.999Z', '2026-05-15T20:00:00Z', '2026-05-15T23:59:59Z', '2026-05-16T00:00:00Z'].map(isOpen),
    [false, true, true, false],
  )
  assert.equal(isOpenAt([], 'UTC', new Date()), true)
})

test('K-07 windows follow the clock on the wall when it is put forward or back', () => {
  const noon: TimeWindow = { days: [7], from: '12:00', until: '13:00' }
  const isOpen = (time: string) => isOpenAt([noon], 'Europe/Berlin', new Date(time))
  // The clocks go forward in the morning of 29 March 2026, and back in that of 25 October.
  assert.deepEqual(['2026-03-22T11:30:00Z', '2026-03-29T10:30:00Z', '2026-03-29T11:30:00Z'].map(isOpen), [
    true,
    true,
    false,
  ])
  assert.deepEqual(['2026-10-18T10:30:00Z', '2026-10-25T11:30:00Z', '2026-10-25T10:30:00Z'].map(isOpen), [
    true,
    true,
    false,
  ])
})

test('nobody is reminded at night: what falls into it waits for nine in the morning, also when the clocks are changed', () => {
  const toldAt = (time: string) => wakingTime('Europe/Berlin', new Date(time)).toISOString()
  assert.equal(toldAt('2026-05-14T18:59:00.000Z'), '2026-05-14T18:59:00.000Z')
  assert.equal(toldAt('2026-05-14T19:00:00.000Z'), '2026-05-15T07:00:00.000Z')
  assert.equal(toldAt('2026-05-14T22:00:00.000Z'), '2026-05-15T07:00:00.000Z')
  assert.equal(toldAt('2026-05-15T07:00:00.000Z'), '2026-05-15T07:00:00.000Z')
  assert.equal(toldAt('2026-03-28T23:30:00.000Z'), '2026-03-29T07:00:00.000Z')
  assert.equal(toldAt('2026-10-24T20:00:00.000Z'), '2026-10-25T08:00:00.000Z')
  fc.assert(
    fc.property(anyZone, anyTime, (timeZone, time) => {
      const told = wakingTime(timeZone, time)
      const { minute } = localTime(timeZone, told)
      assert.ok(told >= time && told.getTime() - time.getTime() < 14 * 3_600_000)
      assert.ok(minute >= 9 * 60 && minute < 21 * 60, `${timeZone} ${told.toISOString()}`)
    }),
  )
})

test('days are counted by the calendar, also those of 23 and 25 hours', () => {
  const dayIn = (time: string, before: number) => localDay('Europe/Berlin', new Date(time), before)
  assert.deepEqual(
    [0, 1, 2].map((before) => dayIn('2026-10-25T22:30:00Z', before)),
    ['2026-10-25', '2026-10-24', '2026-10-23'],
  )
  assert.deepEqual(
    [0, 1, 2].map((before) => dayIn('2026-03-29T22:30:00Z', before)),
    ['2026-03-30', '2026-03-29', '2026-03-28'],
  )
})

test('a day begins with its first moment in every zone, and a coupon is good until the end of its last day', () => {
  fc.assert(
    fc.property(anyZone, anyTime, fc.nat(400), (timeZone, issuedAt, validDays) => {
      const today = localTime(timeZone, issuedAt)
      const begin = startOfDay(timeZone, today)
      assert.ok(begin <= issuedAt, `${timeZone} ${begin.toISOString()} ${issuedAt.toISOString()}`)
      assert.deepEqual(localTime(timeZone, begin).day, today.day)
      assert.notDeepEqual(localTime(timeZone, new Date(begin.getTime() - 1)).day, today.day)
      const end = expiryOf({ timeZone, validDays, endsAt: null }, issuedAt)
      assert.ok(end)
      const last = new Date(Date.UTC(today.year, today.month - 1, today.day + validDays + 1))
      const after = localTime(timeZone, end)
      assert.ok(Date.UTC(after.year, after.month - 1, after.day) >= last.getTime())
      const before = localTime(timeZone, new Date(end.getTime() - 1))
      assert.ok(Date.UTC(before.year, before.month - 1, before.day) < last.getTime())
    }),
  )
  const endsAt = '2026-05-14T12:00:00.000000Z'
  const end = expiryOf({ timeZone: 'UTC', validDays: 2, endsAt }, new Date('2026-05-14T09:00:00Z'))
  assert.equal(end?.toISOString(), '2026-05-14T12:00:00.000Z')
  assert.equal(expiryOf({ timeZone: 'UTC', validDays: null, endsAt: null }, new Date()), null)
})

const euros = (amount: number) => ({ amount, currency: 'EUR' })
const anyAmount = fc.integer({ min: 1, max: 1_000_000_000_000 })
const anyValue: fc.Arbitrary<CouponValue> = fc.oneof(
  anyAmount.map((amount) => ({ kind: 'amount' as const, ...euros(amount) })),
  fc
    .tuple(fc.integer({ min: 1, max: 100 }), fc.option(anyAmount))
    .map(([percent, cap]) => ({ kind: 'percentage' as const, percent, cap: cap === null ? null : euros(cap) })),
  fc.constant({ kind: 'item' as const, item: 'Tea' }),
  anyAmount.map((amount) => ({ kind: 'gift' as const, ...euros(amount) })),
)

test('K-06 a coupon never gives more than the order, its cap or what is left of it, in whole minor units', () => {
  fc.assert(
    fc.property(anyValue, anyAmount, fc.option(anyAmount), (value, order, amount) => {
      const balance = value.kind === 'gift' ? Math.ceil(value.amount / 2) : null
      const given = valueGiven({ value, minimumOrder: null, order: euros(order), balance, amount })
      if ('refusal' in given) return assert.equal(value.kind, 'gift')
      assert.ok(Number.isSafeInteger(given.gives) && given.gives >= 0 && given.gives <= order)
      if (value.kind === 'percentage' && value.cap) assert.ok(given.gives <= value.cap.amount)
      if (value.kind === 'amount') assert.equal(given.gives, Math.min(value.amount, order))
      if (balance !== null) assert.ok(given.gives <= balance)
    }),
  )
  const value: CouponValue = { kind: 'percentage', percent: 10, cap: euros(500) }
  const ask = (more: object) =>
    valueGiven({ value, minimumOrder: null, order: null, balance: null, amount: null, ...more })
  assert.deepEqual(ask({ order: euros(1_999) }), { gives: 199 })
  assert.deepEqual(ask({ order: euros(10_000) }), { gives: 500 })
  assert.deepEqual(ask({}), { refusal: 'coupon.order-needed' })
  assert.deepEqual(ask({ order: { amount: 100, currency: 'JPY' } }), { refusal: 'coupon.currency-differs' })
  assert.deepEqual(ask({ minimumOrder: euros(1_000), order: euros(999) }), { refusal: 'coupon.order-too-small' })
})

test('G18-06 codes are twelve letters that cannot be mistaken, each another, however they are typed', () => {
  const codes = makeCodes(5_000)
  assert.equal(new Set(codes).size, codes.length)
  for (const code of codes) assert.match(code, /^[2-9A-HJ-NP-Z]{12}$/)
  const [code = ''] = codes
  assert.equal(plainCode(shownCode(code)), code)
  assert.equal(plainCode(` ${shownCode(code).toLowerCase()} `), code)
  assert.deepEqual(['', 'ABC', '0000-0000-0000', `${code}2`].map(plainCode), [
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

const NOW = Date.parse('2026-05-14T09:00:00Z')
const DAY = 24 * 3_600_000
const content: CampaignContent = {
  name: 'Spring',
  title: 'Spring',
  text: '',
  terms: '',
  value: { kind: 'gift', amount: 1_000, currency: 'EUR' },
  minimumOrder: null,
  timeZone: 'UTC',
  startsAt: null,
  endsAt: null,
  validDays: null,
  windows: [],
  places: [],
  customers: { kind: 'everybody' },
  stock: null,
  perPerson: null,
  budget: null,
  isTransferable: false,
  remindDays: null,
  senderId: PersonId.parse('00000000-0000-4000-8000-000000000001'),
  senderIds: [],
  redeemerIds: null,
}
const campaign: HeldCampaign = {
  id: CampaignId.parse('00000000-0000-4000-8000-000000000002'),
  organizationId: OrganizationId.parse('00000000-0000-4000-8000-000000000003'),
  state: 'active',
  content,
  issued: 0,
  committed: 0,
  tendAt: null,
}

type Step =
  | { do: 'use'; amount: number }
  | { do: 'roll back'; which: number; amount: number }
  | { do: 'lock' | 'unlock' | 'void' | 'expire' | 'save' }
  | { do: 'wait'; ms: number }
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('use' as const), amount: fc.integer({ min: 1, max: 1_200 }) }),
  fc.record({ do: fc.constant('roll back' as const), which: fc.nat(5), amount: fc.integer({ min: 1, max: 1_000 }) }),
  fc.record({
    do: fc.constantFrom('lock' as const, 'unlock' as const, 'void' as const, 'expire' as const, 'save' as const),
  }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.nat(3 * DAY) }),
)

test('G18-06 whatever is done with a gift, what it gave and what is left is what it was worth', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 40 }), (steps) => {
      let now = new Date(NOW)
      let coupon: CouponFacts = {
        state: 'issued',
        balance: 1_000,
        issuedAt: now.toISOString(),
        expiresAt: new Date(NOW + 10 * DAY).toISOString(),
        lockId: null,
        lockedUntil: null,
      }
      const spent: Spent[] = []
      let wasVoid = false
      for (const step of steps) {
        const state = stateAt(coupon, now)
        if (step.do === 'wait') now = new Date(now.getTime() + step.ms)
        if (step.do === 'save' && state === 'issued') coupon = { ...coupon, state: 'saved' }
        if (step.do === 'lock' && (state === 'issued' || state === 'saved')) {
          const lockedUntil = new Date(now.getTime() + DAY).toISOString()
          coupon = { ...coupon, state: 'locked', lockId: 'till', lockedUntil }
        }
        if (step.do === 'unlock' && coupon.state === 'locked')
          coupon = { ...coupon, state: 'saved', lockId: null, lockedUntil: null }
        if (step.do === 'void' && (state === 'issued' || state === 'saved' || state === 'locked')) {
          coupon = { ...coupon, state: 'void', lockId: null, lockedUntil: null }
          wasVoid = true
        }
        if (step.do === 'expire' && state === 'expired')
          coupon = { ...coupon, state: 'expired', lockId: null, lockedUntil: null }
        if (step.do === 'use') {
          const use = { at: now, now, place: '', order: null, amount: step.amount, lockId: undefined }
          const decision = decideUse(coupon, campaign, use)
          const mayBeUsed = state === 'issued' || state === 'saved'
          assert.equal('gives' in decision, mayBeUsed && step.amount <= (coupon.balance ?? 0))
          if ('gives' in decision) {
            coupon = { ...coupon, ...afterUse(coupon, decision.gives, now), lockId: null, lockedUntil: null }
            spent.push({ value: decision.gives, rolledBack: 0, at: now.toISOString(), rolledBackAt: null })
          }
        }
        const which = step.do === 'roll back' ? step.which % Math.max(1, spent.length) : 0
        const one = step.do === 'roll back' ? spent[which] : undefined
        if (one && step.do === 'roll back') {
          const decision = decideRollBack(one, { amount: step.amount, isGift: true, now })
          assert.equal('back' in decision, one.rolledBackAt === null && step.amount <= one.value)
          if ('back' in decision) {
            coupon = { ...coupon, ...afterRollBack(coupon, decision.back, now), lockId: null, lockedUntil: null }
            spent[which] = { ...one, rolledBack: decision.back, rolledBackAt: now.toISOString() }
          }
        }
        const given = spent.reduce((sum, { value, rolledBack }) => sum + value - rolledBack, 0)
        assert.equal(given + (coupon.balance ?? 0), 1_000)
        assert.ok((coupon.balance ?? 0) >= 0)
        assert.equal(
          coupon.state === 'redeemed',
          coupon.balance === 0 && coupon.state !== 'void' && !isOver(coupon.state),
        )
        if (wasVoid) assert.equal(coupon.state, 'void')
      }
    }),
    { numRuns: 300 },
  )
})

const isOver = (state: CouponState) => state === 'expired' || state === 'void'

test('a scan without network counts from when it was taken, within a week and not from the future', () => {
  const now = new Date(NOW)
  const taken = (ms: number) => timeTaken(new Date(NOW + ms).toISOString(), now)
  assert.deepEqual(timeTaken(undefined, now), now)
  assert.deepEqual(taken(-DAY), new Date(NOW - DAY))
  assert.deepEqual(taken(30_000), now)
  assert.deepEqual([taken(61_000), taken(-8 * DAY)], [undefined, undefined])
  const expired: CouponFacts = {
    state: 'expired',
    balance: null,
    issuedAt: new Date(NOW - 3 * DAY).toISOString(),
    expiresAt: new Date(NOW - DAY).toISOString(),
    lockId: null,
    lockedUntil: null,
  }
  assert.deepEqual([stateAt(expired, now), stateAt(expired, new Date(NOW - 2 * DAY))], ['expired', 'saved'])
})

const personOf = (index: number) =>
  PersonId.parse(`00000000-0000-4000-8000-0000000001${String(index).padStart(2, '0')}`)

test('G18-05 K-12 stock, budget and shares hold to the last coupon, in every order and however often one asks', () => {
  const anyAsking = fc.array(fc.tuple(fc.nat(9), fc.nat(5)), { maxLength: 120 })
  const anyLimit = fc.option(fc.integer({ min: 1, max: 30 }))
  fc.assert(
    fc.property(anyAsking, anyLimit, anyLimit, fc.option(fc.nat(20_000)), (asking, stock, perPerson, budget) => {
      const limited: HeldCampaign = { ...campaign, content: { ...content, stock, perPerson, budget } }
      const asked = asking.map(([person, source]): Asked => {
        const { id: campaignId, organizationId } = campaign
        const personId = personOf(person)
        return { organizationId, campaignId, personId, sourceKey: `${personId} ${source}`, isClaim: true }
      })
      const facts: PersonFacts = { takesPart: true, tags: [], taken: 0, open: 0 }
      const people = new Map(asked.map(({ personId }) => [keyOf(campaign.id, personId), facts]))
      let made = 0
      const { fresh, answers } = admit(asked, {
        campaigns: new Map([[campaign.id, limited]]),
        people,
        issued: new Map(),
        now: new Date(NOW),
        makeCode: () => `CODE${made++}`,
      })
      assert.ok(fresh.length <= (stock ?? Infinity) && fresh.length * 1_000 <= (budget ?? Infinity))
      const byPerson = Map.groupBy(fresh, ({ issuedTo }) => issuedTo)
      for (const own of byPerson.values()) assert.ok(own.length <= (perPerson ?? Infinity))
      assert.equal(new Set(fresh.map(({ id }) => id)).size, fresh.length)
      const wanted = new Set(asked.map(({ sourceKey }) => sourceKey)).size
      if (stock === null && perPerson === null && budget === null) assert.equal(fresh.length, wanted)
      for (const [index, { sourceKey }] of asked.entries()) {
        const first = asked.findIndex((one) => one.sourceKey === sourceKey)
        const [answer, before] = [answers[index], answers[first]]
        if (before && 'couponId' in before)
          assert.ok(answer && 'couponId' in answer && answer.couponId === before.couponId)
      }
    }),
  )
})
