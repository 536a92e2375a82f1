import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { ShardedMap } from './sharded-map.ts'

/** Some make a map of one piece, some a map of many. */
const changes = fc.array(
  fc.record({ key: fc.string({ maxLength: 3 }), value: fc.option(fc.nat(), { nil: undefined }), ends: fc.boolean() }),
  { maxLength: 150, size: 'max' },
)

test('it holds what a map would hold, and earlier ones stay as they were', () => {
  fc.assert(
    fc.property(changes, (steps) => {
      const expected = new Map<string, number>()
      const history: { map: ShardedMap<string, number>; entries: [string, number][] }[] = []
      let change = ShardedMap.empty<string, number>().change()
      for (const { key, value, ends } of steps) {
        if (value === undefined) {
          expected.delete(key)
          change.delete(key)
        } else {
          expected.set(key, value)
          change.set(key, value)
        }
        assert.equal(change.get(key), value)
        if (!ends) continue
        const map = change.result()
        history.push({ map, entries: Array.from(expected) })
        change = map.change()
      }
      for (const { map, entries } of history) {
        assert.equal(map.size, entries.length)
        assert.deepEqual(new Map(map), new Map(entries))
        assert.deepEqual(new Set(map.keys()), new Set(entries.map(([key]) => key)))
        assert.equal(Array.from(map.values()).length, entries.length)
        for (const [key, value] of entries) assert.ok(map.has(key) && map.get(key) === value)
      }
    }),
  )
})

test('without a change it is the same map', () => {
  const filled = ShardedMap.empty<string, number>().change()
  filled.set('a', 1)
  const map = filled.result()
  const change = map.change()
  change.set('a', 1)
  change.delete('b')
  assert.equal(change.result(), map)
})
