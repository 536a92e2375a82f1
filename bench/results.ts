import type { BroadcastRun, IdleRun, StormRun } from './measures/crowd.ts'
import type { LoadRun } from './measures/messages.ts'
import type { PeerRun } from './measures/peers.ts'
import type { Machine } from './machine.ts'

/** Every run of one system, as it was measured. */
export type Runs<Load = LoadRun | PeerRun> = {
  direct?: Load[]
  group100?: Load[]
  group1000?: Load[]
  /** Half of the measured one-to-one rate, whether answered or not. */
  halfLoad?: Load[]
  idle?: IdleRun[]
  broadcast?: BroadcastRun[]
  storm?: StormRun[]
}

/** The figures that are quoted, all computed from the runs. Absent: not measured. */
export type Headline = {
  directMessagesPerSecond?: number
  group100DeliveriesPerSecond?: number
  group1000DeliveriesPerSecond?: number
  ackP99MsAtHalfLoad?: number
  bytesPerIdleConnection?: number
  broadcast100kMs?: number
  broadcast100kRows?: number
  narrowedBroadcast100kMs?: number
  narrowedBroadcast100kRows?: number
  reconnectStormSeconds?: number
  /** CPU microseconds of the server's own process for one message, one to one. */
  serverMicrosecondsPerMessage?: number
}
export type PeerHeadline = Headline & {
  /** How many times better ours is; above 1 in our favour, also where less is better. */
  ratio: Partial<Record<keyof Headline, number>>
}

export type Results = Headline & {
  mode: 'full' | 'quick' | 'part'
  startedAt: string
  seconds: number
  commit: string
  /** The files of the server differ from the commit. */
  isChanged: boolean
  machine: Machine
  sizes: Sizes
  /** Peers that were left out, with the reason. */
  leftOut: Record<string, string>
  peers: Record<string, PeerHeadline>
  /** Of all systems and runs; empty: nothing lost, nothing twice, one order for all. */
  faults: string[]
  runs: Record<string, Runs>
}

export type Sizes = {
  runs: number
  warmMs: number
  measureMs: number
  pairs: number
  window: { direct: number; group: number }
  groupSenders: number
  members: number
  connected: number
  /** Until memory has come to rest. */
  restMs: number
  peerConnections: number
  storms: number
  broadcasts: number
}

export const sizes: Record<'full' | 'quick', Sizes> = {
  full: {
    runs: 3,
    warmMs: 3_000,
    measureMs: 8_000,
    pairs: 500,
    window: { direct: 4, group: 20 },
    groupSenders: 20,
    members: 100_000,
    connected: 10_000,
    restMs: 15_000,
    peerConnections: 2_000,
    storms: 3,
    broadcasts: 5,
  },
  quick: {
    runs: 1,
    warmMs: 500,
    measureMs: 1_200,
    pairs: 200,
    window: { direct: 4, group: 20 },
    groupSenders: 20,
    members: 4_000,
    connected: 500,
    restMs: 500,
    peerConnections: 200,
    storms: 1,
    broadcasts: 2,
  },
}
