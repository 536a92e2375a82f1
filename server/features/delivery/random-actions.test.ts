import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import type { OpenedSync } from '../../../protocol/delivery.ts'
import { chooseSeed, createRandom, type Random } from '../../../e2e/support/random.ts'
import { reduce } from '../../../sdk/reducer.ts'
import type { State } from '../../../sdk/state.ts'
import { viewOf, viewOfSnapshot } from '../../../sdk/view.ts'
import { features } from '../../all-features.ts'
import { Refusal } from '../../platform/refusal.ts'
import { names, type Name } from '../../testing/cast.ts'
import { openWorld, type World } from '../../testing/world.ts'

const ACTIONS = 150
const staff = names.filter((name) => name !== 'outsider')

/**
 * Each action is checked by `act`: what everybody knew, with the frames they got, is what a fresh snapshot says. From
 * time to time somebody takes up a state that is long past, and must get to the same by differences.
 */
test('R7 whatever five people do, events and a fresh look say the same, from any moment in the past', async (context) => {
  const random = createRandom(chooseSeed())
  context.diagnostic(`seed ${random.seed}`)
  await using world = await openWorld(features)
  const unversioned: string[] = []
  world.database.onCommitted((announcements) => {
    for (const { topic, version, body } of announcements)
      if (topic.startsWith('audience:') && version === undefined) unversioned.push(JSON.stringify(body))
  })
  const past: { name: Name; state: State; age: number }[] = []
  const made: string[] = []
  const counts = { done: 0, refused: 0, resumed: 0 }
  for (let step = 0; step < ACTIONS; step++) {
    const action = chooseAction(random, { world, made })
    await carryOut(world, action).then((done) => counts[done ? 'done' : 'refused']++)
    if (random.below(4) === 0) {
      const witness = random.pick(names)
      past.push({ name: witness, state: world.ears[witness].state, age: step })
    }
    if (past.length > 0 && random.below(3) === 0) {
      await resume(world, random.pick(past))
      counts.resumed++
    }
  }
  describe(context, counts)
  assert.ok(counts.done > ACTIONS / 2, 'almost everything was refused')
  assert.ok(counts.resumed > 10)
  assert.deepEqual(unversioned, [], 'a node that has not heard of a removal would tell this to the removed')
})

function describe(context: TestContext, { done, refused, resumed }: Record<string, number>) {
  context.diagnostic(`${done} actions carried out, ${refused} refused, ${resumed} old states brought up to date`)
}

type Action = { name: Name; command: string; input: object }
async function carryOut(world: World, { name, command, input }: Action): Promise<boolean> {
  try {
    await world.act(name, command, input)
    return true
  } catch (error) {
    if (error instanceof Refusal) return false
    throw new Error(`${name} did ${command} ${JSON.stringify(input)}`, { cause: error })
  }
}

/** As a client does that was away since then. */
async function resume(world: World, { name, state, age }: { name: Name; state: State; age: number }): Promise<void> {
  const positions = Array.from(state.audiences.values(), ({ id, lastNumber, lastId }) => ({
    audienceId: id,
    number: lastNumber,
    id: lastId,
  }))
  const { epoch, personNumber: number, personLastId: id } = state
  const opened = (await world.ask(name, 'sync.open', { epoch, person: { number, id }, positions })) as OpenedSync
  const fresh = (await world.ask(name, 'sync.open', {})) as OpenedSync
  const { state: now, needs } = reduce(state, { kind: 'opened', opened })
  assert.deepEqual(needs, [], `${name} since action ${age}`)
  assert.deepEqual(viewOf(now), viewOfSnapshot(fresh), `${name} since action ${age}`)
}

type Scene = { world: World; made: string[] }
/** Mostly by somebody who may do it, and now and then by somebody who may not. */
function chooseAction(random: Random, scene: Scene): Action {
  const { world, made } = scene
  const { cast, ears } = world
  const inside = { organizationId: cast.organizationId }
  const anybody = random.pick(names)
  const mine = Array.from(ears[anybody].state.conversations.values())
  const conversation = mine.length > 0 && random.below(12) > 0 ? random.pick(mine) : undefined
  if (!conversation) return start(random, scene)
  const conversationId = conversation.id
  const audienceId = random.pick(conversation.audienceIds)
  const audience = ears[anybody].state.audiences.get(audienceId)
  const last = audience?.lastMessage
  const number = last && random.below(3) > 0 ? last.number : 1 + random.below(Math.max(1, audience?.lastNumber ?? 1))
  const called = (id: string | undefined) => names.find((name) => cast[name].personId === id)
  const usually = (name: Name | undefined) => (name && random.below(5) > 0 ? name : random.pick(names))
  const [owner, author] = [usually(called(conversation.ownerIds[0]) ?? anybody), usually(called(last?.authorId))]
  const member = usually(conversation.kind === 'broadcast' ? called(conversation.ownerIds[0]) : anybody)
  const parts = [{ type: 'text', text: `words ${random.below(1_000)}` }]
  const post = { ...inside, audienceId, id: uuidv7(), parts }
  const message = { ...inside, audienceId, number }
  const group = { ...inside, conversationId }
  const personId = cast[random.pick(staff)].personId
  const people = { ...group, personIds: [personId] }
  const innerId = made.length > 0 ? random.pick(made) : conversationId
  return weighed(random, [
    [8, { name: member, command: 'message.post', input: post }],
    [2, { name: member, command: 'message.post', input: { ...post, replyTo: number } }],
    [3, { name: author, command: 'message.edit', input: { ...message, parts } }],
    [2, { name: author, command: 'message.delete', input: message }],
    [4, { name: member, command: 'message.react', input: { ...message, emoji: '👍', isOn: random.below(3) > 0 } }],
    [3, { name: anybody, command: 'audience.mark', input: { ...inside, audienceId, read: random.below(30) } }],
    [1, { name: anybody, command: 'typing.start', input: { ...inside, audienceId } }],
    [4, { name: owner, command: 'conversation.add-members', input: people }],
    [3, { name: owner, command: 'conversation.remove-members', input: people }],
    [2, { name: owner, command: 'conversation.set-owners', input: people }],
    [1, { name: member, command: 'conversation.leave', input: group }],
    [1, { name: owner, command: 'conversation.rename', input: { ...group, name: `Name ${random.below(100)}` } }],
    [3, { name: owner, command: 'conversation.nest', input: { ...group, innerId } }],
    [1, { name: owner, command: 'conversation.unnest', input: { ...group, innerId } }],
    [
      1,
      { name: 'andrew', command: 'member.change', input: { ...inside, personId, title: `Title ${random.below(9)}` } },
    ],
    [1, { name: 'andrew', command: 'member.set-role', input: { ...inside, personId, role: 'administrator' } }],
  ])
}

function start(random: Random, { world, made }: Scene): Action {
  const { cast } = world
  const inside = { organizationId: cast.organizationId }
  const parts = [{ type: 'text', text: 'Hello' }]
  const personId = cast[random.pick(names)].personId
  const name = random.pick(staff)
  if (random.below(3) === 0)
    return { name, command: 'direct.post', input: { ...inside, personId, id: uuidv7(), parts } }
  const conversationId = uuidv7()
  made.push(conversationId)
  const kind = random.pick(['group', 'broadcast'])
  const personIds = staff.filter(() => random.below(2) === 0).map((name) => cast[name].personId)
  const history = random.pick(['all', 'joined'])
  return {
    name,
    command: 'conversation.create',
    input: { ...inside, conversationId, kind, name: 'Talk', personIds, history },
  }
}

function weighed(random: Random, all: readonly [number, Action][]): Action {
  let left = random.below(all.reduce((sum, [weight]) => sum + weight, 0))
  const [, chosen] = all.find(([weight]) => (left -= weight) < 0) ?? []
  return chosen ?? assert.fail('nothing was chosen')
}
