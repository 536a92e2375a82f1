import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { guessesPerCode, refuseGuess, refuseRequest, sendTime, sourceGroup, type Usage } from './rules.ts'
import { hashCode, makeCode } from './secrets.ts'
import { createSeal } from '../../platform/seal.ts'

const now = new Date('2026-05-14T09:00:00.000Z')
const after = (milliseconds: number) => new Date(now.getTime() + milliseconds)
const none = { ofBoth: 0, ofAddress: 0, ofSource: 0, inTotal: 0, ofKnown: 0 }
const stranger = (usage: Partial<Usage>) => ({ usage: { ...none, ...usage }, isKnown: false })
const known = (usage: Partial<Usage>) => ({ usage: { ...none, ...usage }, isKnown: true })

test('a code goes out at once, unless the one before went out less than a minute ago', () => {
  assert.deepEqual(sendTime(null, now), now)
  assert.deepEqual(sendTime(after(-60_000).toISOString(), now), now)
  assert.deepEqual(sendTime(after(-59_000).toISOString(), now), after(1_000))
  assert.deepEqual(sendTime(after(30_000).toISOString(), now), after(90_000))
})

test('whoever would wait more than two minutes for a code is told to come back', () => {
  assert.equal(refuseRequest(stranger({}), after(120_000), now), undefined)
  assert.equal(refuseRequest(stranger({}), after(120_001), now)?.retryAfterMs, 120_001)
})

test('each limit alone is enough to refuse', () => {
  for (const over of [{ ofBoth: 10 }, { ofAddress: 30 }, { ofSource: 1_000 }, { inTotal: 30_000 }])
    assert.equal(refuseRequest(stranger(over), now, now)?.code, 'code.limit')
  for (const over of [{ ofBoth: 10 }, { ofSource: 200 }, { inTotal: 10_000 }])
    assert.equal(refuseGuess(stranger(over))?.code, 'code.limit')
  assert.equal(refuseGuess(stranger({ ofBoth: 9, ofAddress: 9_999, ofSource: 199, inTotal: 9_999 })), undefined)
})

test('nothing that strangers do is counted against a browser in which the address has signed in before', () => {
  const flooded = { ofBoth: 9_999, ofAddress: 9_999, ofSource: 9_999, inTotal: 99_999 }
  assert.equal(refuseGuess(known(flooded)), undefined)
  assert.equal(refuseRequest(known(flooded), now, now), undefined)
  assert.equal(guessesPerCode({ ...none, ...flooded }, true), 5)
  assert.equal(refuseGuess(known({ ofKnown: 10 }))?.code, 'code.limit')
  assert.equal(refuseRequest(known({ ofKnown: 10 }), now, now)?.code, 'code.limit')
  assert.equal(refuseGuess(stranger({ ofKnown: 10 })), undefined)
})

test('an address at which many guess takes one guess for each code, so that its owner still gets in', () => {
  assert.equal(guessesPerCode({ ...none, ofAddress: 99 }, false), 5)
  assert.equal(guessesPerCode({ ...none, ofAddress: 100 }, false), 1)
})

test('limits of a source hold for an IPv4 address, and for a whole /64 of IPv6', () => {
  assert.equal(sourceGroup('198.51.100.7'), '198.51.100.7')
  assert.equal(sourceGroup('::ffff:198.51.100.7'), '198.51.100.7')
  assert.equal(sourceGroup('2001:db8:0:1:2:3:4:5'), '2001:db8:0:1::/64')
  assert.equal(sourceGroup('2001:db8::5'), '2001:db8:0:0::/64')
  assert.equal(sourceGroup('::1'), '0:0:0:0::/64')
  assert.equal(sourceGroup('fe80::1%eth0'), 'fe80:0:0:0::/64')
})

const toAddress = (groups: readonly number[]) => groups.map((one) => one.toString(16)).join(':')

test('two addresses of IPv6 share their limits exactly when their first 64 bits are the same', () => {
  const group = fc.integer({ min: 0, max: 0xffff })
  const halves = fc.array(group, { minLength: 4, maxLength: 4 })
  fc.assert(
    fc.property(halves, halves, halves, (network, here, there) => {
      const [one, other] = [here, there].map((rest) => sourceGroup(toAddress([...network, ...rest])))
      assert.equal(one, other)
      const [first = 0, ...others] = network
      assert.notEqual(sourceGroup(toAddress([first ^ 1, ...others, ...here])), one)
    }),
  )
})

test('a code has eight digits, and its hash fits one request and one server', () => {
  const codes = Array.from({ length: 1_000 }, makeCode)
  assert.ok(codes.every((code) => /^\d{8}$/.test(code)))
  assert.ok(new Set(codes).size > 990)
  const [here, elsewhere] = [createSeal(new Uint8Array(32)), createSeal(new Uint8Array(32).fill(1))]
  const hash = hashCode(here, 'a', '12345678')
  assert.deepEqual(hashCode(here, 'a', '12345678'), hash)
  assert.notDeepEqual(hashCode(here, 'b', '12345678'), hash)
  assert.notDeepEqual(hashCode(elsewhere, 'a', '12345678'), hash)
})
