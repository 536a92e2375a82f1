import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../protocol/errors.ts'
import { retryable } from './request-error.ts'

test('what may succeed later is what the server calls busy, broken or away', () => {
  const later = Object.entries(errors).filter(([, { status }]) => [429, 500, 503].includes(status))
  assert.deepEqual(Array.from(retryable).toSorted(), later.map(([code]) => code).toSorted())
})
