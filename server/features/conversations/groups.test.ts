import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import type { ConversationView, HistoryPage, Message } from '../../../protocol/conversations.ts'
import type { z } from 'zod'
import type { Name } from '../../testing/cast.ts'
import { openWorld, type World } from '../../testing/world.ts'
import { feature as identity } from '../identity/index.ts'
import { feature as organization } from '../organization/index.ts'
import { feature } from './index.ts'

let world: World
before(async () => {
  world = await openWorld([identity, organization, feature])
})
after(() => world[Symbol.asyncDispose]())

const inside = () => ({ organizationId: world.cast.organizationId })
const idsOf = (...people: Name[]) => people.map((name) => world.cast[name].personId)
const audienceOf = ({ audiences }: ConversationView) => audiences[0]?.id ?? assert.fail('no audience')

function make(owner: Name, kind: 'group' | 'broadcast', people: Name[], name = 'Sales'): Promise<ConversationView> {
  const input = { ...inside(), conversationId: uuidv7(), kind, name, personIds: idsOf(...people) }
  return world.act<ConversationView>(owner, 'conversation.create', input)
}
const post = (view: ConversationView, words: string) => ({
  ...inside(),
  audienceId: audienceOf(view),
  id: uuidv7(),
  parts: [{ type: 'text', text: words }],
})
const split = (from: ConversationView, people: Name[], more: object = {}) => ({
  ...inside(),
  conversationId: uuidv7(),
  fromId: from.id,
  name: 'Friday',
  personIds: idsOf(...people),
  ...more,
})
const viewFor = async (name: Name, { id }: ConversationView) =>
  (await world.ask(name, 'conversation.get', { ...inside(), conversationId: id })) as ConversationView
const historyOf = async (name: Name, view: ConversationView) => {
  const page = await world.ask(name, 'message.history', { ...inside(), audienceId: audienceOf(view) })
  return (page as z.infer<typeof HistoryPage>).messages
}
async function membersOf(name: Name, { id: conversationId }: ConversationView) {
  const page = await world.ask(name, 'conversation.members', { ...inside(), conversationId })
  return Object(page).members.map((member: { personId: string; role: string }) => [member.personId, member.role])
}

describe('groups out of groups', () => {
  test('G5-01 any member of a group makes a group of some others, and nobody else does', async () => {
    const sales = await make('andrew', 'group', ['nancy', 'janet', 'steven'])
    const made = await world.act<ConversationView>('nancy', 'conversation.split', split(sales, ['janet']))
    assert.ok(world.ears.janet.state.conversations.has(made.id))
    assert.ok(!world.ears.andrew.state.conversations.has(made.id))
    await world.act('janet', 'message.post', post(made, 'Just the two of us.'))
    await world.refuse('robert', 'conversation.split', split(sales, ['janet']), 'access.refused')
    await world.refuse('outsider', 'conversation.split', split(sales, ['janet']), 'access.refused')
    const strange = await world.refuse(
      'nancy',
      'conversation.split',
      split(sales, ['janet', 'robert']),
      'member.not-found',
    )
    assert.equal(strange.path, 'personIds.1')
    await world.refuse('nancy', 'conversation.split', split(sales, ['outsider']), 'member.not-found')
  })

  test('G5-02 whoever makes the group owns it, and sending twice makes it once', async () => {
    const sales = await make('andrew', 'group', ['nancy', 'janet'])
    const input = split(sales, ['janet', 'andrew', 'nancy'])
    const made = await world.act<ConversationView>('nancy', 'conversation.split', input)
    assert.deepEqual(made.ownerIds, idsOf('nancy'))
    assert.deepEqual(made.may, { post: true, manage: true, leave: true, seeMembers: true })
    assert.equal(made.memberCount, 3)
    assert.deepEqual(await world.act('nancy', 'conversation.split', input), made)
    await world.refuse('janet', 'conversation.split', input, 'conversation.id-taken')
    const rename = { ...inside(), conversationId: made.id, name: 'Mine' }
    await world.refuse('andrew', 'conversation.rename', rename, 'access.refused')
  })

  test('G5-03 what happens to the old group does not touch the new one, nor the other way round', async () => {
    const sales = await make('andrew', 'group', ['nancy', 'janet'])
    const made = await world.act<ConversationView>('nancy', 'conversation.split', split(sales, ['janet']))
    const there = { ...inside(), conversationId: sales.id }
    await world.act('andrew', 'conversation.rename', { ...there, name: 'Closed shop' })
    await world.act('andrew', 'conversation.remove-members', { ...there, personIds: idsOf('nancy', 'janet') })
    await world.act('andrew', 'conversation.leave', there)
    await world.act('nancy', 'message.post', post(made, 'Are you still there?'))
    await world.act('janet', 'message.post', post(made, 'Yes.'))
    await world.act('nancy', 'conversation.add-members', {
      ...inside(),
      conversationId: made.id,
      personIds: idsOf('robert'),
    })
    assert.deepEqual((await viewFor('janet', made)).made, { byId: idsOf('nancy')[0], fromName: 'Sales' })
    // Robert was never in the old group, and is not told that there is one.
    assert.deepEqual((await viewFor('robert', made)).made, { byId: idsOf('nancy')[0], fromName: null })
    assert.ok(!JSON.stringify(await viewFor('robert', made)).includes('Sales'))
  })

  test('G5-04 of a broadcast only the owner makes a smaller one, since only the owner sees who is in it', async () => {
    const news = await make('andrew', 'broadcast', ['nancy', 'janet', 'steven'])
    const refused = await world.refuse('nancy', 'conversation.split', split(news, ['janet']), 'access.refused')
    const unknown = { ...split(news, ['janet']), fromId: uuidv7() }
    const nothing = await world.refuse('nancy', 'conversation.split', unknown, 'access.refused')
    assert.deepEqual(refused.toBody(), nothing.toBody(), 'the refusal tells nothing')
    const made = await world.act<ConversationView>('andrew', 'conversation.split', split(news, ['nancy']))
    assert.equal(made.kind, 'broadcast')
    assert.deepEqual((await viewFor('nancy', made)).made, { byId: null, fromName: 'Sales' })
    await world.refuse('nancy', 'message.post', post(made, 'Hello?'), 'broadcast.one-way')
    await world.act('andrew', 'conversation.remove-members', {
      ...inside(),
      conversationId: news.id,
      personIds: idsOf('nancy'),
    })
    const sent = await world.act<Message>('andrew', 'message.post', post(made, 'Only for you.'))
    assert.deepEqual(await historyOf('nancy', made), [sent])
  })

  test('G5-01 two people make no group to choose from', async () => {
    const opened = await world.act<{ conversation: ConversationView }>('nancy', 'direct.post', {
      ...inside(),
      personId: idsOf('janet')[0],
      id: uuidv7(),
      parts: [{ type: 'text', text: 'Hello' }],
    })
    await world.refuse('nancy', 'conversation.split', split(opened.conversation, ['janet']), 'input.invalid')
  })

  test('G5-01 chosen messages go along as copies that say whose they are and cannot be changed', async () => {
    const sales = await make('andrew', 'group', ['nancy', 'janet'])
    const said = await world.act<Message>('andrew', 'message.post', post(sales, 'The order is late.'))
    const erased = await world.act<Message>('andrew', 'message.post', post(sales, 'Never mind.'))
    const place = ({ audienceId, number }: Message) => ({ audienceId, number })
    await world.act('andrew', 'message.delete', { ...inside(), ...place(erased) })
    const other = await make('andrew', 'group', ['nancy'])
    const secret = await world.act<Message>('andrew', 'message.post', post(other, 'From another group.'))
    for (const copies of [[place(said), place(erased)], [place(secret)]]) {
      await world.refuse('nancy', 'conversation.split', split(sales, ['janet'], { copies }), 'message.not-found')
    }
    const input = split(sales, ['janet'], { copies: [place(said)] })
    const made = await world.act<ConversationView>('nancy', 'conversation.split', input)
    const [copy] = await historyOf('janet', made)
    assert.deepEqual(copy?.parts, said.parts)
    assert.deepEqual(copy?.copied, { authorId: said.authorId, postedAt: said.postedAt })
    assert.equal(copy?.authorId, idsOf('nancy')[0])
    assert.ok(copy)
    const change = { ...inside(), ...place(copy), parts: [{ type: 'text', text: 'The order is never late.' }] }
    await world.refuse('nancy', 'message.edit', change, 'message.copied')
    const again = split(made, ['nancy'], { copies: [place(copy)] })
    const [second] = await historyOf('janet', await world.act<ConversationView>('janet', 'conversation.split', again))
    assert.deepEqual(second?.copied, copy.copied, 'a copy of a copy still names who wrote it')
    assert.ok(second)
    await world.act('janet', 'message.delete', { ...inside(), ...place(second) })
  })

  test('G5-02 G5-04 a group of the picker’s own can be changed by the picker alone', async () => {
    const sales = await make('andrew', 'group', ['nancy', 'janet', 'steven'])
    const made = await world.act<ConversationView>('janet', 'conversation.split', split(sales, ['nancy']))
    const steven = { ...inside(), conversationId: made.id, personIds: idsOf('steven') }
    await world.refuse('nancy', 'conversation.add-members', steven, 'access.refused')
    await world.act('janet', 'conversation.add-members', steven)
    assert.deepEqual((await membersOf('nancy', made)).length, 3)
  })
})
