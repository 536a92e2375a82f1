import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RequestError } from './request-error.ts'
import { typingIn, unreadOf } from './selectors.ts'
import { createCalmWorld, textsIn, whileWaiting, words } from './simulation/calm-world.ts'
import { changeMember, changeMessage } from './simulation/model-commands.ts'

test('a client that connects knows everything, and is told what happens', async () => {
  const world = createCalmWorld()
  const tab = world.open(world.ann)
  assert.equal(tab.client.status, 'connecting')
  await world.wait(1_000)
  assert.equal(tab.client.status, 'open')
  assert.equal(tab.client.state.conversations.size, 1)
  world.say(world.bob, 'hello')
  await world.wait(1_000)
  assert.deepEqual(textsIn(tab, world.groupId), ['hello'])
})

test('the state stays the same object until something changes, and listeners hear of every change', async () => {
  const world = createCalmWorld()
  const { client } = world.open(world.ann)
  await world.wait(1_000)
  let calls = 0
  const unsubscribe = client.subscribe(() => calls++)
  const before = client.state
  await world.wait(60_000)
  assert.equal(client.state, before)
  world.say(world.bob, 'hello')
  await world.wait(500)
  assert.notEqual(client.state, before)
  assert.equal(client.state.memberships, before.memberships)
  assert.ok(calls > 0)
  const callsBefore = calls
  unsubscribe()
  world.say(world.bob, 'again')
  await world.wait(500)
  assert.equal(calls, callsBefore)
})

test('the loss of the last event, which no gap shows, is found by the next beat', async () => {
  const world = createCalmWorld()
  const tab = world.open(world.ann)
  await world.wait(1_000)
  world.faults.pushLost = 1
  world.say(world.bob, 'lost')
  await world.wait(1_000)
  world.faults.pushLost = 0
  assert.deepEqual(textsIn(tab, world.groupId), [])
  await world.wait(27_000)
  assert.deepEqual(textsIn(tab, world.groupId), ['lost'])
})

test('a gap is asked for after half a second, and not before', async () => {
  const world = createCalmWorld()
  const tab = world.open(world.ann)
  await world.wait(1_000)
  world.faults.pushLost = 1
  world.say(world.bob, 'one')
  world.faults.pushLost = 0
  world.say(world.bob, 'two')
  await world.wait(400)
  assert.deepEqual(textsIn(tab, world.groupId), [])
  assert.ok(!world.server.asked.includes('sync.difference'))
  await world.wait(400)
  assert.deepEqual(textsIn(tab, world.groupId), ['one', 'two'])
  assert.equal(world.server.asked.filter((name) => name === 'sync.difference').length, 1)
})

test('events that overtake each other are put in order without asking', async () => {
  const world = createCalmWorld()
  const tab = world.open(world.ann)
  await world.wait(1_000)
  world.faults.pushLate = 1
  const texts = ['one', 'two', 'three', 'four']
  let delayMs = 400
  world.random.below = () => (delayMs -= 60)
  for (const text of texts) world.say(world.bob, text)
  await world.wait(600)
  assert.deepEqual(textsIn(tab, world.groupId), texts)
  assert.ok(!world.server.asked.includes('sync.difference'))
})

test('who was away gets the differences, or the last page where too much has happened', async () => {
  const world = createCalmWorld()
  const tab = world.open(world.ann)
  await world.wait(1_000)
  world.faults.connectFails = 1
  world.server.cut(world.ann)
  const texts = Array.from({ length: 30 }, (_, index) => `message ${index}`)
  texts.slice(0, 5).forEach((text) => world.say(world.bob, text))
  world.faults.connectFails = 0
  await world.wait(10_000)
  assert.deepEqual(textsIn(tab, world.groupId), texts.slice(0, 5))
  world.server.cut(world.ann)
  texts.slice(5).forEach((text) => world.say(world.bob, text))
  await world.wait(10_000)
  assert.deepEqual(textsIn(tab, world.groupId), texts.slice(-1), 'only the last message is loaded')
  assert.equal(tab.client.state.audiences.get(world.groupId)?.lastNumber, 30)
  assert.deepEqual(await whileWaiting(world, tab.client.history(world.groupId, { limit: 10 })), { hasMore: true })
  assert.deepEqual(await whileWaiting(world, tab.client.history(world.groupId)), { hasMore: false })
  assert.deepEqual(textsIn(tab, world.groupId), texts)
})

test('a page that is older than an event which came before it does not undo the event', async () => {
  const world = createCalmWorld()
  const first = world.say(world.bob, 'first')
  world.say(world.bob, 'last')
  const tab = world.open(world.ann)
  await world.wait(1_000)
  const { server } = world
  const { model } = server
  const audience = model.store.audiences.get(world.groupId)
  assert.ok(audience)
  const page = tab.client.history(world.groupId)
  // The page is read, and its answer waits in the network while the deletion overtakes it.
  await world.wait(0)
  const ask = server.asked.length
  while (server.asked.length === ask) await world.wait(1)
  world.faults.pushLate = 1
  world.random.below = () => 0
  server.happen(() => {
    const change = { parts: [], deletedAt: '2026-01-01T00:00:00.000000Z' }
    changeMessage(model, world.bob, { audience, number: first.number, name: 'message.deleted', change })
  })
  await whileWaiting(world, page)
  assert.deepEqual(textsIn(tab, world.groupId), [undefined, 'last'])
})

test('read marks show at once, and go to the server together within a second', async () => {
  const world = createCalmWorld()
  const { client } = world.open(world.ann)
  const marksOf = () => world.server.asked.filter((name) => name === 'audience.mark').length
  for (const text of ['one', 'two', 'three']) world.say(world.bob, text)
  await world.wait(5_000)
  const [conversation] = client.state.conversations.values()
  assert.ok(conversation)
  assert.equal(unreadOf(client.state, conversation.id), 3)
  const before = marksOf()
  for (const number of [1, 2, 3]) client.markRead(world.groupId, number)
  assert.equal(unreadOf(client.state, conversation.id), 0)
  await world.wait(1_500)
  assert.equal(marksOf() - before, 1)
  const mark = world.server.model.store.audiences.get(world.groupId)?.marks.get(world.ann)
  assert.deepEqual(mark, { read: 3, delivered: 3 })
})

test('that a message has arrived is told by itself', async () => {
  const world = createCalmWorld()
  world.open(world.ann)
  await world.wait(1_000)
  world.say(world.bob, 'hello')
  await world.wait(3_000)
  const mark = world.server.model.store.audiences.get(world.groupId)?.marks.get(world.ann)
  assert.deepEqual(mark, { read: 0, delivered: 1 })
})

test('a mark that could not be told is told on the next connection', async () => {
  const world = createCalmWorld()
  const { client } = world.open(world.ann)
  world.say(world.bob, 'hello')
  await world.wait(5_000)
  client.markRead(world.groupId, 1)
  world.server.cut(world.ann)
  await world.wait(10_000)
  assert.equal(world.server.model.store.audiences.get(world.groupId)?.marks.get(world.ann)?.read, 1)
})

test('what one has read stays read when everything is fetched anew before the server knows of it', async () => {
  const world = createCalmWorld()
  world.say(world.bob, 'hello')
  const { client } = world.open(world.ann)
  await world.wait(5_000)
  client.markRead(world.groupId, 1)
  world.server.model.store.epoch = world.random.id()
  world.server.cut(world.ann)
  const [conversationId] = client.state.conversations.keys()
  assert.ok(conversationId)
  await world.wait(100)
  while (client.status !== 'open') await world.wait(10)
  assert.equal(unreadOf(client.state, conversationId), 0)
  assert.equal(world.server.model.store.audiences.get(world.groupId)?.marks.get(world.ann)?.read ?? 0, 0)
})

test('typing is told at most every three seconds, and that of others fades after six', async () => {
  const world = createCalmWorld()
  const { client } = world.open(world.ann)
  await world.wait(1_000)
  for (let key = 0; key < 50; key++) {
    client.typing(world.groupId)
    await world.wait(100)
  }
  assert.equal(world.server.asked.filter((name) => name === 'typing.start').length, 2)
  const frame = { state: 'typing' as const, audienceId: world.groupId, personId: world.bob }
  world.server.happen(({ announced }) => void announced.push({ personId: world.ann, frame }))
  await world.wait(1_000)
  assert.deepEqual(typingIn(client.state, world.groupId, world.timeline.now()), [world.bob])
  await world.wait(6_500)
  assert.equal(client.state.typing.size, 0)
})

test('a restored backup resets the client instead of mixing two pasts', async () => {
  const world = createCalmWorld()
  const tab = world.open(world.ann)
  world.say(world.bob, 'kept')
  world.server.backUp()
  world.say(world.bob, 'lost with the disk')
  await world.wait(2_000)
  assert.equal(textsIn(tab, world.groupId)?.at(-1), 'lost with the disk')
  world.server.restore()
  world.say(world.bob, 'new')
  await world.wait(40_000)
  await whileWaiting(world, tab.client.history(world.groupId))
  assert.deepEqual(textsIn(tab, world.groupId), ['kept', 'new'])
})

test('who leaves a group keeps nothing of it, and who joins gets it', async () => {
  const world = createCalmWorld()
  const tab = world.open(world.bob)
  world.say(world.ann, 'before')
  await world.wait(1_000)
  const change = () =>
    world.server.happen((model) => {
      const audience = model.store.audiences.get(world.groupId)
      if (audience) changeMember(model, audience, world.bob)
    })
  change()
  await world.wait(1_000)
  assert.equal(tab.client.state.conversations.size, 0)
  assert.equal(tab.client.state.logs.size, 0)
  change()
  await world.wait(1_000)
  assert.equal(tab.client.state.conversations.size, 1)
})

test('a session that has ended leaves nothing in the client, and is not connected again', async () => {
  const world = createCalmWorld()
  const { client } = world.open(world.ann)
  world.say(world.bob, 'secret')
  await world.wait(1_000)
  world.server.cut(world.ann, 4101)
  await world.wait(120_000)
  assert.equal(client.status, 'signed-out')
  assert.equal(client.state.conversations.size, 0)
  assert.equal(client.state.personId, null)
  assert.equal(world.server.asked.filter((name) => name === 'sync.open').length, 1)
})

test('a closed client refuses, and stays closed', async () => {
  const world = createCalmWorld()
  const { client } = world.open(world.ann)
  await world.wait(1_000)
  client.close()
  client.reconnect()
  await world.wait(60_000)
  assert.equal(client.status, 'stopped')
  assert.throws(() => client.post({ audienceId: world.groupId, parts: words('late') }), { code: 'client.closed' })
  await assert.rejects(client.do('session.get', {}), (error) => error instanceof RequestError)
})
