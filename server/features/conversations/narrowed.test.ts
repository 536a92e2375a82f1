import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import type { z } from 'zod'
import type { ConversationPage, ConversationView, HistoryPage, Message } from '../../../protocol/conversations.ts'
import type { OpenedSync } from '../../../protocol/delivery.ts'
import type { NarrowedAudience } from '../../../protocol/groups.ts'
import { reduce } from '../../../sdk/reducer.ts'
import { viewOf, viewOfSnapshot } from '../../../sdk/view.ts'
import type { Name } from '../../testing/cast.ts'
import { openWorld, type World } from '../../testing/world.ts'
import { feature as identity } from '../identity/index.ts'
import { feature as organization } from '../organization/index.ts'
import { feature } from './index.ts'

type Narrowed = z.infer<typeof NarrowedAudience>
let world: World
before(async () => {
  world = await openWorld([identity, organization, feature])
})
after(() => world[Symbol.asyncDispose]())

const inside = () => ({ organizationId: world.cast.organizationId })
const idsOf = (...people: Name[]) => people.map((name) => world.cast[name].personId)
const audienceOf = ({ audiences }: ConversationView) => audiences[0]?.id ?? assert.fail('no audience')

function make(kind: 'group' | 'broadcast', people: Name[], name = 'News'): Promise<ConversationView> {
  const input = { ...inside(), conversationId: uuidv7(), kind, name, personIds: idsOf(...people) }
  return world.act<ConversationView>('andrew', 'conversation.create', input)
}
const narrowing = (view: ConversationView, rule: 'except' | 'these', people: Name[], more: object = {}) => ({
  ...inside(),
  conversationId: view.id,
  selection: { rule, personIds: idsOf(...people) },
  ...more,
})
const narrow = (view: ConversationView, rule: 'except' | 'these', people: Name[]) =>
  world.act<Narrowed>('andrew', 'audience.narrow', narrowing(view, rule, people))
const post = (audienceId: string, words: string) => ({
  ...inside(),
  audienceId,
  id: uuidv7(),
  parts: [{ type: 'text', text: words }],
})
const say = (audienceId: string, words: string) => world.act<Message>('andrew', 'message.post', post(audienceId, words))
const historyOf = async (name: Name, audienceId: string) => {
  const page = await world.ask(name, 'message.history', { ...inside(), audienceId })
  return (page as z.infer<typeof HistoryPage>).messages
}
const wordsOf = (messages: readonly Message[]) => messages.map(({ parts: [part] }) => part && Object(part).text)

describe('selective broadcasts', () => {
  test('G6-01 who is left out does not get the message, the others and the owner do', async () => {
    const news = await make('broadcast', ['nancy', 'janet', 'steven'])
    const { audienceId, recipientCount } = await narrow(news, 'except', ['nancy'])
    assert.equal(recipientCount, 2)
    await say(audienceId, 'A surprise for Nancy.')
    for (const name of ['janet', 'steven', 'andrew'] as const)
      assert.deepEqual(wordsOf(await historyOf(name, audienceId)), ['A surprise for Nancy.'])
    await world.refuse('nancy', 'message.history', { ...inside(), audienceId }, 'access.refused')
    assert.ok(!world.ears.nancy.state.audiences.has(audienceId))
    await say(audienceOf(news), 'For all.')
    assert.deepEqual(wordsOf(await historyOf('nancy', audienceOf(news))), ['For all.'])
    await world.refuse('janet', 'message.post', post(audienceId, 'Thanks!'), 'broadcast.one-way')
    await world.refuse('nancy', 'message.post', post(audienceId, 'Thanks!'), 'access.refused')
  })

  test('G6-01 only the owner of a broadcast narrows it, to people who are in it, and nobody else learns why not', async () => {
    const news = await make('broadcast', ['nancy', 'janet'])
    const input = narrowing(news, 'except', ['janet'])
    const refused = await world.refuse('nancy', 'audience.narrow', input, 'access.refused')
    const nothing = await world.refuse(
      'nancy',
      'audience.narrow',
      { ...input, conversationId: uuidv7() },
      'access.refused',
    )
    assert.deepEqual(refused.toBody(), nothing.toBody())
    await world.refuse('outsider', 'audience.narrow', input, 'access.refused')
    await world.refuse('andrew', 'audience.narrow', narrowing(news, 'except', ['robert']), 'member.not-found')
    await world.refuse('andrew', 'audience.narrow', narrowing(news, 'these', ['andrew']), 'input.invalid')
    await world.refuse(
      'andrew',
      'audience.narrow',
      narrowing(news, 'except', ['nancy', 'janet']),
      'broadcast.nobody-selected',
    )
    const group = await make('group', ['nancy', 'janet'])
    await world.refuse('andrew', 'audience.narrow', narrowing(group, 'except', ['janet']), 'input.invalid')
  })

  test('G6-01 the count that the owner saw is the count that gets it, or nothing is made', async () => {
    const news = await make('broadcast', ['nancy', 'janet', 'steven'])
    const input = narrowing(news, 'except', ['nancy'], { expects: 2 })
    await world.act('andrew', 'conversation.add-members', {
      ...inside(),
      conversationId: news.id,
      personIds: idsOf('robert'),
    })
    await world.refuse('andrew', 'audience.narrow', input, 'broadcast.count-changed')
    const { audienceId } = await world.act<Narrowed>('andrew', 'audience.narrow', { ...input, expects: 3 })
    const sent = await say(audienceId, 'To three.')
    const place = { ...inside(), audienceId, number: sent.number }
    assert.deepEqual(await world.ask('andrew', 'message.reach', place), { recipients: 3, delivered: 0, read: 0 })
  })

  test('G6-01 the same selection is the same audience again, and costs no row for those who hear it', async () => {
    const news = await make('broadcast', ['nancy', 'janet', 'steven', 'robert'])
    const count = async () =>
      Number(
        (
          await world.database.snapshot(
            (tx) => tx`select (select count(*) from audience) + (select count(*) from audience_person)
          + (select count(*) from person_event) + (select count(*) from audience_event) as count`,
          )
        )[0]?.['count'],
      )
    const before = await count()
    const first = await narrow(news, 'except', ['nancy', 'janet'])
    assert.equal((await count()) - before, 3)
    const again = await narrow(news, 'except', ['janet', 'nancy', 'nancy'])
    assert.equal(again.audienceId, first.audienceId)
    assert.notEqual((await narrow(news, 'these', ['nancy', 'janet'])).audienceId, first.audienceId)
    assert.equal((await count()) - before, 6)
  })

  test('G6-02 the owner keeps the selection as a broadcast, which then is independent', async () => {
    const news = await make('broadcast', ['nancy', 'janet', 'steven'])
    const { audienceId } = await narrow(news, 'except', ['nancy'])
    await say(audienceId, 'First.')
    const keep = { ...inside(), audienceId, conversationId: uuidv7(), name: 'The two' }
    for (const name of ['janet', 'nancy', 'outsider'] as const)
      await world.refuse(name, 'audience.keep', keep, 'access.refused')
    const kept = await world.act<ConversationView>('andrew', 'audience.keep', keep)
    assert.deepEqual([kept.kind, kept.ownerIds, kept.memberCount], ['broadcast', idsOf('andrew'), 3])
    assert.deepEqual(await world.act('andrew', 'audience.keep', keep), kept)
    assert.ok(world.ears.janet.state.conversations.has(kept.id))
    assert.ok(!world.ears.nancy.state.conversations.has(kept.id))
    await world.act('andrew', 'conversation.remove-members', {
      ...inside(),
      conversationId: news.id,
      personIds: idsOf('janet'),
    })
    await say(audienceOf(kept), 'Second.')
    assert.deepEqual(wordsOf(await historyOf('janet', audienceOf(kept))), ['Second.'])
  })

  test('G6-03 where the owner does not keep it, there is no group', async () => {
    const news = await make('broadcast', ['nancy', 'janet'])
    const ids = (name: Name) => Array.from(world.ears[name].state.conversations.keys()).toSorted()
    const before = [ids('andrew'), ids('janet')]
    const { audienceId } = await narrow(news, 'these', ['janet'])
    await say(audienceId, 'Only Janet.')
    assert.deepEqual([ids('andrew'), ids('janet')], before)
    const { conversations } = (await world.ask('andrew', 'conversation.list', inside())) as z.infer<
      typeof ConversationPage
    >
    assert.equal(conversations.filter(({ id }) => !before[0]?.includes(id)).length, 0)
  })

  test('G6-01 G3-05 who is left out cannot tell: no frame, answer, number, order, time or refusal shows it', async () => {
    const news = await make('broadcast', ['nancy', 'janet'], 'Leaks')
    const other = await make('broadcast', ['nancy'], 'Later')
    world.clock.advance(10)
    const first = await say(audienceOf(news), 'One.')
    world.clock.advance(10)
    await say(audienceOf(other), 'Two.')
    const heard: string[] = []
    const { connection } = world.ears.nancy
    const send = connection.send
    connection.send = (bytes) => (heard.push(bytes.toString('utf8')), send(bytes))
    const seen = async () => ({
      opened: { ...((await world.ask('nancy', 'sync.open', {})) as OpenedSync), onlineIds: [] },
      listed: await world.ask('nancy', 'conversation.list', inside()),
      view: await world.ask('nancy', 'conversation.get', { ...inside(), conversationId: news.id }),
      difference: await world.ask('nancy', 'sync.difference', { audienceId: audienceOf(news), after: 0 }),
      later: await differences('nancy'),
    })
    const before = await seen()
    world.clock.advance(10)
    const { audienceId } = await narrow(news, 'except', ['nancy'])
    const secret = await say(audienceId, 'Without Nancy.')
    const place = { ...inside(), audienceId, number: secret.number }
    await world.act('janet', 'audience.mark', { ...inside(), audienceId, read: 1 })
    await world.act('janet', 'typing.start', { ...inside(), audienceId })
    await world.act('andrew', 'message.react', { ...place, emoji: '🎉', isOn: true })
    await world.act('andrew', 'message.edit', { ...place, parts: [{ type: 'text', text: 'Still without Nancy.' }] })
    await world.act('andrew', 'message.delete', place)
    // Of the conversations of earlier tests a node may say at any time how far they have come.
    const isElsewhere = (frame: string) =>
      frame.includes('{"state":"heads"') &&
      ![audienceId, audienceOf(news), audienceOf(other)].some((id) => frame.includes(id))
    assert.deepEqual(
      heard.filter((frame) => !isElsewhere(frame)),
      [],
    )
    assert.deepEqual(await seen(), before)
    await refusedAlike(audienceId)
    const next = await say(audienceOf(news), 'Three.')
    assert.deepEqual([next.number, next.messageNumber], [first.number + 1, 2], 'numbers stay dense')
    assert.ok(!heard.join('').includes(audienceId))
    connection.send = send
  })

  /** What is not theirs answers like what does not exist. */
  async function refusedAlike(audienceId: string) {
    const asks = (id: string) =>
      [
        ['message.post', post(id, 'Hello')],
        ['message.history', { ...inside(), audienceId: id }],
        ['message.recipients', { ...inside(), audienceId: id, number: 1 }],
        ['message.reach', { ...inside(), audienceId: id, number: 1 }],
        ['message.missed', { ...inside(), audienceId: id, number: 1 }],
        ['message.react', { ...inside(), audienceId: id, number: 1, emoji: '👍', isOn: true }],
        ['audience.mark', { ...inside(), audienceId: id, read: 1 }],
        ['audience.keep', { ...inside(), audienceId: id, conversationId: uuidv7(), name: 'Mine' }],
        ['schedule.create', { ...post(id, 'Hello'), postAt: world.clock().toISOString() }],
        ['typing.start', { ...inside(), audienceId: id }],
        ['sync.difference', { audienceId: id, after: 0 }],
      ] as const
    for (const [index, [command, input]] of asks(audienceId).entries()) {
      const theirs = await world.refuse('nancy', command, input, 'access.refused')
      const none = await world.refuse('nancy', command, asks(uuidv7())[index]?.[1] ?? {}, 'access.refused')
      assert.deepEqual(theirs.toBody(), none.toBody(), command)
    }
  }

  /** What a client that comes back is told. */
  async function differences(name: Name, left: readonly string[] = []) {
    const { state } = world.ears[name]
    const positions = Array.from(state.audiences.values(), ({ id, lastNumber, lastId }) => ({
      audienceId: id,
      number: lastNumber,
      id: lastId,
    })).filter(({ audienceId }) => !left.includes(audienceId))
    const person = { number: state.personNumber, id: state.personLastId }
    return (await world.ask(name, 'sync.open', { epoch: state.epoch, person, positions })) as OpenedSync
  }

  test('G6-01 a client that was away learns of a narrowed audience when it comes back', async () => {
    const news = await make('broadcast', ['nancy', 'janet'])
    const old = world.ears.janet.state
    const { audienceId } = await narrow(news, 'except', ['nancy'])
    await say(audienceId, 'While Janet was away.')
    const opened = await differences('janet', [audienceId])
    assert.equal(opened.isReset, false)
    const { state, needs } = reduce(old, { kind: 'opened', opened })
    assert.deepEqual(needs, [])
    assert.deepEqual(viewOf(state), viewOfSnapshot((await world.ask('janet', 'sync.open', {})) as OpenedSync))
    assert.deepEqual((await differences('janet')).conversations, [], 'who knows all is told nothing')
  })

  test('G6-01 a node that was not told of a narrowed audience finds it by itself', async () => {
    const news = await make('broadcast', ['nancy', 'janet'])
    const { delivery } = world
    const receive = delivery.receive.bind(delivery)
    delivery.receive = () => undefined
    await world.ask('andrew', 'audience.narrow', narrowing(news, 'except', ['nancy']))
    delivery.receive = receive
    delivery.doubt()
    await world.act('andrew', 'conversation.rename', { ...inside(), conversationId: news.id, name: 'All there' })
    assert.equal(world.ears.janet.state.conversations.get(news.id)?.audienceIds.length, 2)
    assert.equal(world.ears.nancy.state.conversations.get(news.id)?.audienceIds.length, 1)
  })

  test('G6-01 who joins later hears what is said to everybody but some, and has nothing old to read', async () => {
    const news = await make('broadcast', ['nancy', 'janet'])
    const { audienceId } = await narrow(news, 'except', ['nancy'])
    await say(audienceId, 'Before Robert.')
    await world.act('andrew', 'conversation.add-members', {
      ...inside(),
      conversationId: news.id,
      personIds: idsOf('robert'),
    })
    const audience = world.ears.robert.state.audiences.get(audienceId)
    assert.deepEqual([audience?.lastMessageNumber, audience?.readNumber], [1, 1])
    await say(audienceId, 'After Robert.')
    assert.deepEqual(wordsOf(await historyOf('robert', audienceId)), ['After Robert.'])
    await world.act('andrew', 'conversation.set-owners', {
      ...inside(),
      conversationId: news.id,
      personIds: idsOf('andrew', 'nancy'),
    })
    const view = (await world.ask('nancy', 'conversation.get', { ...inside(), conversationId: news.id })) as typeof news
    assert.equal(view.audiences.find(({ id }) => id === audienceId)?.lastMessage, null, 'it was said without Nancy')
    await say(audienceId, 'Nancy owns it now.')
    assert.deepEqual(wordsOf(await historyOf('nancy', audienceId)), ['Nancy owns it now.'])
  })

  test('G6-01 the owner sends to those who did not get it, and sees how many got and read it', async () => {
    const news = await make('broadcast', ['nancy', 'janet', 'steven'])
    const { audienceId } = await narrow(news, 'these', ['janet'])
    const sent = await say(audienceId, 'For Janet first.')
    const place = { ...inside(), audienceId, number: sent.number }
    const missed = Object(await world.ask('andrew', 'message.missed', place))
    assert.equal(missed.total, 2)
    assert.deepEqual(
      missed.people.map(({ personId }: { personId: string }) => personId).toSorted(),
      idsOf('nancy', 'steven').toSorted(),
    )
    for (const command of ['message.missed', 'message.reach']) {
      await world.refuse('janet', command, place, 'access.refused')
      await world.refuse('outsider', command, place, 'access.refused')
      await world.refuse('andrew', command, { ...place, number: 9 }, 'message.not-found')
    }
    await world.act('janet', 'audience.mark', { ...inside(), audienceId, delivered: 1 })
    assert.deepEqual(await world.ask('andrew', 'message.reach', place), { recipients: 1, delivered: 1, read: 0 })
    await world.act('janet', 'audience.mark', { ...inside(), audienceId, read: 1 })
    assert.deepEqual(await world.ask('andrew', 'message.reach', place), { recipients: 1, delivered: 1, read: 1 })
  })

  test('G6-01 a broadcast can be narrowed in two hundred ways, and in each of them again', async () => {
    const news = await make('broadcast', ['nancy', 'janet'])
    const { audienceId } = await narrow(news, 'these', ['janet'])
    await world.database.transaction(
      (tx) => tx`
        insert into audience (id, organization_id, conversation_id, first_id, rule, is_one_way, selection_hash)
        select gen_random_uuid(), organization_id, conversation_id, first_id, 'these', true, sha256(n::text::bytea)
        from audience, generate_series(1, 199) as n where id = ${audienceId}`,
    )
    await world.refuse('andrew', 'audience.narrow', narrowing(news, 'these', ['nancy']), 'broadcast.selection-limit')
    assert.equal(
      Object(await world.ask('andrew', 'audience.narrow', narrowing(news, 'these', ['janet']))).audienceId,
      audienceId,
    )
  })
})
