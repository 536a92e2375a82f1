import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { closeCodes } from '../../platform/websocket.ts'
import { HARD_LIMIT_BYTES, SLOW_MAX_MS, SOFT_LIMIT_BYTES } from '../../platform/send-buffer.ts'
import { OrganizationId } from '../../../protocol/ids.ts'
import { personCalled, setStage, type Heard, type Stage } from '../../testing/delivery-stage.ts'

const [nancy, janet, robert] = [personCalled(1), personCalled(2), personCalled(3)]

/** Time stands still until the test lets it go on. */
function stage(context: TestContext): Stage {
  context.mock.timers.enable({ apis: ['setInterval', 'setTimeout', 'Date'], now: 1_000_000 })
  const made = setStage()
  context.after(() => made.delivery.stop())
  return made
}

async function pass(context: TestContext, { settle }: Stage, milliseconds: number) {
  for (let left = milliseconds; left > 0; left -= 100) {
    context.mock.timers.tick(100)
    await settle()
  }
}

const wordsIn = ({ frames }: Heard) => frames.flatMap((frame) => JSON.parse(frame).message?.parts[0].text ?? [])
const statesIn = ({ frames }: Heard) =>
  frames.map((frame) => JSON.parse(frame)).filter(({ state = 'presence' }) => state !== 'presence')
const headsIn = (heard: Heard) => statesIn(heard).flatMap(({ state, heads }) => (state === 'heads' ? heads : []))

test('what was committed reaches everybody who listens, in order', async (context) => {
  const world = stage(context)
  world.truth.members = new Set([nancy, janet])
  const [first, second] = [await world.listen(nancy), await world.listen(janet)]
  world.delivery.receive([world.post('One'), world.post('Two')])
  assert.deepEqual(
    [wordsIn(first), wordsIn(second)],
    [
      ['One', 'Two'],
      ['One', 'Two'],
    ],
  )
})

test('G17-03 what says something else to everybody is read for each, and nothing overtakes it', async (context) => {
  const world = stage(context)
  world.truth.members = new Set([nancy, janet])
  const [first, second] = [await world.listen(nancy), await world.listen(janet)]
  world.gates.personal.close()
  world.delivery.receive([world.post('One'), world.postPersonal(), world.post('Three')])
  world.delivery.receive([world.post('Four')])
  await world.settle()
  assert.deepEqual(wordsIn(first), ['One'])
  world.gates.personal.open()
  await world.delivery.settled()
  assert.deepEqual(wordsIn(first), ['One', `For ${nancy}`, 'Three', 'Four'])
  assert.deepEqual(wordsIn(second), ['One', `For ${janet}`, 'Three', 'Four'])
})

test('G17-03 S3 who is removed before what is theirs was read gets nothing of it', async (context) => {
  const world = stage(context)
  world.truth.members = new Set([nancy, janet])
  const [first, removed] = [await world.listen(nancy), await world.listen(janet)]
  world.truth.members.delete(janet)
  world.truth.version = 2
  world.delivery.receive([world.postPersonal()])
  await world.delivery.settled()
  assert.deepEqual([wordsIn(first), wordsIn(removed)], [[`For ${nancy}`], []])
})

test('G17-03 where what is theirs cannot be read, listeners are told to ask for it', async (context) => {
  const world = stage(context)
  world.truth.members = new Set([nancy])
  const first = await world.listen(nancy)
  world.truth.isAway = true
  world.delivery.receive([world.postPersonal(), world.post('Two')])
  await world.delivery.settled()
  assert.deepEqual(headsIn(first), [{ audienceId: world.audienceId, number: 1 }])
  assert.deepEqual(wordsIn(first), ['Two'])
})

test('S3 a message said after a removal is not sent before the people are read anew', async (context) => {
  const world = stage(context)
  world.truth.members = new Set([nancy, janet])
  const [first, removed] = [await world.listen(nancy), await world.listen(janet)]
  world.truth.members.delete(janet)
  world.truth.version = 2
  world.gates.members.close()
  world.delivery.receive([world.post('Without Janet')])
  await world.settle()
  assert.deepEqual([wordsIn(first), wordsIn(removed)], [[], []])
  world.gates.members.open()
  await world.delivery.settled()
  assert.deepEqual([wordsIn(first), wordsIn(removed)], [['Without Janet'], []])
})

test('S3 a removal while the people are being read does not let through what is said after it', async (context) => {
  const world = stage(context)
  world.truth.members = new Set([nancy, janet, robert])
  const [first, removed] = [await world.listen(nancy), await world.listen(janet)]
  world.truth.members.delete(robert)
  world.truth.version = 2
  world.gates.members.close()
  world.delivery.receive([world.post('Without Robert')])
  await world.settle()
  // That was read; before it arrives, Janet is removed as well.
  world.truth.members.delete(janet)
  world.truth.version = 3
  world.delivery.receive([world.post('Without Janet')])
  world.gates.members.open()
  await world.delivery.settled()
  assert.equal(wordsIn(first).at(-1), 'Without Janet')
  assert.ok(
    headsIn(first).some(({ number }) => number >= 1),
    'what was said in between is not to be lost',
  )
  assert.ok(!wordsIn(removed).includes('Without Janet'))
})

test('S3 who is removed while their connection opens hears nothing that is said afterwards', async (context) => {
  const world = stage(context)
  world.truth.members = new Set([nancy, janet])
  await world.listen(nancy)
  const late = world.connect(janet)
  world.gates.subscriptions.close()
  const opening = world.openSync(late)
  await world.settle()
  world.truth.members.delete(janet)
  world.truth.version = 2
  world.delivery.receive([world.post('Without Janet')])
  await world.settle()
  world.gates.subscriptions.open()
  await opening
  world.delivery.receive([world.post('Still without')])
  await world.delivery.settled()
  assert.deepEqual(wordsIn(late), [])
})

test('who begins to listen while the people are being read goes on listening', async (context) => {
  const world = stage(context)
  world.truth.members = new Set([nancy, janet, robert])
  await world.listen(nancy)
  world.truth.members.delete(robert)
  world.truth.version = 2
  world.gates.members.close()
  world.delivery.receive([world.post('One')])
  await world.settle()
  const late = world.connect(janet)
  await world.openSync(late)
  world.gates.members.open()
  await world.delivery.settled()
  world.delivery.receive([world.post('Two')])
  await world.delivery.settled()
  assert.deepEqual(wordsIn(late).at(-1), 'Two')
})

const eventsIn = ({ frames }: Heard) =>
  frames.map((frame) => JSON.parse(frame)).filter(({ name }) => name !== undefined)

test('R3 what is said in a conversation that has just begun is heard, also while its beginning is being read', async (context) => {
  const world = stage(context)
  const heard = await world.listen(nancy)
  const tell = (number: number) => {
    world.truth.personNumbers.set(nancy, number)
    world.delivery.receive([{ topic: `person:${nancy}`, body: { name: 'conversation.joined', number } }])
  }
  world.gates.subscriptions.close()
  tell(1)
  await world.settle()
  // Those were read without the conversation that begins now; what is read next knows of it.
  world.truth.members.add(nancy)
  tell(2)
  world.gates.subscriptions.open()
  world.gates.subscriptions.close()
  await world.settle()
  world.delivery.receive([world.post('Said at once')])
  world.gates.subscriptions.open()
  await world.delivery.settled()
  assert.deepEqual(
    eventsIn(heard).map(({ name, number, lastNumber }) => [name, number, lastNumber]),
    [['conversation.joined', 2, 1]],
    'the beginning is told with what was said before it could be heard',
  )
})

test('R3 what is said in a conversation that begins while a connection opens is asked for', async (context) => {
  const world = stage(context)
  const heard = world.connect(nancy)
  const conversations = [{ audiences: [{ id: world.audienceId }] }]
  const open = async () => {
    world.truth.members.add(nancy)
    return { person: { number: 1, id: null }, conversations }
  }
  await world.delivery.handle(heard, { name: 'sync.open', input: {} }, open, () => {
    world.delivery.receive([world.post('After the answer')])
  })
  assert.deepEqual(
    [wordsIn(heard), headsIn(heard)],
    [['After the answer'], [{ audienceId: world.audienceId, number: 1 }]],
  )
})

test('S3 marks and typing after a removal do not reach the removed either', async (context) => {
  const world = stage(context)
  world.truth.members = new Set([nancy, janet])
  const [first, removed] = [await world.listen(nancy), await world.listen(janet)]
  world.truth.members.delete(janet)
  world.truth.version = 2
  const body = { state: 'typing', audienceId: world.audienceId, personId: nancy }
  world.delivery.receive([{ topic: `audience:${world.audienceId}`, version: 2, body }])
  await world.delivery.settled()
  assert.deepEqual([statesIn(first).length, statesIn(removed).length], [1, 0])
})

test('S3 a device that was revoked is closed on every connection, also on one that never listened', async (context) => {
  const world = stage(context)
  world.truth.members = new Set([nancy])
  const [listening, silent, other] = [await world.listen(nancy), world.connect(nancy), world.connect(janet)]
  world.truth.revoked = new Set([listening.deviceId, silent.deviceId])
  await pass(context, world, 600)
  const codes = [listening, silent, other].map(({ closedWith }) => closedWith)
  assert.deepEqual(codes, [closeCodes.sessionEnded, closeCodes.sessionEnded, undefined])
})

test('G11-03 a device whose place another one took is closed with a code of its own, announced or found', async (context) => {
  const world = stage(context)
  world.truth.members = new Set([nancy])
  const [announced, found] = [await world.listen(nancy), world.connect(nancy)]
  world.delivery.receive([{ topic: `device:${announced.deviceId}`, body: { revoked: true, isReplaced: true } }])
  assert.deepEqual([announced.closedWith, found.closedWith], [closeCodes.replaced, undefined])
  world.truth.revoked = world.truth.replaced = new Set([found.deviceId])
  await pass(context, world, 600)
  assert.equal(found.closedWith, closeCodes.replaced)
})

test('S3 where the database does not answer, nothing is delivered; afterwards everybody is told where to read', async (context) => {
  const world = stage(context)
  world.truth.members = new Set([nancy])
  const heard = await world.listen(nancy)
  world.gates.revoked.close()
  await pass(context, world, 2_500)
  const typing = { state: 'typing', audienceId: world.audienceId, personId: janet }
  world.delivery.receive([world.post('Unseen'), { topic: `audience:${world.audienceId}`, version: 1, body: typing }])
  // A beat, whose time is random, tells nothing that was said.
  assert.deepEqual(
    heard.frames.filter((frame) => !frame.includes('"beat"')),
    [],
  )
  world.gates.revoked.open()
  await pass(context, world, 2_000)
  assert.deepEqual(headsIn(heard), [{ audienceId: world.audienceId, number: 1 }])
})

test('S3 who left an organization hears nothing of its directory any more', async (context) => {
  const world = stage(context)
  world.truth.members = new Set([nancy, janet])
  const [first, gone] = [await world.listen(nancy), await world.listen(janet)]
  world.truth.members.delete(janet)
  world.truth.version = 2
  world.truth.personNumbers.set(janet, 1)
  world.delivery.receive([{ topic: `person:${janet}`, body: { name: 'membership.changed' } }])
  await world.delivery.settled()
  const body = { state: 'directory', organizationId: world.organizationId, version: 2 }
  world.delivery.receive([{ topic: `organization:${world.organizationId}`, body }])
  assert.deepEqual([statesIn(first).length, statesIn(gone).length], [1, 0])
})

test('an organization is heard by its people alone', async (context) => {
  const world = stage(context)
  world.truth.members = new Set([nancy, janet])
  const elsewhere = OrganizationId.parse('00000000-0000-4000-8000-0000000000cc')
  world.truth.organizationIds.set(janet, elsewhere)
  const [first, second] = [await world.listen(nancy), await world.listen(janet)]
  const body = { state: 'directory', organizationId: elsewhere, version: 2 }
  world.delivery.receive([{ topic: `organization:${elsewhere}`, body }])
  assert.deepEqual([statesIn(first).length, statesIn(second).length], [0, 1])
})

test('R3 the loss of the last event is found by comparing heads, every five seconds', async (context) => {
  const world = stage(context)
  world.truth.members = new Set([nancy])
  const heard = await world.listen(nancy)
  world.post('Never announced')
  await pass(context, world, 5_000)
  await world.delivery.settled()
  assert.deepEqual(headsIn(heard), [{ audienceId: world.audienceId, number: 1 }])
})

test('what is announced while the heads are compared is not taken for lost', async (context) => {
  const world = stage(context)
  world.truth.members = new Set([nancy])
  const heard = await world.listen(nancy)
  const posted = world.post('On its way')
  world.delivery.doubt()
  await new Promise((resolve) => setImmediate(resolve)) // the heads have been read
  world.delivery.receive([posted])
  await world.delivery.settled()
  assert.deepEqual([wordsIn(heard), headsIn(heard)], [['On its way'], []])
})

test('R3 when the bus is in doubt the heads are compared at once', async (context) => {
  const world = stage(context)
  world.truth.members = new Set([nancy])
  const heard = await world.listen(nancy)
  world.post('Never announced')
  world.delivery.doubt()
  await world.delivery.settled()
  assert.deepEqual(headsIn(heard), [{ audienceId: world.audienceId, number: 1 }])
})

test('a client that does not read is sent hints instead of bodies, and completes later; others are not hurt', async (context) => {
  const world = stage(context)
  world.truth.members = new Set([nancy, janet])
  const [fast, slow] = [await world.listen(nancy), await world.listen(janet)]
  slow.isReading = false
  for (let count = 0; count < 400; count++) world.delivery.receive([world.post('x'.repeat(1_000))])
  assert.equal(wordsIn(fast).length, 400)
  assert.ok(slow.backlog > SOFT_LIMIT_BYTES && slow.backlog < SOFT_LIMIT_BYTES + 2_000, 'its backlog grows no further')
  assert.equal(slow.closedWith, undefined)
  slow.backlog = 0
  slow.isReading = true
  await pass(context, world, 1_000)
  assert.deepEqual(headsIn(slow), [{ audienceId: world.audienceId, number: 400 }])
})

test('a client that stays slow is closed so that it may come back, and one far behind at once', async (context) => {
  const world = stage(context)
  world.truth.members = new Set([nancy, janet])
  const [slow, full] = [await world.listen(nancy), await world.listen(janet)]
  slow.backlog = SOFT_LIMIT_BYTES + 1
  full.backlog = HARD_LIMIT_BYTES + 1
  world.delivery.receive([world.post('One')])
  assert.deepEqual([slow.closedWith, full.closedWith], [undefined, closeCodes.slow])
  await pass(context, world, SLOW_MAX_MS)
  world.delivery.receive([world.post('Two')])
  await pass(context, world, 1_000)
  assert.equal(slow.closedWith, closeCodes.slow)
})

test('a client that stays slow is closed also when nothing more is said', async (context) => {
  const world = stage(context)
  world.truth.members = new Set([nancy])
  const slow = await world.listen(nancy)
  slow.backlog = SOFT_LIMIT_BYTES + 1
  world.delivery.receive([world.post('One')])
  await pass(context, world, SLOW_MAX_MS + 2_000)
  assert.equal(slow.closedWith, closeCodes.slow)
})

test('R10 a connection that gives no sign of life for two heartbeats is cut off, listening or not', async (context) => {
  const world = stage(context)
  world.truth.members = new Set([nancy])
  const all = [await world.listen(nancy), world.connect(janet), await world.listen(nancy)]
  await pass(context, world, 50_000)
  const [, , alive] = all
  if (alive) alive.heardAt = Date.now()
  assert.deepEqual(
    all.map(({ isTerminated }) => isTerminated),
    [false, false, false],
  )
  await pass(context, world, 7_000)
  assert.deepEqual(
    all.map(({ isTerminated }) => isTerminated),
    [true, true, false],
  )
})

test('R13 a drain asks everybody to come back elsewhere, each at a time of their own', async (context) => {
  const world = stage(context)
  world.truth.members = new Set([nancy])
  const all: Heard[] = []
  for (let count = 0; count < 50; count++) all.push(await world.listen(nancy))
  const silent = world.connect(janet)
  world.delivery.drain(2_000)
  const waits = all.map((heard) => statesIn(heard).find(({ state }) => state === 'drain')?.reconnectAfterMs ?? -1)
  assert.ok(waits.every((wait) => wait >= 0 && wait <= 2_000))
  assert.ok(new Set(waits).size > 25, 'they would all come at once')
  assert.ok([...all, silent].every(({ closedWith }) => closedWith === closeCodes.draining))
})
