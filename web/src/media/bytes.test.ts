import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesText } from './bytes.ts'

test('a size is told in the unit in which it can be compared', () => {
  const told = [400, 7_940, 4_236_000, 180_400_000, 2_000_000_000].map((bytes) => bytesText(bytes, 'en'))
  assert.deepEqual(told, ['400 bytes', '7.9 kB', '4.2 MB', '180 MB', '2 GB'])
})
