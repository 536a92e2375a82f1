import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import { fallbackOf } from '../../../protocol/parts.ts'
import type { ConversationView, Message } from '../../../protocol/conversations.ts'
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
const text = (words: string) => [{ type: 'text', text: words }]

async function make(
  owner: Name,
  kind: 'group' | 'broadcast',
  people: Name[],
  more: object = {},
): Promise<ConversationView> {
  const input = { ...inside(), conversationId: uuidv7(), kind, name: 'Sales', personIds: idsOf(...people), ...more }
  return world.act<ConversationView>(owner, 'conversation.create', input)
}
const audienceOf = ({ audiences }: ConversationView) => audiences[0]?.id ?? assert.fail('no audience')
const post = (view: ConversationView, words: string, more: object = {}) => ({
  ...inside(),
  audienceId: audienceOf(view),
  id: uuidv7(),
  parts: text(words),
  ...more,
})
const viewFor = async (name: Name, { id }: ConversationView) =>
  (await world.ask(name, 'conversation.get', { ...inside(), conversationId: id })) as ConversationView

describe('two-way groups', () => {
  test('G2-01 every member can send to all others, and reply', async () => {
    const group = await make('andrew', 'group', ['nancy', 'janet'])
    const first = await world.act<Message>('nancy', 'message.post', post(group, 'Who comes on Friday?'))
    const reply = await world.act<Message>('janet', 'message.post', post(group, 'I do.', { replyTo: first.number }))
    assert.equal(reply.replyTo, first.number)
    assert.deepEqual([first.messageNumber, reply.messageNumber], [1, 2])
    assert.equal(world.ears.andrew.state.audiences.get(audienceOf(group))?.lastMessageNumber, 2)
    await world.refuse('robert', 'message.post', post(group, 'Me too.'), 'access.refused')
    await world.refuse('outsider', 'message.post', post(group, 'Me too.'), 'access.refused')
  })

  test('G0-02 a message is there for members who were away when it was sent', async () => {
    const group = await make('andrew', 'group', ['nancy'])
    const sent = await world.act<Message>('andrew', 'message.post', post(group, 'Read this tomorrow.'))
    const page = await world.ask('nancy', 'message.history', { ...inside(), audienceId: audienceOf(group) })
    assert.deepEqual(page, { messages: [sent], hasMore: false })
  })

  test('G2-02 each message carries a list of its recipients that members can view', async () => {
    const group = await make('andrew', 'group', ['nancy', 'janet'])
    const early = await world.act<Message>('andrew', 'message.post', post(group, 'Before Steven came.'))
    await world.act('andrew', 'conversation.add-members', {
      ...inside(),
      conversationId: group.id,
      personIds: idsOf('steven'),
    })
    const late = await world.act<Message>('andrew', 'message.post', post(group, 'Welcome, Steven.'))
    const recipientsOf = async ({ number }: Message) => {
      const input = { ...inside(), audienceId: audienceOf(group), number }
      const answer = (await world.ask('janet', 'message.recipients', input)) as {
        recipients: { personId: string }[]
        total: number
      }
      assert.equal(answer.total, answer.recipients.length)
      return answer.recipients.map(({ personId }) => personId).toSorted()
    }
    assert.deepEqual(await recipientsOf(early), idsOf('andrew', 'nancy', 'janet').toSorted())
    assert.deepEqual(await recipientsOf(late), idsOf('andrew', 'nancy', 'janet', 'steven').toSorted())
    const asked = { ...inside(), audienceId: audienceOf(group), number: early.number }
    await world.refuse('robert', 'message.recipients', asked, 'access.refused')
    await world.refuse('steven', 'message.recipients', asked, 'message.not-found')
  })

  test('G2-03 members know of each other', async () => {
    const group = await make('andrew', 'group', ['nancy', 'janet'])
    const input = { ...inside(), conversationId: group.id }
    const { members } = (await world.ask('janet', 'conversation.members', input)) as { members: { personId: string }[] }
    assert.deepEqual(members.map(({ personId }) => personId).toSorted(), idsOf('andrew', 'nancy', 'janet').toSorted())
    await world.refuse('robert', 'conversation.members', input, 'access.refused')
  })

  test('G2-04 an owner adds and removes users, others may not', async () => {
    const group = await make('andrew', 'group', ['nancy', 'janet'])
    const change = { ...inside(), conversationId: group.id }
    await world.refuse('nancy', 'conversation.add-members', { ...change, personIds: idsOf('steven') }, 'access.refused')
    await world.refuse(
      'nancy',
      'conversation.remove-members',
      { ...change, personIds: idsOf('janet') },
      'access.refused',
    )
    await world.refuse(
      'andrew',
      'conversation.add-members',
      { ...change, personIds: idsOf('outsider') },
      'member.not-found',
    )
    await world.act('andrew', 'conversation.add-members', { ...change, personIds: idsOf('steven') })
    await world.act('andrew', 'conversation.remove-members', { ...change, personIds: idsOf('janet') })
    await world.act('andrew', 'message.post', post(group, 'Janet does not hear this.'))
    assert.ok(world.ears.steven.state.conversations.has(group.id))
    assert.ok(!world.ears.janet.state.conversations.has(group.id))
    await world.refuse('janet', 'message.history', { ...inside(), audienceId: audienceOf(group) }, 'access.refused')
    const andrew = { ...change, personIds: idsOf('andrew') }
    await world.refuse('andrew', 'conversation.remove-members', andrew, 'conversation.needs-owner')
  })

  test('who has left gets the same answer to a retry, and can send nothing new', async () => {
    const group = await make('andrew', 'group', ['nancy', 'janet'])
    const input = post(group, 'My last words.')
    const sent = await world.act<Message>('janet', 'message.post', input)
    await world.act('janet', 'audience.mark', { ...inside(), audienceId: audienceOf(group), read: 1 })
    const janet = { ...inside(), conversationId: group.id, personIds: idsOf('janet') }
    await world.act('andrew', 'conversation.remove-members', janet)
    assert.deepEqual(await world.act('janet', 'message.post', input), sent)
    await world.refuse('janet', 'message.post', post(group, 'One more.'), 'access.refused')
    await world.act('andrew', 'conversation.add-members', janet)
    await world.act('andrew', 'message.post', post(group, 'Welcome back.'))
  })

  test('who joins later sees what came after, or all, as the group says', async () => {
    for (const [history, seen] of [
      ['joined', ['New.']],
      ['all', ['Old.', 'New.']],
    ] as const) {
      const group = await make('andrew', 'group', ['nancy'], { history })
      await world.act('andrew', 'message.post', post(group, 'Old.'))
      await world.act('andrew', 'conversation.add-members', {
        ...inside(),
        conversationId: group.id,
        personIds: idsOf('janet'),
      })
      await world.act('andrew', 'message.post', post(group, 'New.'))
      const { messages } = (await world.ask('janet', 'message.history', {
        ...inside(),
        audienceId: audienceOf(group),
      })) as {
        messages: Message[]
      }
      assert.deepEqual(
        messages.map(({ parts }) => fallbackOf(parts)),
        seen,
      )
      const [audience] = (await viewFor('janet', group)).audiences
      assert.equal((audience?.lastMessageNumber ?? 0) - (audience?.readNumber ?? 0), 1)
    }
  })

  test('what was said while somebody was out stays hidden when they come back', async () => {
    const group = await make('andrew', 'group', ['nancy', 'janet'])
    const janet = { ...inside(), conversationId: group.id, personIds: idsOf('janet') }
    await world.act('andrew', 'message.post', post(group, 'One.'))
    await world.act('andrew', 'conversation.remove-members', janet)
    const secret = await world.act<Message>('andrew', 'message.post', post(group, 'Two, without Janet.'))
    await world.act('andrew', 'conversation.add-members', janet)
    await world.act('andrew', 'message.post', post(group, 'Three.'))
    const { messages } = (await world.ask('janet', 'message.history', {
      ...inside(),
      audienceId: audienceOf(group),
    })) as {
      messages: Message[]
    }
    assert.deepEqual(
      messages.map(({ parts }) => fallbackOf(parts)),
      ['One.', 'Three.'],
    )
    const difference = await world.ask('janet', 'sync.difference', { audienceId: audienceOf(group), after: 0 })
    assert.ok(!JSON.stringify(difference).includes('without Janet'))
    const reaction = { ...inside(), audienceId: audienceOf(group), number: secret.number, emoji: '👍', isOn: true }
    await world.refuse('janet', 'message.react', reaction, 'message.not-found')
    await world.refuse('janet', 'message.post', post(group, 'Re', { replyTo: secret.number }), 'message.not-found')
  })
})

describe('broadcasts', () => {
  test('G3-01 G3-02 only the owner of a broadcast can send into it', async () => {
    const news = await make('andrew', 'broadcast', ['nancy', 'janet'])
    await world.act('andrew', 'message.post', post(news, 'We open on Sunday.'))
    await world.refuse('nancy', 'message.post', post(news, 'Really?'), 'broadcast.one-way')
    await world.refuse('robert', 'message.post', post(news, 'Really?'), 'access.refused')
    assert.equal((await viewFor('nancy', news)).may.post, false)
  })

  test('G3-03 a member cannot answer into a broadcast, nor react in it', async () => {
    const news = await make('andrew', 'broadcast', ['nancy', 'janet'])
    const sent = await world.act<Message>('andrew', 'message.post', post(news, 'We open on Sunday.'))
    await world.refuse('nancy', 'message.post', post(news, 'No!', { replyTo: sent.number }), 'broadcast.one-way')
    const place = { ...inside(), audienceId: audienceOf(news), number: sent.number }
    await world.refuse('nancy', 'message.react', { ...place, emoji: '👎', isOn: true }, 'broadcast.one-way')
    await world.refuse('nancy', 'message.edit', { ...place, parts: text('Closed.') }, 'access.refused')
    await world.refuse('nancy', 'message.delete', place, 'access.refused')
  })

  test('G3-04 messages of a broadcast carry no list of recipients for members', async () => {
    const news = await make('andrew', 'broadcast', ['nancy', 'janet'])
    const sent = await world.act<Message>('andrew', 'message.post', post(news, 'We open on Sunday.'))
    const place = { ...inside(), audienceId: audienceOf(news), number: sent.number }
    await world.refuse('nancy', 'message.recipients', place, 'access.refused')
    await world.refuse('nancy', 'conversation.members', { ...inside(), conversationId: news.id }, 'access.refused')
    const answer = (await world.ask('andrew', 'message.recipients', place)) as { total: number }
    assert.equal(answer.total, 3)
  })

  test('G3-05 members do not learn that other members exist', async () => {
    const news = await make('andrew', 'broadcast', ['nancy', 'janet'])
    const sent = await world.act<Message>('andrew', 'message.post', post(news, 'We open on Sunday.'))
    const heard = recordOf('nancy')
    const place = { ...inside(), audienceId: audienceOf(news) }
    await world.act('janet', 'audience.mark', { ...place, read: sent.messageNumber })
    await world.act('janet', 'typing.start', place)
    await world.refuse('nancy', 'conversation.members', { ...inside(), conversationId: news.id }, 'access.refused')
    await world.act('andrew', 'conversation.add-members', {
      ...inside(),
      conversationId: news.id,
      personIds: idsOf('steven'),
    })
    await world.act('andrew', 'conversation.remove-members', {
      ...inside(),
      conversationId: news.id,
      personIds: idsOf('steven'),
    })
    await world.act('andrew', 'message.post', post(news, 'And on Monday.'))
    const view = await viewFor('nancy', news)
    const answers = [
      view,
      await world.ask('nancy', 'message.history', place),
      await world.ask('nancy', 'sync.difference', { audienceId: audienceOf(news), after: 0 }),
    ]
    assert.deepEqual([view.memberCount, view.may.seeMembers, view.audiences.length], [null, false, 1])
    for (const canary of idsOf('janet', 'steven')) {
      assert.ok(!JSON.stringify(answers).includes(canary), 'an answer names another member')
      assert.ok(!heard().some((frame) => frame.includes(canary)), 'a frame names another member')
    }
    assert.deepEqual(numbersIn(answers[2]), [1, 2, 3], 'there is no gap in the numbers')
  })

  test('G3-06 the owner of a broadcast adds and removes users, members may not', async () => {
    const news = await make('andrew', 'broadcast', ['nancy'])
    const janet = { ...inside(), conversationId: news.id, personIds: idsOf('janet') }
    await world.refuse('nancy', 'conversation.add-members', janet, 'access.refused')
    await world.act('andrew', 'conversation.add-members', janet)
    assert.ok(world.ears.janet.state.conversations.has(news.id))
    await world.act('andrew', 'conversation.remove-members', janet)
    assert.ok(!world.ears.janet.state.conversations.has(news.id))
    assert.equal((await viewFor('andrew', news)).memberCount, 2)
  })

  /** What this person hears from now on. */
  function recordOf(name: Name): () => string[] {
    const { connection } = world.ears[name]
    const send = connection.send
    const raw: string[] = []
    connection.send = (bytes) => {
      raw.push(bytes.toString('utf8'))
      send(bytes)
    }
    return () => raw
  }
  const numbersIn = (difference: unknown) =>
    Object(difference).events.map(
      (event: { number?: number; message?: Message }) => event.number ?? event.message?.number,
    )
})

describe('groups inside groups', () => {
  const nest = (outer: ConversationView, inner: ConversationView) => ({
    ...inside(),
    conversationId: outer.id,
    innerId: inner.id,
  })

  test('G4-01 a message to the outer broadcast reaches everybody of the inner ones once', async () => {
    const one = await make('andrew', 'broadcast', ['nancy', 'janet'])
    const two = await make('andrew', 'broadcast', ['janet', 'robert'])
    const all = await make('andrew', 'broadcast', [])
    await world.act('andrew', 'conversation.nest', nest(all, one))
    await world.act('andrew', 'conversation.nest', nest(all, two))
    assert.equal((await viewFor('andrew', all)).memberCount, 4)
    const sent = await world.act<Message>('andrew', 'message.post', post(all, 'To all.'))
    for (const name of ['nancy', 'janet', 'robert'] as const) {
      const { messages } = (await world.ask(name, 'message.history', { ...inside(), audienceId: audienceOf(all) })) as {
        messages: Message[]
      }
      assert.deepEqual(messages, [sent])
    }
  })

  test('G4-02 the users of a group inside are members of the outer group', async () => {
    const team = await make('andrew', 'group', ['nancy', 'janet'])
    const all = await make('andrew', 'group', ['steven'])
    await world.act('andrew', 'conversation.nest', nest(all, team))
    await world.act('janet', 'message.post', post(all, 'Hello, Steven.'))
    const { members } = (await world.ask('steven', 'conversation.members', {
      ...inside(),
      conversationId: all.id,
    })) as {
      members: { personId: string; through: string[] }[]
    }
    const janet = members.find(({ personId }) => personId === world.cast.janet.personId)
    assert.deepEqual([members.length, janet?.through], [4, [team.id]])
  })

  test('G4-03 membership follows the inner group', async () => {
    const team = await make('andrew', 'group', ['nancy'])
    const all = await make('andrew', 'group', ['steven'])
    const top = await make('andrew', 'group', [])
    await world.act('andrew', 'conversation.nest', nest(all, team))
    await world.act('andrew', 'conversation.nest', nest(top, all))
    const janet = { ...inside(), conversationId: team.id, personIds: idsOf('janet') }
    await world.act('andrew', 'conversation.add-members', janet)
    assert.ok(world.ears.janet.state.conversations.has(top.id))
    await world.act('andrew', 'conversation.remove-members', janet)
    assert.ok(!world.ears.janet.state.conversations.has(all.id))
    assert.ok(!world.ears.janet.state.conversations.has(top.id))
    await world.act('andrew', 'conversation.unnest', nest(top, all))
    assert.ok(!world.ears.nancy.state.conversations.has(top.id))
  })

  test('G4-04 cycles are refused, and so are too many levels and other kinds', async () => {
    const chain = [await make('andrew', 'group', [])]
    for (let level = 1; level < 8; level++) {
      const outer = await make('andrew', 'group', [])
      await world.act('andrew', 'conversation.nest', nest(outer, chain.at(-1) ?? outer))
      chain.push(outer)
    }
    const [lowest, second] = chain
    const highest = chain.at(-1)
    assert.ok(lowest && second && highest)
    await world.refuse('andrew', 'conversation.nest', nest(lowest, highest), 'conversation.cycle')
    await world.refuse('andrew', 'conversation.nest', nest(lowest, second), 'conversation.cycle')
    await world.refuse('andrew', 'conversation.nest', nest(lowest, lowest), 'conversation.cycle')
    const ninth = await make('andrew', 'group', [])
    await world.refuse('andrew', 'conversation.nest', nest(ninth, highest), 'conversation.too-deep')
    const news = await make('andrew', 'broadcast', [])
    await world.refuse('andrew', 'conversation.nest', nest(ninth, news), 'conversation.kind-differs')
    const foreign = await make('nancy', 'group', [])
    await world.refuse('andrew', 'conversation.nest', nest(ninth, foreign), 'access.refused')
  })

  test('G4-05 the privacy of broadcasts holds across levels', async () => {
    const inner = await make('andrew', 'broadcast', ['nancy', 'janet'])
    const outer = await make('andrew', 'broadcast', ['robert'])
    await world.act('andrew', 'conversation.nest', nest(outer, inner))
    await world.act('andrew', 'message.post', post(outer, 'To all.'))
    const view = await viewFor('robert', outer)
    assert.deepEqual([view.memberCount, view.may.post], [null, false])
    assert.ok(!JSON.stringify(view).includes(world.cast.nancy.personId))
    await world.refuse('robert', 'conversation.members', { ...inside(), conversationId: outer.id }, 'access.refused')
    await world.refuse('nancy', 'message.post', post(outer, 'Hello?'), 'broadcast.one-way')
  })
})
