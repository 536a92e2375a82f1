import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ScimFault } from './scim-fault.ts'
import { createThrottle } from './throttle.ts'

test('a provider may send a burst, then as many as fit into each second; others are not touched', () => {
  const throttle = createThrottle()
  const send = (nowMs: number, token = 'one') => throttle.enter(token, nowMs)()
  for (let count = 0; count < 1_200; count++) send(0)
  assert.throws(() => send(0), ScimFault)
  send(0, 'other')
  for (let count = 0; count < 400; count++) send(1_000)
  assert.throws(() => send(1_000), ScimFault)
})
