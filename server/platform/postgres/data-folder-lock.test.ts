import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { lockDataFolder } from './data-folder-lock.ts'
import { processNamespace, startStamp } from './process-identity.ts'

const folder = mkdtempSync(join(tmpdir(), 'shoptalk-lock-'))
after(() => rmSync(folder, { recursive: true, force: true }))
beforeEach(() => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name))
})

test('the claim of a process that is dead is no obstacle', async () => {
  const dead = spawnSync('true').pid
  writeClaim({ pid: dead, stamp: '1', namespace: processNamespace() })
  const lock = await lockDataFolder(folder)
  assert.equal(readdirSync(folder).length, 1)
  lock.release()
  assert.deepEqual(readdirSync(folder), [])
})

test('the claim of a process whose id another process has now is no obstacle', async () => {
  writeClaim({ pid: process.ppid, stamp: '1', namespace: processNamespace() })
  const lock = await lockDataFolder(folder)
  lock.release()
})

test('the claim of a process that lives is refused by its id', async () => {
  writeClaim({ pid: process.ppid, stamp: startStamp(process.ppid) ?? '', namespace: processNamespace() })
  await assert.rejects(lockDataFolder(folder), { message: new RegExp(`process ${process.ppid}\\b`) })
})

test('the claim of another container, whose process ids say nothing here, counts while it is touched', async () => {
  const file = writeClaim({ pid: 1, stamp: '1', namespace: 'another boot' })
  const heart = setInterval(() => utimesSync(file, new Date(), new Date()), 100)
  await assert.rejects(lockDataFolder(folder), { message: /process 1 of another container/ })
  clearInterval(heart)

  const longAgo = new Date(Date.now() - 60_000)
  utimesSync(file, longAgo, longAgo)
  const lock = await lockDataFolder(folder)
  lock.release()
})

function writeClaim(claim: { pid: number; stamp: string; namespace: string }): string {
  const file = join(folder, `postgres-server-${claim.pid}-${claim.stamp}.lock`)
  writeFileSync(file, JSON.stringify(claim))
  return file
}
