import assert from 'node:assert/strict'
import { act, say, type World } from './actions.ts'
import { checkLogs, checkMarks, checkStep, checkWritten } from './checks.ts'
import { chooseFaults, heal } from './faults.ts'
import { makeConversation, type Model } from './model-commands.ts'
import { createModelServer } from './model-server.ts'
import { createStore } from './model-store.ts'
import { createRandom } from './random.ts'
import { openTab, type Tab } from './tab.ts'
import { createTimeline, type Timeline } from './timeline.ts'

export type Summary = { written: number; commits: number; isRestored: boolean }

/** How many actions a run has (one in five has many), and how long the world needs at most to be whole again. */
const ACTIONS_MIN = 20
const ACTIONS_MORE = { few: 40, many: 150 }
const PAUSE_MAX_MS = 1_500
const HEALING_MS = 240_000
const RECONNECTING_MS = 60_000
/** Longer than a slow connection takes to hear a hint, and much shorter than the time between two beats. */
const MENDING_MS = 10_000

/**
 * Lets several people use real clients against a model of the server through a network that loses, repeats and
 * reorders; the server dies, drains and is restored from backups. In the end all must be as if nothing had happened.
 * The same seed is the same story. Throws where a promise was broken.
 */
export async function simulate(seed: number): Promise<Summary> {
  const faultsSeen: unknown[] = []
  const timeline = createTimeline()
  const world = createWorld(seed, timeline, (error) => void faultsSeen.push(error))
  const { random, server, faults, tabs } = world
  await timeline.runUntil(timeline.now() + 2_000)
  const actionCount = ACTIONS_MIN + random.below(random.chance(0.2) ? ACTIONS_MORE.many : ACTIONS_MORE.few)
  for (let action = 0; action < actionCount; action++) {
    act(world)
    await timeline.runUntil(timeline.now() + random.below(PAUSE_MAX_MS))
    checkStep(world)
  }
  heal(faults)
  for (const tab of tabs) if (tab.session.isRevoked) tab.signIn()
  await timeline.runUntil(timeline.now() + HEALING_MS)
  checkLogs(world)
  checkWritten(world)
  server.cut(null)
  await timeline.runUntil(timeline.now() + RECONNECTING_MS)
  checkLogs(world)
  checkMarks(world)
  await mend(world, timeline)
  for (const { client } of tabs) client.close()
  assert.deepEqual(faultsSeen, [], 'no fault was reported')
  return { written: world.textCount, commits: server.model.store.commits, isRestored: world.isRestored }
}

/** What one log shows to be missing is there long before the next beat could tell of it. */
async function mend(world: World, timeline: Timeline) {
  const { faults, server, random } = world
  const audience = random.pick(Array.from(server.model.store.audiences.values()))
  const speak = (model: Model) => {
    if (audience) say(model, audience)
  }
  for (const fault of ['pushLost', 'slow'] as const) {
    faults[fault] = 1
    server.happen(speak)
    heal(faults)
    if (fault === 'pushLost') server.happen(speak)
    await timeline.runUntil(timeline.now() + MENDING_MS)
    checkLogs(world)
  }
}

function createWorld(seed: number, timeline: Timeline, onFault: (error: unknown) => void): World {
  const random = createRandom(seed)
  const faults = chooseFaults(random)
  const personIds = Array.from({ length: 2 + random.below(3) }, () => random.id())
  const server = createModelServer({ timeline, random, faults, store: createStore(random, personIds) })
  for (let group = 0; group <= random.below(3); group++) {
    const members = personIds.filter(() => random.chance(0.8))
    server.happen((model) => void makeConversation(model, { kind: 'group', members, ownerId: members[0] ?? null }))
  }
  server.backUp()
  const tabs = personIds.flatMap((personId): Tab[] => {
    const options = { personId, server, timeline, random, onFault }
    const tab = openTab(options)
    return random.chance(0.3) ? [tab, openTab({ ...options, storage: tab.storage })] : [tab]
  })
  return {
    random,
    faults,
    server,
    tabs,
    personIds,
    isRestored: false,
    textCount: 0,
    broken: [],
    checkedLogs: new WeakSet(),
  }
}
