import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..')
/** How many requirements each of these systems has. */
const counts = { G1: 5, G2: 5, G3: 6, G4: 5, G5: 4, G6: 3, G7: 4, G8: 5, G11: 5, G12: 7, G13: 7, G17: 4, G18: 7, K: 14 }
/** What a test opens that asks the product from outside: over HTTP, a WebSocket, the SDK, or in a browser. */
const outside =
  /\b(openSite|openWorld|open(Delivery|Scim|Coupon|Order|Fields|Media)Stage|openWindow|ServerProcess|startServer)\b/

test('each requirement of groups, devices, codes, fields, coupons and orders stands in the title of a test from outside', () => {
  const files = globSync('{server,sdk,e2e}/**/*.test.ts', { cwd: root, exclude: ['**/node_modules'] })
  const sources = files.map((file) => readFileSync(join(root, file), 'utf8')).filter((source) => outside.test(source))
  const titles = sources.flatMap((source) => Array.from(source.matchAll(/\btest\(\s*['"`](.*)/g), ([, title]) => title))
  const named = new Set(titles.flatMap((title) => title?.match(/^(?:[A-Z]\d*-?\d* )+/)?.[0].split(' ') ?? []))
  const wanted = Object.entries(counts).flatMap(([system, count]) =>
    Array.from({ length: count }, (_, index) => `${system}-${String(index + 1).padStart(2, '0')}`),
  )
  assert.deepEqual(
    wanted.filter((id) => !named.has(id)),
    [],
  )
})
