import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { PostgresProblem, hasCode } from './problem.ts'
import { processNamespace, startStamp } from './process-identity.ts'

const Claim = z.object({ pid: z.int(), stamp: z.string(), namespace: z.string() })
type Claim = z.infer<typeof Claim>
type Rival = { file: string; pid: number | undefined; touchedAt?: number }

const prefix = 'postgres-server-'
const touchEveryMs = 5_000
/** A claim from another container or machine counts as alive for so long after it was last touched. */
const foreignClaimMs = 16_000
const attemptsMax = 4

/**
 * Makes this process the only one that runs the database of a data folder, until released.
 *
 * Every process writes a claim under a name that no other process ever has, and then looks for claims of others that
 * are alive. Two at the same moment see each other, step back and try again; so there never is a lock left behind by a
 * dead process that two successors could fight over.
 */
export async function lockDataFolder(folder: string): Promise<{ release(): void }> {
  const own: Claim = { pid: process.pid, stamp: startStamp(process.pid) ?? '', namespace: processNamespace() }
  const file = join(folder, `${prefix}${own.pid}-${own.stamp.replaceAll(/\W/g, '')}.lock`)
  const foreignTouches = new Map<string, number>()
  for (let attempt = 1; ; attempt += 1) {
    writeClaim(file, own, folder)
    const rival = liveRival(folder, file, own)
    if (rival === undefined) return holdClaim(file)
    rmSync(file, { force: true })
    if (rival.touchedAt === undefined) {
      if (attempt >= attemptsMax) throw inUse(folder, `process ${rival.pid}`)
      await delay(50 + Math.random() * 100)
      continue
    }
    const known = foreignTouches.get(rival.file) ?? rival.touchedAt
    if (rival.touchedAt > known) throw inUse(folder, `process ${rival.pid} of another container or machine`)
    foreignTouches.set(rival.file, known)
    await delay(500)
  }
}

function writeClaim(file: string, own: Claim, folder: string): void {
  try {
    writeFileSync(file, JSON.stringify(own), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (hasCode(error, 'EEXIST')) throw inUse(folder, `this process, ${own.pid}`)
    throw error
  }
}

/** The first claim of a process that lives; claims of the dead are removed on the way. */
function liveRival(folder: string, ownFile: string, own: Claim): Rival | undefined {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name)
    if (!name.startsWith(prefix) || file === ownFile) continue
    const claim = readClaim(file)
    if (claim?.namespace === own.namespace) {
      if (startStamp(claim.pid) === claim.stamp) return { file, pid: claim.pid }
    } else {
      const touchedAt = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
      if (Date.now() - touchedAt < foreignClaimMs) return { file, pid: claim?.pid, touchedAt }
    }
    rmSync(file, { force: true })
  }
  return undefined
}

/** A claim that cannot be read is being written at this moment, or was when the machine lost power. */
function readClaim(file: string): Claim | undefined {
  try {
    return Claim.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return undefined
  }
}

function holdClaim(file: string): { release(): void } {
  const touch = (): void => {
    const now = new Date()
    utimes(file, now, now).catch(() => {})
  }
  const timer = setInterval(touch, touchEveryMs).unref()
  return {
    release() {
      clearInterval(timer)
      rmSync(file, { force: true })
    },
  }
}

function inUse(folder: string, who: string): PostgresProblem {
  return new PostgresProblem(
    'postgres.in_use',
    `The data folder ${folder} is already in use by another Shoptalk server (${who}). ` +
      'Stop that one first, or set SHOPTALK_DATA to another folder.',
  )
}
