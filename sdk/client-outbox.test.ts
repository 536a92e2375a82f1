import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryStorage } from './outbox-storage.ts'
import { pendingTo, unreadOf } from './selectors.ts'
import { createCalmWorld, storedTexts, textsIn, words } from './simulation/calm-world.ts'

test('a message shows as waiting at once, and moves into the log when the server has stored it', async () => {
  const world = createCalmWorld()
  const tab = world.open(world.ann)
  await world.wait(1_000)
  const id = tab.client.post({ audienceId: world.groupId, parts: words('hello') })
  assert.deepEqual(
    tab.client.state.pending.map((post) => [post.id, post.status]),
    [[id, 'waiting']],
  )
  const acknowledged = tab.client.acknowledged(id)
  await world.wait(1_000)
  assert.equal((await acknowledged).id, id)
  assert.deepEqual(tab.client.state.pending, [])
  assert.deepEqual(textsIn(tab, world.groupId), ['hello'])
})

test('a message whose answer was lost with the connection is sent again, and stored once', async () => {
  const world = createCalmWorld()
  const tab = world.open(world.ann)
  await world.wait(1_000)
  world.faults.crashAfterCommit = 1
  tab.client.post({ audienceId: world.groupId, parts: words('once') })
  await world.wait(200)
  world.faults.crashAfterCommit = 0
  assert.deepEqual(storedTexts(world), ['once'])
  await world.wait(40_000)
  assert.deepEqual(storedTexts(world), ['once'])
  assert.deepEqual(tab.client.state.pending, [])
  assert.equal(world.server.asked.filter((name) => name === 'message.post').length, 2)
})

test('what waits survives a reload of the page and is sent in the order of writing', async () => {
  const world = createCalmWorld()
  const tab = world.open(world.ann)
  await world.wait(1_000)
  world.faults.connectFails = 1
  world.server.cut(world.ann)
  await world.wait(100)
  for (const text of ['one', 'two', 'three']) tab.client.post({ audienceId: world.groupId, parts: words(text) })
  await world.wait(100)
  tab.reload()
  world.faults.connectFails = 0
  await world.wait(60_000)
  assert.deepEqual(storedTexts(world), ['one', 'two', 'three'])
  assert.deepEqual(tab.client.state.pending, [])
})

test('two tabs that share an outbox store everything once', async () => {
  const world = createCalmWorld()
  const storage = memoryStorage()
  const first = world.open(world.ann, storage)
  await world.wait(1_000)
  world.faults.connectFails = 1
  world.server.cut(world.ann)
  await world.wait(100)
  for (const text of ['one', 'two']) first.client.post({ audienceId: world.groupId, parts: words(text) })
  const second = world.open(world.ann, storage)
  world.faults.connectFails = 0
  await world.wait(60_000)
  assert.deepEqual(storedTexts(world), ['one', 'two'])
  assert.deepEqual(
    [first, second].map(({ client }) => client.state.pending),
    [[], []],
  )
})

test('a refusal that is final fails the message, which can be sent again or given up', async () => {
  const world = createCalmWorld()
  const { client } = world.open(world.ann)
  await world.wait(1_000)
  const audience = world.server.model.store.audiences.get(world.groupId)
  assert.ok(audience)
  const { intervals } = audience
  audience.intervals = []
  const [first, second] = ['first', 'second'].map((text) =>
    client.post({ audienceId: world.groupId, parts: words(text) }),
  )
  assert.ok(first && second)
  const refused = assert.rejects(client.acknowledged(first), { code: 'access.refused' })
  await world.wait(1_000)
  await refused
  assert.deepEqual(
    client.state.pending.map(({ status, failure }) => [status, failure?.code]),
    [
      ['failed', 'access.refused'],
      ['failed', 'access.refused'],
    ],
  )
  audience.intervals = intervals
  client.discard(first)
  client.retry(second)
  await world.wait(1_000)
  assert.deepEqual(client.state.pending, [])
  assert.deepEqual(storedTexts(world), ['second'])
})

test('a busy server is no failure: the message is sent again until it is stored', async () => {
  const world = createCalmWorld()
  const { client } = world.open(world.ann)
  await world.wait(1_000)
  world.faults.busy = 1
  client.post({ audienceId: world.groupId, parts: words('patience') })
  await world.wait(20_000)
  assert.equal(client.state.pending[0]?.status, 'waiting')
  world.faults.busy = 0
  await world.wait(40_000)
  assert.deepEqual(storedTexts(world), ['patience'])
})

test('the first message to a person makes the conversation', async () => {
  const world = createCalmWorld()
  const { client } = world.open(world.ann)
  await world.wait(1_000)
  const { organizationId } = world.server.model.store
  client.postDirect({ organizationId, personId: world.bob, parts: words('psst') })
  assert.equal(pendingTo(client.state, organizationId, world.bob).length, 1)
  await world.wait(1_000)
  assert.equal(client.state.pending.length, 0)
  const direct = Array.from(client.state.conversations.values()).find(({ kind }) => kind === 'direct')
  assert.equal(direct?.otherId, world.bob)
  assert.equal(unreadOf(client.state, direct.id), 0)
})
