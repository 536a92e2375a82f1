import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulate } from './simulate.ts'

const SEEDS = 200

test('whatever the network and the server do, everybody ends with the same whole history, each message once', async (t) => {
  let commits = 0
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      commits += (await simulate(seed)).commits
    } catch (cause) {
      throw new Error(`Seed ${seed} failed: node sdk/simulation/run.ts --seed ${seed}`, { cause })
    }
  }
  t.diagnostic(`${SEEDS} seeds, ${commits} events`)
  assert.ok(commits > SEEDS * 20, 'the stories are long enough to mean something')
})

test('the same seed is the same story', async () => {
  assert.deepEqual(await simulate(7), await simulate(7))
})
