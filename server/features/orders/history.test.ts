import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { comparePlaces, enter, type Entry, type Place } from './history.ts'

const place = fc.record({ version: fc.integer({ min: 0, max: 12 }), rank: fc.integer({ min: 0, max: 3 }) })
const placeKey = ({ version, rank }: Place) => `${version} ${rank}`

/** Runs of one state, by the order of the source. */
function runsOf(places: readonly Place[]): number[] {
  const sorted = Array.from(new Map(places.map((one) => [placeKey(one), one])).values()).toSorted(comparePlaces)
  return sorted.flatMap(({ rank }, index) => (sorted[index - 1]?.rank === rank ? [] : [rank]))
}

function enterAll(places: readonly Place[]): { history: Entry[]; told: Place[] } {
  const history: Entry[] = []
  return { history, told: places.flatMap((one) => enter(history, one) ?? []) }
}

test('K-09 K-12 in whatever order and however often the same is heard, each change is told once and nothing else', () => {
  fc.assert(
    fc.property(fc.array(place, { maxLength: 14 }), (places) => {
      const { history, told } = enterAll(places)
      assert.deepEqual(told.map(({ rank }) => rank).toSorted(), runsOf(places).toSorted())
      assert.equal(new Set(told.map(placeKey)).size, told.length, 'nothing is told twice')
      assert.deepEqual(
        history.filter(({ isChange }) => isChange).map(({ rank }) => rank),
        runsOf(places),
      )
    }),
    { numRuns: 500, seed: 11 },
  )
})

test('K-09 the same state with other content is no change', () => {
  const history: Entry[] = []
  assert.equal(enter(history, { version: 1, rank: 2 })?.length, 1)
  assert.deepEqual(enter(history, { version: 2, rank: 2 }), [])
  assert.equal(enter(history, { version: 2, rank: 2 }), undefined)
})

test('K-12 what arrives late and divides one state into two tells what had become of it', () => {
  const history: Entry[] = []
  enter(history, { version: 3, rank: 2 })
  assert.deepEqual(enter(history, { version: 1, rank: 2 }), [])
  const told = enter(history, { version: 2, rank: 5 }) ?? []
  assert.deepEqual(
    told.map(({ version }) => version),
    [2, 1],
  )
})
