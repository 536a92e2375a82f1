import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { SetupProblem, commonFault } from './report.mjs'

const pollMs = 200

/** The folder for what setup remembers between runs; it hides itself from git. */
export function stateFolder(clone) {
  return join(clone, '.setup')
}

/**
 * Does the work while no other setup runs in the same clone.
 *
 * Every process writes a claim under a name that no other process ever has, then looks for claims of others that live.
 * Two at the same moment see each other, step back and try again, so a claim of a dead process is never fought over.
 */
export async function withSetupLock(clone, work) {
  const folder = stateFolder(clone)
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, '.gitignore'), '*\n')
  } catch (error) {
    throw new SetupProblem(commonFault(String(error), clone) ?? String(error))
  }
  const file = join(folder, `claim-${process.pid}-${startStamp(process.pid).replace(/\W/g, '')}`)
  let told = false
  for (;;) {
    writeFileSync(file, JSON.stringify({ pid: process.pid, stamp: startStamp(process.pid) }))
    const rival = liveRival(folder, file)
    if (rival === undefined) break
    rmSync(file, { force: true })
    if (!told) console.log(`Waiting for the setup that process ${rival} is doing in this clone …`)
    told = true
    await delay(pollMs * (0.5 + Math.random()))
  }
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}

function liveRival(folder, ownFile) {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name)
    if (!name.startsWith('claim-') || file === ownFile) continue
    const claim = readClaim(file)
    if (claim === undefined) return 'of another user'
    if (startStamp(claim.pid) === claim.stamp) return claim.pid
    rmSync(file, { force: true })
  }
  return undefined
}

/** A claim half written counts as alive; the next look sees it whole. */
function readClaim(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    return error.code === 'ENOENT' ? { pid: 0, stamp: 'gone' } : undefined
  }
}

/** When a process was started: ids are used again, but not together with the time. Empty when it is gone. */
function startStamp(pid) {
  if (process.platform !== 'linux') {
    return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim()
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return ''
  }
}
