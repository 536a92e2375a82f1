import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import type { ConversationView, Message } from '../../../protocol/conversations.ts'
import { openWorld, type World } from '../../testing/world.ts'
import { feature as identity } from '../identity/index.ts'
import { feature as organization } from '../organization/index.ts'
import { feature } from './index.ts'

let world: World
let group: ConversationView
before(async () => {
  world = await openWorld([identity, organization, feature])
  const personIds = [world.cast.nancy.personId, world.cast.janet.personId]
  const input = { ...inside(), conversationId: uuidv7(), kind: 'group', name: 'Sales', personIds }
  group = await world.act<ConversationView>('andrew', 'conversation.create', input)
})
after(() => world[Symbol.asyncDispose]())

const inside = () => ({ organizationId: world.cast.organizationId })
const audienceId = () => group.audiences[0]?.id ?? assert.fail('no audience')
const text = (words: string) => [{ type: 'text' as const, text: words }]
const post = (words: string, more: object = {}) => ({
  ...inside(),
  audienceId: audienceId(),
  id: uuidv7(),
  parts: text(words),
  ...more,
})
const place = ({ number }: Message) => ({ ...inside(), audienceId: audienceId(), number })

describe('sending', () => {
  test('the same post twice, also at once, is stored once and answered twice', async () => {
    const input = post('Once.')
    const [one, two] = await Promise.all([
      world.ask('nancy', 'message.post', input),
      world.ask('nancy', 'message.post', input),
    ])
    const again = await world.act('nancy', 'message.post', input)
    assert.deepEqual(one, two)
    assert.deepEqual(one, again)
  })

  test('another content under the same id is refused, also after the message was erased', async () => {
    const input = post('This.')
    const sent = await world.act<Message>('nancy', 'message.post', input)
    await world.refuse('nancy', 'message.post', { ...input, parts: text('That.') }, 'message.id-taken')
    const erased = await world.act<Message>('nancy', 'message.delete', place(sent))
    assert.deepEqual(await world.act('nancy', 'message.post', input), erased)
    await world.refuse('nancy', 'message.post', { ...input, parts: text('That.') }, 'message.id-taken')
  })

  test('two persons who use one id each get their own message', async () => {
    const id = uuidv7()
    const [nancys, janets] = await Promise.all([
      world.ask('nancy', 'message.post', post('From Nancy.', { id })),
      world.ask('janet', 'message.post', post('From Janet.', { id })),
    ])
    assert.deepEqual(
      [Object(nancys).authorId, Object(janets).authorId],
      [world.cast.nancy.personId, world.cast.janet.personId],
    )
    await world.act('andrew', 'message.post', post('And on.'))
  })

  test('what PostgreSQL cannot store is refused by the schema, with the path to it', async () => {
    for (const bad of ['a\0b', '\ud800', 'x\udc00y']) {
      const refusal = await world.refuse('nancy', 'message.post', post(bad), 'input.invalid')
      assert.equal(refusal.path, 'parts.0.text')
    }
    const unknown = await world.refuse('nancy', 'message.post', post('Hi.', { colour: 'red' }), 'input.invalid')
    assert.equal(unknown.path, 'colour')
  })

  test('numbers are dense and in one order for all, however many send at once', async () => {
    const before = world.ears.andrew.state.audiences.get(audienceId())?.lastNumber ?? 0
    const senders = ['andrew', 'nancy', 'janet'] as const
    const sent = await Promise.all(
      Array.from(
        { length: 300 },
        (_, index) =>
          world.ask(senders[index % 3] ?? 'andrew', 'message.post', post(`Number ${index}`)) as Promise<Message>,
      ),
    )
    assert.deepEqual(
      sent.map(({ number }) => number).toSorted((a, b) => a - b),
      Array.from({ length: 300 }, (_, index) => before + index + 1),
    )
    const times = sent.toSorted((a, b) => a.number - b.number).map(({ postedAt }) => postedAt)
    assert.deepEqual(times, times.toSorted())
    assert.equal(new Set(times).size, 300)
    await world.act('andrew', 'message.post', post('Done.'))
  })
})

describe('changing', () => {
  test('an author edits, and only the author', async () => {
    const sent = await world.act<Message>('nancy', 'message.post', post('Teh pallet.'))
    const edited = await world.act<Message>('nancy', 'message.edit', { ...place(sent), parts: text('The pallet.') })
    assert.deepEqual([edited.parts, typeof edited.editedAt], [text('The pallet.'), 'string'])
    await world.refuse('andrew', 'message.edit', { ...place(sent), parts: text('No.') }, 'access.refused')
  })

  test('an author or an owner erases; the words are gone from every answer', async () => {
    const sent = await world.act<Message>('nancy', 'message.post', post('Regrettable words.'))
    await world.refuse('janet', 'message.delete', place(sent), 'access.refused')
    const erased = await world.act<Message>('andrew', 'message.delete', place(sent))
    assert.deepEqual(erased.parts, [])
    const history = await world.ask('janet', 'message.history', { ...inside(), audienceId: audienceId() })
    const difference = await world.ask('janet', 'sync.difference', { audienceId: audienceId(), after: 0, limit: 1_000 })
    assert.ok(!JSON.stringify([history, difference]).includes('Regrettable'))
    await world.refuse('nancy', 'message.edit', { ...place(sent), parts: text('Back.') }, 'message.deleted')
  })

  test('reactions are counted once for each person and can be taken away', async () => {
    const sent = await world.act<Message>('nancy', 'message.post', post('Cake in the kitchen.'))
    const react = { ...place(sent), emoji: '🎂', isOn: true }
    await world.act('janet', 'message.react', react)
    const twice = await world.act<Message>('janet', 'message.react', react)
    assert.deepEqual(twice.reactions, [{ emoji: '🎂', personIds: [world.cast.janet.personId] }])
    const none = await world.act<Message>('janet', 'message.react', { ...react, isOn: false })
    assert.equal(none.reactions, undefined)
    await world.refuse('janet', 'message.react', { ...react, emoji: 'cake' }, 'input.invalid')
  })
})

describe('reading', () => {
  test('a read mark moves forward only, shows to the others, and clears what is unread', async () => {
    await world.act('andrew', 'message.post', post('One.'))
    const last = await world.act<Message>('andrew', 'message.post', post('Two.'))
    const unread = () => {
      const audience = world.ears.janet.state.audiences.get(audienceId())
      return (audience?.lastMessageNumber ?? 0) - (audience?.readNumber ?? 0)
    }
    assert.ok(unread() >= 2)
    const mark = { ...inside(), audienceId: audienceId() }
    await world.act('janet', 'audience.mark', { ...mark, read: last.messageNumber })
    assert.equal(unread(), 0)
    assert.deepEqual(await world.act('janet', 'audience.mark', { ...mark, read: 1 }), {
      read: last.messageNumber,
      delivered: last.messageNumber,
    })
    assert.deepEqual(await world.act('janet', 'audience.mark', { ...mark, read: 9_999_999 }), {
      read: last.messageNumber,
      delivered: last.messageNumber,
    })
    const marks = world.ears.andrew.state.audiences.get(audienceId())?.marks ?? []
    assert.equal(marks.find(({ personId }) => personId === world.cast.janet.personId)?.read, last.messageNumber)
    await world.refuse('robert', 'audience.mark', { ...mark, read: 1 }, 'access.refused')
  })

  test('history is read in pages, both ways, without a gap or a repetition', async () => {
    const all = (await world.ask('nancy', 'message.history', {
      ...inside(),
      audienceId: audienceId(),
      limit: 200,
    })) as { messages: Message[] }
    let before = Number.MAX_SAFE_INTEGER
    const seen: number[] = []
    for (let more = true; more;) {
      const input = { ...inside(), audienceId: audienceId(), before, limit: 37 }
      const page = (await world.ask('nancy', 'message.history', input)) as { messages: Message[]; hasMore: boolean }
      seen.unshift(...page.messages.map(({ number }) => number))
      before = page.messages[0]?.number ?? 0
      more = page.hasMore
    }
    assert.equal(new Set(seen).size, seen.length)
    assert.deepEqual(
      seen.slice(-all.messages.length),
      all.messages.map(({ number }) => number),
    )
  })
})

describe('direct conversations', () => {
  test('the first message makes it, later ones find it, from both sides and at once', async () => {
    const to = (name: 'nancy' | 'janet', words: string) => ({
      ...inside(),
      personId: world.cast[name].personId,
      id: uuidv7(),
      parts: text(words),
    })
    const answers = (await Promise.all([
      world.ask('nancy', 'direct.post', to('janet', 'Coffee?')),
      world.ask('janet', 'direct.post', to('nancy', 'Tea?')),
      world.ask('nancy', 'direct.post', to('janet', 'At ten?')),
    ])) as { conversation: ConversationView; message: Message }[]
    assert.equal(new Set(answers.map(({ conversation }) => conversation.id)).size, 1)
    assert.equal(new Set(answers.map(({ message }) => message.number)).size, 3)
    const input = to('janet', 'At eleven.')
    const first = await world.act('nancy', 'direct.post', input)
    assert.deepEqual(Object(await world.act('nancy', 'direct.post', input)).message, Object(first).message)
    assert.equal(Object(first).conversation.otherId, world.cast.janet.personId)
    await world.refuse(
      'nancy',
      'direct.post',
      { ...input, id: uuidv7(), personId: world.cast.outsider.personId },
      'member.not-found',
    )
    await world.refuse(
      'nancy',
      'direct.post',
      { ...input, id: uuidv7(), personId: world.cast.nancy.personId },
      'input.invalid',
    )
    await world.refuse('outsider', 'direct.post', { ...input, id: uuidv7() }, 'access.refused')
  })
})

test('S2 who came later hears nothing of what was said before, however it is changed then', async () => {
  const input = { ...inside(), conversationId: uuidv7(), kind: 'group', name: 'Before', personIds: [] }
  const before = await world.act<ConversationView>('andrew', 'conversation.create', input)
  const audience = { ...inside(), audienceId: before.audiences[0]?.id ?? '' }
  const say = (words: string) =>
    world.act<Message>('andrew', 'message.post', { ...audience, id: uuidv7(), parts: text(words) })
  const [first, second] = [await say('canary one'), await say('canary two')]
  const personIds = [world.cast.janet.personId]
  await world.act('andrew', 'conversation.add-members', { ...inside(), conversationId: before.id, personIds })
  const heard: string[] = []
  const { connection } = world.ears.janet
  const send = connection.send
  connection.send = (bytes) => (heard.push(bytes.toString('utf8')), send(bytes))
  await world.act('andrew', 'message.edit', { ...audience, number: first.number, parts: text('canary three') })
  await world.act('andrew', 'message.react', { ...audience, number: second.number, emoji: '🎉', isOn: true })
  await world.act('andrew', 'message.delete', { ...audience, number: first.number })
  const later = await say('For everybody.')
  connection.send = send
  const frames = heard.join('')
  assert.ok(frames.includes('For everybody.') && later.number > second.number)
  for (const hidden of ['canary', '🎉', first.id, second.id]) assert.ok(!frames.includes(hidden), hidden)
})
