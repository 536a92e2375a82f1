import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { describeCommit, describeMachine, filesMax } from './machine.ts'
import { measurePeer, measureShoptalk, type Measure, type Plan } from './measures/systems.ts'
import { plainText, summarise, tableOf } from './report.ts'
import { sizes as allSizes, type Results, type Runs } from './results.ts'
import { findEjabberd, startEjabberd } from './targets/ejabberd.ts'
import { startPlain } from './targets/plain.ts'
import { startSocketIo } from './targets/socket-io.ts'
import { writeDocument } from './document.ts'

const USAGE = `npm run bench -- [--quick] [--only NAME]... [--profile FOLDER]
NAME is a system (shoptalk, ejabberd, socket.io, ws, "ws coalescing") or a measure (direct, group100, group1000,
halfLoad, idle, broadcast, storm). What is measured stands in bench/results/latest.json. With FOLDER the server writes
where its time goes, for the developer tools of a browser; that makes it slower.`

const resultsFolder = join(import.meta.dirname, 'results')
const systems = ['shoptalk', 'ejabberd', 'socket.io', 'ws', 'ws coalescing']
const measures: readonly Measure[] = ['direct', 'group100', 'group1000', 'halfLoad', 'idle', 'broadcast', 'storm']
/** Files that a process has open besides its connections. */
const OTHER_FILES = 500

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const unknown = values.only.filter((name) => ![...systems, ...measures].includes(name))
if (values.help || unknown.length > 0) {
  console.log(unknown.length > 0 ? `Unknown: ${unknown.join(', ')}\n\n${USAGE}` : USAGE)
  process.exit(values.help ? 0 : 1)
}
await measureAll(values)

type Asked = { quick: boolean; only: readonly string[]; profile?: string | undefined }

async function measureAll({ quick: isQuick, only, profile: profileFolder }: Asked): Promise<void> {
  const begin = performance.now()
  const startedAt = new Date().toISOString()
  const sizes = allSizes[isQuick ? 'quick' : 'full']
  if (filesMax() < sizes.connected + OTHER_FILES)
    throw new Error(`Too few open files are allowed: ulimit -n ${sizes.connected * 2}`)
  const machine = await describeMachine()
  const tell = (text: string) =>
    console.log(`${((performance.now() - begin) / 1_000).toFixed(0).padStart(4)} s  ${text}`)
  tell(
    `${machine.cores} cores, load ${machine.loadBefore}, ${Math.round(machine.busyBefore * 100)} % busy, ` +
      `${machine.syncsPerSecond} syncs/s`,
  )
  const { runs, leftOut } = await measureSystems({ sizes, tell, wants: chooser(only, isQuick), profileFolder }, isQuick)
  const results: Results = {
    ...summarise(runs),
    mode: only.length > 0 || profileFolder !== undefined ? 'part' : isQuick ? 'quick' : 'full',
    startedAt,
    seconds: Math.round((performance.now() - begin) / 1_000),
    ...describeCommit(),
    machine,
    sizes,
    leftOut,
    runs,
  }
  mkdirSync(resultsFolder, { recursive: true })
  const text = `${JSON.stringify(results, undefined, 1)}\n`
  writeFileSync(join(resultsFolder, 'latest.json'), text)
  if (results.mode === 'full') {
    writeFileSync(join(resultsFolder, 'full.json'), text)
    writeDocument(results)
  }
  console.log(`\n${plainText(tableOf(results))}\n`)
  for (const [peer, reason] of Object.entries(leftOut)) console.log(`${peer} was left out: ${reason}`)
  for (const fault of results.faults) console.log(`FAULT ${fault}`)
  if (results.faults.length > 0) process.exitCode = 1
}

/**
 * Nothing named: everything. A system named: all its measures; a measure named: of all systems, or of the named ones.
 * The memory of a few connections says little: a quick run measures it only when it is named.
 */
function chooser(only: readonly string[], isQuick: boolean): Plan['wants'] {
  const wantedSystems = only.filter((name) => systems.includes(name))
  const wantedMeasures = only.filter((name) => !systems.includes(name))
  return (system, measure) =>
    (wantedSystems.length === 0 || wantedSystems.includes(system)) &&
    (wantedMeasures.length === 0 ? !isQuick || measure !== 'idle' : wantedMeasures.includes(measure))
}

async function measureSystems(
  plan: Plan,
  isQuick: boolean,
): Promise<{ runs: Record<string, Runs>; leftOut: Record<string, string> }> {
  const runs: Record<string, Runs> = {}
  const leftOut: Record<string, string> = {}
  // Rooms of 1,000 take time and say little of peers.
  const peerMeasures = (list: readonly Measure[]) =>
    isQuick ? list.filter((measure) => measure === 'direct' || measure === 'group100') : list
  const wantsAny = (system: string, of: readonly Measure[]) => of.some((measure) => plan.wants(system, measure))
  if (wantsAny('shoptalk', measures)) runs['shoptalk'] = await measureShoptalk(plan)
  const stored = peerMeasures(['direct', 'group100', 'group1000', 'idle'])
  if (wantsAny('ejabberd', stored)) {
    const reason = findEjabberd({ mayInstall: !isQuick })
    if (reason === undefined) runs['ejabberd'] = await measurePeer(startEjabberd, plan, stored)
    else leftOut['ejabberd'] = reason
  }
  const withHalf: readonly Measure[] = isQuick ? stored : [...stored, 'halfLoad']
  const inRooms = peerMeasures(['group100', 'group1000', 'idle'])
  if (wantsAny('socket.io', withHalf)) runs['socket.io'] = await measurePeer(startSocketIo, plan, withHalf)
  if (wantsAny('ws', inRooms)) runs['ws'] = await measurePeer(() => startPlain('each'), plan, inRooms)
  if (wantsAny('ws coalescing', inRooms))
    runs['ws coalescing'] = await measurePeer(() => startPlain('coalescing'), plan, inRooms)
  return { runs, leftOut }
}
