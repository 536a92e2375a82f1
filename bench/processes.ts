import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

export type Program = { readonly pid: number; said(): string; [Symbol.asyncDispose](): Promise<void> }
export type Start = {
  command: string
  args: readonly string[]
  options?: SpawnOptions
  /** How it is asked to end; after a while it is killed. */
  signal?: NodeJS.Signals
}

/** None of them outlives the bench, however that ends. */
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1))

const END_MAX_MS = 20_000
const SAID_MAX = 20_000

/** Runs a program, keeps the last of what it says, and ends it by its own process id. */
export function startProgram({ command, args, options = {}, signal = 'SIGTERM' }: Start): Program {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  const hear = (chunk: Buffer) => void (said = (said + chunk.toString()).slice(-SAID_MAX))
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
  child.on('error', (error) => void (said += error.message))
  running.add(child)
  child.on('exit', () => running.delete(child))
  return { pid: child.pid ?? 0, said: () => said, [Symbol.asyncDispose]: () => end(child, signal) }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const ended = once(child, 'exit')
  child.kill(signal)
  const timer = setTimeout(() => child.kill('SIGKILL'), END_MAX_MS)
  await ended
  clearTimeout(timer)
}

/** Asks until it answers. */
export async function untilAnswers(program: Program, ask: () => Promise<boolean>, maxMs = 60_000): Promise<void> {
  const begin = performance.now()
  while (!(await ask().catch(() => false))) {
    if (!isAlive(program.pid) || performance.now() - begin > maxMs) {
      throw new Error(`A program did not start:\n${program.said()}`)
    }
    await delay(50)
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** A folder that is removed at the end; others than its owner may pass through it. */
export function temporaryFolder(): { path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'shoptalk-bench-'))
  chmodSync(path, 0o755)
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) }
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('a TCP port has no number')
  return address.port
}

/** Resident memory of one process, in bytes. Only where the system tells it, as Linux does. */
export function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1_024
}

const TICKS_PER_SECOND = 100
/** CPU seconds that one process has used, and its children that have ended. */
export function cpuSeconds(pid: number): number {
  const [, rest = ''] = /\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
  const used = rest.split(' ').slice(11, 15)
  return used.reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND
}

/** All processes that descend from one. */
export function descendantsOf(pid: number): number[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const parent = parentOf(name)
    if (parent !== undefined) parents.set(Number(name), parent)
  }
  const isBelow = (one: number): boolean => {
    const parent = parents.get(one)
    return parent !== undefined && (parent === pid || isBelow(parent))
  }
  return Array.from(parents.keys()).filter(isBelow)
}

function parentOf(pid: string): number | undefined {
  try {
    return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1])
  } catch {
    return undefined // it has ended meanwhile
  }
}
