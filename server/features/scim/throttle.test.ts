import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createThrottle } from './throttle.ts'

test('a provider may send a burst, then as many as fit into each second; others are not touched', () => {
  const throttle = createThrottle()
  const send = (nowMs: number, token = 'one') => throttle.enter(token, nowMs)()
  for (let count = 0; count < 1_200; count++) send(0)
  const tooFast = { name: 'ScimFault', status: 429, retryAfterS: 1, message: /400 requests a second, 1200 in a burst/ }
  assert.throws(() => send(0), tooFast)
  send(0, 'other')
  for (let count = 0; count < 400; count++) send(1_000)
  assert.throws(() => send(1_000), tooFast)
  const leaves = Array.from({ length: 32 }, () => throttle.enter('two', 0))
  assert.throws(() => throttle.enter('two', 0), { status: 429, message: /32 requests under way/ })
  leaves[0]?.()
  throttle.enter('two', 0)
})
