import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { simulate } from './simulate.ts'

const SEEDS = 2_000

/** In a process of its own: the test runner watches every promise, which takes half as long again. */
test('whatever the network and the server do, everybody ends with the same whole history, each message once', (t) => {
  const program = join(import.meta.dirname, 'run.ts')
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, '--seeds', String(SEEDS)], {
    encoding: 'utf8',
  })
  assert.equal(status, 0, `npm run simulate -- --seed N shows one of them:\n${stdout}${stderr}`)
  const [, count, commits] = stdout.match(/(\d+) seeds passed, (\d+) events/) ?? []
  t.diagnostic(stdout.trim())
  assert.equal(Number(count), SEEDS)
  assert.ok(Number(commits) > SEEDS * 20, 'the stories are long enough to mean something')
})

test('the same seed is the same story', async () => {
  assert.deepEqual(await simulate(7), await simulate(7))
})
