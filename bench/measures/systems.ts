import { setTimeout as delay } from 'node:timers/promises'
import { startGenerator } from '../load/generator.ts'
import type { Peer } from '../targets/peer.ts'
import { startShoptalk } from '../targets/shoptalk.ts'
import { median } from '../report.ts'
import type { Runs, Sizes } from '../results.ts'
import { measureIdle, prepareCrowd, runBroadcast, runStorm } from './crowd.ts'
import { prepare, run, type LoadRun, type Shape, type Times } from './messages.ts'
import { measurePeerIdle, preparePeer, runPeer, type PeerRun } from './peers.ts'

export type Measure = keyof Runs
export type Plan = {
  sizes: Sizes
  /** Where the server's process writes what its time goes to, when it ends. */
  profileFolder?: string | undefined
  /** Whether this is to be measured. */
  wants(system: string, measure: Measure): boolean
  /** Told of every run. */
  tell(text: string): void
}
const loads = ['direct', 'group100', 'group1000'] as const

function shapeOf(measure: (typeof loads)[number], { pairs, groupSenders }: Sizes): Shape {
  if (measure === 'direct') return { kind: 'direct', groups: pairs, members: 2, senders: 1 }
  return { kind: 'group', groups: 1, members: measure === 'group100' ? 100 : 1_000, senders: groupSenders }
}

function timesOf(measure: (typeof loads)[number], { warmMs, measureMs, window }: Sizes): Times {
  return { warmMs, measureMs, window: measure === 'direct' ? window.direct : window.group }
}

const halfOf = (runs: readonly { answered: number; seconds: number }[]) =>
  Math.max(1, (median(runs.map(({ answered, seconds }) => answered / seconds)) ?? 0) / 2)

/** Our server: a fresh one for messages, and one for the crowd. */
export async function measureShoptalk(plan: Plan): Promise<Runs> {
  const runs: Runs = {}
  if ([...loads, 'halfLoad' as const].some((measure) => plan.wants('shoptalk', measure)))
    await measureMessages(plan, runs)
  const crowd = (['idle', 'broadcast', 'storm'] as const).filter((measure) => plan.wants('shoptalk', measure))
  if (crowd.length > 0) await measureCrowd(plan, runs, new Set<Measure>(crowd))
  return runs
}

async function measureMessages({ sizes, wants, tell, profileFolder }: Plan, runs: Runs): Promise<void> {
  await using server = await startShoptalk(profiled(profileFolder))
  for (const measure of loads) {
    const isForHalf = measure === 'direct' && wants('shoptalk', 'halfLoad')
    if (!wants('shoptalk', measure) && !isForHalf) continue
    await using stage = await prepare(server, shapeOf(measure, sizes))
    const times = timesOf(measure, sizes)
    const measured = await repeat(sizes.runs, async () =>
      told(tell, `shoptalk ${measure}`, await run(server, stage, times)),
    )
    if (wants('shoptalk', measure)) runs[measure] = measured
    if (!isForHalf) continue
    const slow = { ...times, perSecond: halfOf(measured) }
    runs.halfLoad = await repeat(sizes.runs, async () =>
      told(tell, 'shoptalk half load', await run(server, stage, slow)),
    )
  }
}

async function measureCrowd(
  { sizes, tell, profileFolder }: Plan,
  runs: Runs,
  wanted: ReadonlySet<Measure>,
): Promise<void> {
  await using server = await startShoptalk(profiled(profileFolder))
  const crowd = await prepareCrowd(server, sizes)
  await server.restart() // its memory has seen nothing yet
  await using generator = startGenerator('shoptalk', server.port)
  const idle = await measureIdle(server, crowd, generator, sizes.restMs)
  tell(`shoptalk: ${idle.connections} connected in ${idle.seconds.toFixed(1)} s`)
  if (wanted.has('idle')) {
    runs.idle = [idle]
    tell(`shoptalk idle: ${idle.bytesPerConnection} bytes each`)
  }
  if (wanted.has('storm')) {
    runs.storm = await repeat(sizes.storms, async () => {
      const storm = await runStorm(server, crowd, generator)
      tell(`shoptalk storm: ${storm.seconds.toFixed(1)} s, ${storm.faults.length} faults`)
      return storm
    })
  }
  if (!wanted.has('broadcast')) return
  if (wanted.has('storm')) await delay(sizes.restMs)
  runs.broadcast = []
  for (const isNarrowed of [false, true]) {
    const broadcasts = await repeat(sizes.broadcasts, async () => {
      const broadcast = await runBroadcast(server, crowd, generator, isNarrowed)
      tell(
        `shoptalk broadcast${isNarrowed ? ', narrowed' : ''}: ${broadcast.milliseconds.toFixed(0)} ms, ` +
          `${broadcast.rowsInserted} rows, ${broadcast.faults.length} faults`,
      )
      return broadcast
    })
    runs.broadcast.push(...broadcasts)
  }
}

const profiled = (folder: string | undefined) =>
  folder === undefined ? {} : { nodeOptions: ['--cpu-prof', `--cpu-prof-dir=${folder}`] }

/** A peer: the same shapes, a fresh one for the memory. */
export async function measurePeer(start: () => Promise<Peer>, plan: Plan, only: readonly Measure[]): Promise<Runs> {
  const runs: Runs<PeerRun> = {}
  const { sizes, tell } = plan
  await using peer = await start()
  const wants = (measure: Measure) => only.includes(measure) && plan.wants(peer.name, measure)
  if (wants('idle')) {
    runs.idle = [await measurePeerIdle(peer, sizes.peerConnections, sizes.restMs)]
    tell(`${peer.name} idle: ${runs.idle[0]?.bytesPerConnection} bytes each`)
  }
  for (const measure of loads) {
    const isForHalf = measure === 'direct' && wants('halfLoad')
    if (!wants(measure) && !isForHalf) continue
    await using stage = await preparePeer(peer, shapeOf(measure, sizes))
    const times = timesOf(measure, sizes)
    const measured = await repeat(sizes.runs, async () =>
      told(tell, `${peer.name} ${measure}`, await runPeer(peer, stage, times)),
    )
    if (wants(measure)) runs[measure] = measured
    if (!isForHalf) continue
    const slow = { ...times, perSecond: halfOf(measured) }
    runs.halfLoad = await repeat(sizes.runs, async () =>
      told(tell, `${peer.name} half load`, await runPeer(peer, stage, slow)),
    )
  }
  return runs
}

async function repeat<T>(times: number, work: () => Promise<T>): Promise<T[]> {
  const done: T[] = []
  for (let nth = 0; nth < times; nth++) done.push(await work())
  return done
}

function told<T extends LoadRun | PeerRun>(tell: Plan['tell'], name: string, measured: T): T {
  const { answered, delivered, seconds, answerMs, serverCpuSeconds, faults } = measured
  const rates = `${Math.round(answered / seconds)} messages/s, ${Math.round(delivered / seconds)} deliveries/s`
  tell(`${name}: ${rates}, p99 ${answerMs.p99} ms, ${serverCpuSeconds.toFixed(1)} s of CPU, ${faults.length} faults`)
  return measured
}
