import assert from 'node:assert/strict'
import { test } from 'node:test'
import { replaceMeasured } from './document.ts'
import type { LoadRun } from './measures/messages.ts'
import { compare, faultsIn, headlineOf, median } from './report.ts'

const load = (answered: number, delivered: number): LoadRun => ({
  seconds: 2,
  answered,
  delivered,
  sent: answered * 2,
  answerMs: { p50: 1, p95: 2, p99: 3, p999: 4, max: 5, samples: answered },
  deliveryMs: { p50: 1, p95: 2, p99: 3, p999: 4, max: 5, samples: answered },
  cpuSeconds: 1,
  lastCopyMs: 0,
  refused: 0,
  parsed: 1,
  serverCpuSeconds: 1,
  databaseCpuSeconds: 1,
  faults: [],
})

test('the headline is the median of the runs, a second', () => {
  const direct = [load(20_000, 40_000), load(26_000, 52_000), load(10_000, 20_000)]
  const headline = headlineOf({ direct, group100: [load(100, 10_000)] })
  assert.equal(headline.directMessagesPerSecond, 10_000)
  assert.equal(headline.group100DeliveriesPerSecond, 5_000)
  assert.equal('broadcast100kMs' in headline, false)
})

test('of an even number of runs the less favourable of the two in the middle counts for rates', () => {
  assert.equal(median([4, 1, 3, 2]), 2)
  assert.equal(median([]), undefined)
  assert.equal(median(undefined), undefined)
})

test('a ratio above one is in our favour, also where less is better', () => {
  const ours = { directMessagesPerSecond: 10_000, bytesPerIdleConnection: 10_000 }
  const { ratio } = compare(ours, {
    directMessagesPerSecond: 1_000,
    bytesPerIdleConnection: 50_000,
    ackP99MsAtHalfLoad: 4,
  })
  assert.deepEqual(ratio, { directMessagesPerSecond: 10, bytesPerIdleConnection: 5 })
})

test('a fault of any run shows, with where it was found', () => {
  const faulty = { ...load(1, 2), faults: ['lost'] }
  assert.deepEqual(faultsIn({ shoptalk: { direct: [load(1, 2), faulty] } }), ['shoptalk direct 2: lost'])
})

test('the document keeps everything outside of the marks', () => {
  const begin = '<!-- measured: written by npm run bench -->'
  const end = '<!-- measured: end -->'
  const once = replaceMeasured(`before\n${begin}\nold\n${end}\nafter\n`, 'new')
  assert.equal(once, `before\n${begin}\n\nnew\n\n${end}\nafter\n`)
  assert.equal(replaceMeasured(once, 'new'), once)
  assert.throws(() => replaceMeasured('no marks', 'new'))
})
