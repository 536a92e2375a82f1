import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import type { ConversationView } from '../../../protocol/conversations.ts'
import type { OpenedSync } from '../../../protocol/delivery.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import { features } from '../../all-features.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { Name } from '../../testing/cast.ts'
import { bringIn, type Outsider } from '../../testing/outsiders.ts'
import { openWorld, type World } from '../../testing/world.ts'

let world: World
let customer: Outsider
let inside: { organizationId: string }

before(async () => {
  world = await openWorld(features)
  inside = { organizationId: world.cast.organizationId }
  customer = await bringIn(world, 'steven', 'maria')
})
after(() => world[Symbol.asyncDispose]())

const asCustomer = (command: string, input: object, who: Outsider = customer) => world.askAs(who.actor, command, input)

async function refusedTo(who: Outsider, command: string, input: object): Promise<string> {
  const outcome = await asCustomer(command, input, who).then(
    (answer) => assert.fail(`${command} was not refused: ${JSON.stringify(answer)}`),
    (error: unknown) => error,
  )
  assert.ok(outcome instanceof Refusal, String(outcome))
  return outcome.code
}

async function makeGroup(owner: Name, personIds: readonly PersonId[], more: object = {}): Promise<ConversationView> {
  const input = { ...inside, conversationId: uuidv7(), kind: 'group', name: 'Deal', personIds, ...more }
  return world.act<ConversationView>(owner, 'conversation.create', input)
}

const audienceOf = ({ audiences }: ConversationView) => audiences[0]?.id ?? ''
const say = (text: string) => [{ type: 'text', text }]
const viewOf = async (name: Name, { id }: ConversationView) =>
  (await world.ask(name, 'conversation.get', { ...inside, conversationId: id })) as ConversationView

test('G7-04 inviting somebody from outside makes the group external, and everybody in it is told', async () => {
  const group = await makeGroup('steven', [world.cast.robert.personId])
  assert.equal(group.isExternal, false)
  const robert = world.ears.robert
  const people = { ...inside, conversationId: group.id, personIds: [customer.personId] }
  const after = await world.act<ConversationView>('steven', 'conversation.add-members', people)
  assert.equal(after.isExternal, true)
  assert.equal(robert.state.conversations.get(group.id)?.isExternal, true, 'the event reached Robert')
  const page = (await asCustomer('conversation.members', { ...inside, conversationId: group.id })) as {
    members: { personId: string; isExternal: boolean }[]
  }
  const external = page.members.filter(({ isExternal }) => isExternal).map(({ personId }) => personId)
  assert.deepEqual(external, [customer.personId])
  await asCustomer('message.post', { ...inside, audienceId: audienceOf(group), id: uuidv7(), parts: say('Hello') })
})

test('G7-04 the group stays external when the last outsider leaves, until an owner closes it off', async () => {
  const group = await makeGroup('steven', [world.cast.robert.personId, customer.personId])
  const one = { ...inside, conversationId: group.id }
  await world.refuse('steven', 'conversation.close-off', one, 'conversation.has-outsiders')
  await asCustomer('conversation.leave', one)
  assert.equal((await viewOf('steven', group)).isExternal, true)
  await world.refuse('robert', 'conversation.close-off', one, 'access.refused')
  assert.equal((await world.act<ConversationView>('steven', 'conversation.close-off', one)).isExternal, false)
  assert.equal(world.ears.robert.state.conversations.get(group.id)?.isExternal, false)
})

test('G7-04 a group inside another makes the outer one external too', async () => {
  const [outer, inner] = [await makeGroup('steven', [world.cast.robert.personId]), await makeGroup('steven', [])]
  await world.act('steven', 'conversation.nest', { ...inside, conversationId: outer.id, innerId: inner.id })
  const people = { ...inside, conversationId: inner.id, personIds: [customer.personId] }
  await world.act('steven', 'conversation.add-members', people)
  assert.equal((await viewOf('robert', outer)).isExternal, true)
})

test('G7-04 G3-05 in a broadcast only its owners see that it is external', async () => {
  const broadcast = await makeGroup('steven', [world.cast.robert.personId], { kind: 'broadcast' })
  const heard = world.ears.robert
  const people = { ...inside, conversationId: broadcast.id, personIds: [customer.personId] }
  const frames = heard.frames.length
  await world.act('steven', 'conversation.add-members', people)
  assert.equal((await viewOf('steven', broadcast)).isExternal, true)
  assert.equal((await viewOf('robert', broadcast)).isExternal, null)
  assert.equal(heard.frames.length, frames)
})

test('G7-04 G5-01 where only administrators bring people from outside, an owner cannot, nor into a group out of a group', async () => {
  const whole = { ...inside, kind: 'group', name: 'Whole', personIds: [customer.personId, world.cast.robert.personId] }
  const { id: fromId } = await world.act<{ id: string }>('steven', 'conversation.create', {
    ...whole,
    conversationId: uuidv7(),
  })
  const split = (personIds: string[]) => ({ ...inside, conversationId: uuidv7(), fromId, name: 'Part', personIds })
  await world.act('andrew', 'outsider-rules.change', { ...inside, mayBring: 'administrators' })
  const input = { ...inside, conversationId: uuidv7(), kind: 'group', name: 'Deal', personIds: [customer.personId] }
  await world.refuse('steven', 'conversation.create', input, 'conversation.outsiders-refused')
  await world.refuse('steven', 'conversation.split', split([customer.personId]), 'conversation.outsiders-refused')
  await world.act('steven', 'conversation.split', split([world.cast.robert.personId]))
  await world.act('andrew', 'conversation.create', { ...input, conversationId: uuidv7() })
  await world.refuse('steven', 'outsider-rules.change', { ...inside, mayBring: 'owners' }, 'access.refused')
  await world.act('andrew', 'outsider-rules.change', { ...inside, mayBring: 'owners' })
})

test('G7-01 a member brings only those they know, and nobody from outside owns a conversation', async () => {
  const hidden = await bringIn(world, 'steven', 'hidden')
  const input = { ...inside, conversationId: uuidv7(), kind: 'group', name: 'Deal', personIds: [hidden.personId] }
  await world.refuse('janet', 'conversation.create', input, 'member.not-found')
  await world.refuse(
    'janet',
    'direct.post',
    { ...inside, personId: hidden.personId, id: uuidv7(), parts: say('Hi') },
    'member.not-found',
  )
  const group = await makeGroup('steven', [hidden.personId])
  const owners = { ...inside, conversationId: group.id, personIds: [hidden.personId] }
  await world.refuse('steven', 'conversation.set-owners', owners, 'conversation.owner-external')
})

test('G7-01 an outsider answers where they were written to, and writes to nobody else', async () => {
  const first = { ...inside, personId: customer.personId, id: uuidv7(), parts: say('Good morning') }
  const { conversation } = await world.act<{ conversation: ConversationView }>('steven', 'direct.post', first)
  assert.equal(conversation.isExternal, true)
  const answer = (personId: PersonId) => ({ ...inside, personId, id: uuidv7(), parts: say('And to you') })
  await asCustomer('direct.post', answer(world.cast.steven.personId))
  assert.equal(await refusedTo(customer, 'direct.post', answer(world.cast.nancy.personId)), 'access.refused')
  const create = { ...inside, conversationId: uuidv7(), kind: 'group', name: 'Mine' }
  assert.equal(await refusedTo(customer, 'conversation.create', create), 'access.refused')
})

test('G7-01 whoever leaves a direct conversation from outside closes it', async () => {
  const other = await bringIn(world, 'steven', 'leaver')
  const first = { ...inside, personId: other.personId, id: uuidv7(), parts: say('Good morning') }
  const { conversation } = await world.act<{ conversation: ConversationView }>('steven', 'direct.post', first)
  await asCustomer('conversation.leave', { ...inside, conversationId: conversation.id }, other)
  await world.refuse('steven', 'direct.post', { ...first, id: uuidv7() }, 'conversation.closed')
  assert.equal((await viewOf('steven', conversation)).isClosed, true)
})

test('G7-01 S2 somebody from outside sees the conversations they are in, and nothing else of the organization', async () => {
  const stranger = await bringIn(world, 'steven', 'stranger')
  const group = await makeGroup('steven', [world.cast.nancy.personId])
  const shared = await makeGroup('steven', [world.cast.robert.personId, stranger.personId])
  const closed: Record<string, object> = {
    'member.list': inside,
    'member.get': { ...inside, personIds: [world.cast.andrew.personId] },
    'chart.get': inside,
    'chart.chain': inside,
    'organization.get': inside,
    'dispatch.list': inside,
    'contact.list': inside,
    'contact.keepers': inside,
    'contact.get': { ...inside, personId: stranger.personId },
    'contact.change': { ...inside, personId: stranger.personId, notes: 'x' },
    'contact.export': inside,
    'outsider-rules.get': inside,
    'conversation.get': { ...inside, conversationId: group.id },
    'conversation.members': { ...inside, conversationId: group.id },
    'message.history': { ...inside, audienceId: audienceOf(group) },
    'sync.difference': { audienceId: audienceOf(group), after: 0 },
    'conversation.add-members': { ...inside, conversationId: shared.id, personIds: [world.cast.nancy.personId] },
    'conversation.rename': { ...inside, conversationId: shared.id, name: 'Mine' },
    'conversation.split': {
      ...inside,
      conversationId: uuidv7(),
      fromId: shared.id,
      name: 'Mine',
      personIds: [world.cast.robert.personId],
    },
    'conversation.close-off': { ...inside, conversationId: shared.id },
  }
  for (const [command, input] of Object.entries(closed))
    assert.equal(await refusedTo(stranger, command, input), 'access.refused', command)
  const opened = (await asCustomer('sync.open', {}, stranger)) as OpenedSync
  assert.deepEqual(
    opened.conversations.map(({ id }) => id),
    [shared.id],
  )
  const text = JSON.stringify(opened)
  for (const name of ['andrew', 'nancy', 'janet'] as const)
    for (const word of [name, world.cast[name].personId]) assert.ok(!text.includes(word), `${word} was told`)
})

test('G7-01 S2 an outsider learns the names of those they share a conversation with, and of nobody else', async () => {
  const stranger = await bringIn(world, 'steven', 'asker')
  const { steven, robert, nancy } = world.cast
  await makeGroup('steven', [robert.personId, stranger.personId])
  const personIds = [steven.personId, robert.personId, nancy.personId, customer.personId, stranger.personId]
  const { people } = (await asCustomer('person.names', { ...inside, personIds }, stranger)) as {
    people: { name: string; isExternal: boolean }[]
  }
  assert.deepEqual(people.map(({ name }) => name).toSorted(), ['asker', 'robert', 'steven'])
})

test('G7-01 S2 the directory’s changes are not announced to people from outside', async () => {
  const [row] = await world.database.read(
    (tx) => tx<{ count: number }>`select count(*) as count from outsider where person_id = ${customer.personId}`,
  )
  assert.equal(row?.count, 1)
  const { sourcesOf } = await import('./sources.ts')
  const heard = await sourcesOf(world.database).subscriptionsOf([customer.personId])
  assert.ok(heard.length > 0)
  assert.ok(heard.every(({ organizationId }) => organizationId === null))
})

test('G7-01 somebody who was erased is out of everything at once, and what they wrote stays without a name', async () => {
  const gone = await bringIn(world, 'steven', 'forgotten')
  const group = await makeGroup('steven', [world.cast.robert.personId, gone.personId])
  const post = { ...inside, audienceId: audienceOf(group), id: uuidv7(), parts: say('Bye') }
  await asCustomer('message.post', post, gone)
  await world.refuse('robert', 'contact.remove', { ...inside, personId: gone.personId }, 'access.refused')
  await world.act('steven', 'contact.remove', { ...inside, personId: gone.personId })
  assert.equal(await refusedTo(gone, 'message.history', { ...inside, audienceId: audienceOf(group) }), 'access.refused')
  await world.refuse('steven', 'contact.get', { ...inside, personId: gone.personId }, 'contact.not-found')
  const asked = { ...inside, personIds: [gone.personId] }
  const { people } = (await world.ask('robert', 'person.names', asked)) as { people: { name: string }[] }
  assert.deepEqual(
    people.map(({ name }) => name),
    [''],
  )
  const [left] = await world.database.read(
    (tx) => tx<{ count: number }>`
      select (select count(*) from person_address where person_id = ${gone.personId})
        + (select count(*) from contact_address where person_id = ${gone.personId}) as count`,
  )
  assert.equal(left?.count, 0)
})
