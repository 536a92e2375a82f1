import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Latency } from '../load/messages.ts'

/** One claim of one person, sent so many times at once. */
export type Task = { client: number; claimId: string; sends: number }
export type Claiming = {
  tasks: readonly Task[]
  inFlight: number
  organizationId: string
  campaignId: string
  audienceId: string
  number: number
}
/** Of each task what its sendings were answered with: the coupon's id, or the code of the refusal. */
export type Claimed = { seconds: number; outcomes: string[][]; answerMs: Latency }
export type ClaimCall = { tokens: readonly string[] } | Claiming

export type Claimers = {
  open(tokens: readonly string[]): Promise<void>
  claim(claiming: Claiming): Promise<Claimed>
  [Symbol.asyncDispose](): Promise<void>
}

/** The process that makes the load, as the bench sees it. */
export function startClaimers(port: number): Claimers {
  const worker = new URL('claim-worker.ts', import.meta.url)
  const child = fork(worker, [String(port)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const call = async (what: ClaimCall) => {
    child.send(what)
    const [said] = (await once(child, 'message')) as [{ output?: unknown; fault?: string }] // it says nothing else
    if (said.fault !== undefined) throw new Error(said.fault)
    return said.output
  }
  return {
    open: async (tokens) => void (await call({ tokens })),
    claim: async (claiming) => (await call(claiming)) as Claimed, // what the worker answers to it
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}
