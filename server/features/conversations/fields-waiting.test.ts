import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import type { z } from 'zod'
import type { ConversationView, HistoryPage, Message } from '../../../protocol/conversations.ts'
import type { MessagePreview } from '../../../protocol/filled-messages.ts'
import type { ScheduledMessage } from '../../../protocol/groups.ts'
import { limits } from '../../../protocol/limits.ts'
import type { Database } from '../../platform/sql.ts'
import type { Name } from '../../testing/cast.ts'
import { registerPartRule } from './part-rules.ts'
import { bringIn } from '../../testing/outsiders.ts'
import { audienceOf, openFieldsStage, text, wordsIn, type Posted } from '../../testing/fields-stage.ts'

const stage = await openFieldsStage()
const { world, inside, idsOf, setProfile, make, filling, historyOf, wordsFor, record, runDue } = stage
after(() => world[Symbol.asyncDispose]())
const listOf = async (name: Name) =>
  Object(await world.ask(name, 'schedule.list', inside())).scheduled as ScheduledMessage[]

/** Puts so many people into a conversation, without a word to those who are in it. */
async function crowd(conversationId: string, count: number, from = 1): Promise<void> {
  const { organizationId } = world.cast
  await world.database.transaction(async (tx) => {
    await tx`
      with made as (
        insert into person (id, created_at)
        select ('00000000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid, now()
        from generate_series(${from}::int, ${from + count - 1}::int) as number
        on conflict (id) do update set created_at = now() returning id
      ), inside as (
        insert into member (organization_id, person_id, name, address, state, created_at)
        select ${organizationId}, id, 'Guest' || right(id::text, 5) || ' Nobody', id::text || '@northwind.example',
          'active', now() from made
        on conflict do nothing
      ), belonging as (
        insert into membership (conversation_id, person_id, role, source)
        select ${conversationId}::uuid, id, 'member', 'owner' from made
      )
      insert into membership_interval (conversation_id, person_id, role, from_version, from_number, from_message_number)
      select ${conversationId}::uuid, id, 'member', 1, 0, 0 from made`
  })
}
const textsIn = async (audienceId: string) =>
  world.database.snapshot(
    (tx) => tx<{ words: string; count: number }>`
      select filled_text.parts->0->>'text' as words, count(*) as count
      from filled_text join filling on filling.id = filling_id
      where filling.audience_id = ${audienceId} group by 1 order by 1`,
  )

class Crash extends Error {}
/** Dies at its so manieth transaction: before it commits, or right after. */
function dying(database: Database, at: number, when: 'inside' | 'after'): Database {
  let count = 0
  return {
    ...database,
    async transaction(run) {
      const isLast = ++count === at
      const result = await database.transaction(async (tx) => {
        const inside = await run(tx)
        if (isLast && when === 'inside') throw new Crash()
        return inside
      })
      if (isLast && when === 'after') throw new Crash()
      return result
    },
  }
}

/** Lets something happen right after its so manieth transaction. */
function interrupted(database: Database, at: number, happen: () => Promise<unknown>): Database {
  let count = 0
  return {
    ...database,
    async transaction(run) {
      const result = await database.transaction(run)
      if (++count === at) await happen()
      return result
    },
  }
}

describe('messages with fields to people from outside', () => {
  test('G17-02 G17-03 G17-04 a contact gets theirs in their own language; from outside nobody sends fields', async () => {
    world.clock.advance(61_000)
    const maria = await bringIn(world, 'steven', 'maria')
    const about = { ...inside(), personId: maria.personId }
    await world.act('steven', 'contact.change', { ...about, locale: 'zh-CN', tags: ['VIP', 'Tea'] })
    const group = await stage.make('group', ['steven'])
    const members = { ...inside(), conversationId: group.id, personIds: [maria.personId] }
    await world.act('andrew', 'conversation.add-members', members)
    const words = '{{ language }} {{ name }}: {{ tags | join: "+" | default: "none" }} {{ keeper_name }} {{ today }}'
    const sent = await stage.send(audienceOf(group), words, 'default')
    const place = { ...inside(), audienceId: sent.audienceId, number: sent.number }
    const got = Object(await world.ask('andrew', 'message.filled', { ...place, personId: maria.personId }))
    const day = new Intl.DateTimeFormat('zh-CN', { dateStyle: 'long', timeZone: 'UTC' }).format(world.clock())
    assert.deepEqual(got.people[0].parts, text(`中文（中国） maria: tea+vip Steven Buchanan ${day}`))
    const asMaria = (command: string, input: object) => world.askAs(maria.actor, command, input)
    const input = filling(audienceOf(group), 'You are {{ title }}')
    const { id: _id, ...preview } = input
    const first = { ...inside(), personId: maria.personId, id: uuidv7(), parts: text('Welcome') }
    await world.act('steven', 'direct.post', first)
    const { audienceId: _audienceId, ...answer } = { ...input, personId: world.cast.steven.personId }
    for (const [command, asked] of [
      ['message.post-with-fields', input],
      ['direct.post', answer],
      ['message.preview', preview],
      ['schedule.create', { ...input, postAt: new Date(world.clock().getTime() + 60_000).toISOString() }],
    ] as const)
      await assert.rejects(asMaria(command, asked), { code: 'access.refused' })
    await world.act('steven', 'contact.remove', about)
    await stage.react('conversations.remove-erased')
    const after = Object(await world.ask('andrew', 'message.filled', place))
    assert.deepEqual(after.people.length, 1, 'what an erased contact got is erased')
  })

  test('G17-02 of a contact each organization tells its own, only to whom sees them, and nobody who has left', async () => {
    const maria = await bringIn(world, 'steven', 'ana')
    const { organizationId, otherOrganizationId, steven } = world.cast
    const there = { organizationId: otherOrganizationId, name: 'ana', addresses: ['ana@customers.example'] }
    assert.equal(Object(await world.ask('outsider', 'contact.create', there)).personId, maria.personId)
    const { personId } = maria
    const words =
      '{{ language }} {{ name }}: {{ tags | join: "+" | default: "none" }}, {{ keeper_name | default: "nobody" }}'
    const fields = { missing: 'default' }
    const gotBy = async (name: Name, organization: string, { audienceId, number }: Message) => {
      const asked = { organizationId: organization, audienceId, number, personId }
      return Object(await world.ask(name, 'message.filled', asked)).people[0].parts[0].text as string
    }
    const places: string[] = []
    const tell = async (name: Name, organization: string) => {
      const input = { organizationId: organization, personId, id: uuidv7(), parts: text(words), fields }
      const { message } = Object(await world.ask(name, 'direct.post', input))
      places.push(message.audienceId)
      return gotBy(name, organization, message)
    }
    const about = { organizationId: otherOrganizationId, personId }
    await world.ask('outsider', 'contact.change', { ...about, locale: 'en', tags: ['Debtor'], name: 'Mary' })
    await world.act('steven', 'contact.change', { ...inside(), personId, locale: 'zh-CN', tags: ['VIP'] })
    assert.equal(await tell('steven', organizationId), '中文（中国） ana: vip, Steven Buchanan')
    assert.equal(await tell('outsider', otherOrganizationId), 'English Mary: debtor, outsider')
    const group = await make('group', ['nancy'])
    const people = { ...inside(), conversationId: group.id, personIds: [personId] }
    await world.act('andrew', 'conversation.add-members', people)
    const input = { ...filling(audienceOf(group), words), fields }
    const { message } = (await world.ask('nancy', 'message.post-with-fields', input)) as Posted
    assert.ok(message)
    assert.equal(await gotBy('nancy', organizationId, message), '中文（中国） ana: vip, Steven Buchanan')
    const his = (await world.ask('andrew', 'message.post-with-fields', { ...input, id: uuidv7() })) as Posted
    await world.act('andrew', 'conversation.remove-members', people)
    const edit = {
      ...inside(),
      audienceId: message.audienceId,
      number: message.number,
      parts: text(`Now ${words}`),
      fields,
    }
    await world.act('nancy', 'message.edit', edit)
    assert.equal(await gotBy('nancy', organizationId, message), 'Now 中文（中国） ana: none, nobody')
    const { number } = his.message ?? message
    await world.act('andrew', 'message.edit', { ...edit, number })
    const told = await gotBy('andrew', organizationId, { ...message, number })
    assert.equal(told, 'Now 中文（中国） ana: vip, Steven Buchanan', 'administrators see all contacts')
    const setState = (state: string) =>
      world.database.transaction((tx) => tx`update member set state = ${state} where person_id = ${steven.personId}`)
    await setState('deactivated')
    assert.equal(await tell('andrew', organizationId), '中文（中国） ana: vip, nobody')
    await setState('active')
    // What one has written is looked up only as long as one sees it.
    const asked = { ...inside(), audienceId: message.audienceId, number: message.number }
    await world.act('nancy', 'conversation.leave', { ...inside(), conversationId: group.id })
    await world.refuse('nancy', 'message.filled', asked, 'access.refused')
    await world.ask('andrew', 'conversation.add-members', { ...people, personIds: idsOf('nancy') })
    assert.equal(Object(await world.ask('nancy', 'message.filled', asked)).people.length, 2)
    const before = (name: Name) =>
      world.database.transaction(
        (tx) => tx`
          update membership_interval set person_id = ${world.cast[name].personId}
          where conversation_id = ${group.id} and to_version is not null and person_id <> ${personId}`,
      )
    await before('janet')
    await assert.rejects(world.ask('nancy', 'message.filled', asked), { code: 'message.not-found' })
    await before('nancy')
    await world.ask('steven', 'contact.remove', { ...inside(), personId })
    await stage.react('conversations.remove-erased')
    const kept = await Promise.all(places.map(async (audienceId) => (await textsIn(audienceId)).length))
    assert.deepEqual(kept, [0, 1, 0], 'each organization erases its own')
  })

  test('G17-01 the first message to a person may hold fields', async () => {
    const [personId] = idsOf('janet')
    const { audienceId: _audienceId, ...input } = { ...filling('', 'Hello {{ first_name }}'), personId }
    const { conversation } = await world.act<{ conversation: ConversationView }>('andrew', 'direct.post', input)
    assert.deepEqual(await wordsFor('janet', audienceOf(conversation)), ['Hello Janet'])
    const again = await world.act<{ message: Message }>('andrew', 'direct.post', input)
    assert.equal(again.message.fields?.recipients, 1)
    const { fields: _fields, ...plain } = input
    await world.refuse('andrew', 'direct.post', plain, 'message.id-taken')
  })
})

describe('messages with fields that wait', () => {
  test('G17-04 a message that waits is filled when its time has come', async () => {
    const news = await make('broadcast', ['nancy', 'janet'])
    const at = (afterMs: number) => new Date(world.clock().getTime() + afterMs).toISOString()
    const input = { ...filling(audienceOf(news), 'Dear {{ last_name | default: first_name }}'), postAt: at(60_000) }
    const waiting = await world.act<ScheduledMessage>('andrew', 'schedule.create', input)
    assert.deepEqual(waiting.fields, input.fields)
    await setProfile('nancy', { name: 'Nancy Fuller' })
    world.clock.advance(60_000)
    await runDue(input.id)
    await runDue(input.id)
    assert.deepEqual(await wordsFor('nancy', audienceOf(news)), ['Dear Fuller'])
    assert.deepEqual(await wordsFor('janet', audienceOf(news)), ['Dear Janet'])
    assert.ok(world.ears.nancy.frames.some((frame) => frame.includes('Dear Fuller')))
    await setProfile('nancy', { name: 'Nancy Davolio' })
    const lacking = { ...filling(audienceOf(news), '{{ last_name }}'), postAt: at(60_000) }
    await world.act('andrew', 'schedule.create', lacking)
    world.clock.advance(60_000)
    await runDue(lacking.id)
    const [refused] = await listOf('andrew')
    assert.partialDeepStrictEqual(refused, { id: lacking.id, state: 'refused', fault: 'fields.missing-values' })
    assert.equal((await historyOf('nancy', audienceOf(news))).length, 1)
    await world.act('andrew', 'schedule.cancel', { ...inside(), id: lacking.id })
    let mayCoupon = true
    registerPartRule({ type: 'coupon', allow: async (_tx, asked) => asked.map(() => mayCoupon) })
    const coupon = { type: 'coupon', campaignId: uuidv7() }
    const withCoupon = { ...filling(audienceOf(news), ''), parts: [coupon], postAt: at(60_000) }
    await world.act('andrew', 'schedule.create', withCoupon)
    mayCoupon = false
    world.clock.advance(60_000)
    await runDue(withCoupon.id)
    const [withheld] = await listOf('andrew')
    assert.partialDeepStrictEqual(withheld, { id: withCoupon.id, state: 'refused', fault: 'access.refused' })
    await world.act('andrew', 'schedule.cancel', { ...inside(), id: withCoupon.id })
    await world.refuse(
      'andrew',
      'schedule.create',
      { ...lacking, id: uuidv7(), parts: text('{{ x }}'), postAt: at(60_000) },
      'fields.unknown',
    )
  })

  test('G17-04 of more than can be filled at once, all are filled before it is sent, wherever the server dies', async () => {
    // It takes four transactions: the first look, two portions, and the last one, which posts.
    const deaths = [
      [1, 'inside'],
      [2, 'inside'],
      [3, 'inside'],
      [4, 'inside'],
      [4, 'after'],
    ] as const
    for (const [at, when] of deaths) {
      world.clock.advance(61_000)
      const news = await make('broadcast', ['nancy'])
      await crowd(news.id, limits.fillAtOnce + 20)
      const input = filling(audienceOf(news), 'Dear {{ first_name }}')
      const heard = record()
      const posted = (await world.ask('andrew', 'message.post-with-fields', input)) as Posted
      assert.deepEqual([posted.message, posted.scheduled?.state], [null, 'waiting'])
      assert.deepEqual(await world.ask('andrew', 'message.post-with-fields', input), posted)
      await assert.rejects(runDue(input.id, dying(world.database, at, when)), Crash)
      await world.delivery.settled()
      const isPosted = when === 'after'
      assert.deepEqual(await wordsFor('nancy', audienceOf(news)), isPosted ? ['Dear Nancy'] : [])
      assert.equal(heard.nancy.join('').includes('Dear'), isPosted)
      // Somebody comes in between: they get their own text too.
      if (!isPosted) await crowd(news.id, 1, 9_000)
      await runDue(input.id, dying(world.database, 5, 'inside'))
      assert.deepEqual(await wordsFor('nancy', audienceOf(news)), ['Dear Nancy'])
      const texts = await textsIn(audienceOf(news))
      assert.equal(texts.length, limits.fillAtOnce + (isPosted ? 21 : 22))
      assert.ok(texts.every(({ words, count }) => count === 1 && /^Dear (Guest\d+|Nancy)$/.test(words)))
      const again = (await world.ask('andrew', 'message.post-with-fields', input)) as Posted
      assert.equal(again.message?.fields?.recipients, texts.length)
    }
    assert.deepEqual(await listOf('andrew'), [])
  })

  test('G17-04 what is taken back while its texts are filled is not sent, and who leaves meanwhile gets none', async () => {
    world.clock.advance(61_000)
    const news = await make('broadcast', ['nancy'])
    await crowd(news.id, limits.fillAtOnce + 20)
    const input = filling(audienceOf(news), 'Dear {{ first_name }}')
    await world.ask('andrew', 'message.post-with-fields', input)
    const takeBack = async () => {
      assert.notDeepEqual(await textsIn(audienceOf(news)), [])
      await world.ask('andrew', 'schedule.cancel', { ...inside(), id: input.id })
    }
    await runDue(input.id, interrupted(world.database, 2, takeBack))
    await runDue(input.id)
    assert.deepEqual(await textsIn(audienceOf(news)), [])
    assert.deepEqual(await historyOf('nancy', audienceOf(news)), [])
    const leave = { ...inside(), conversationId: news.id, personIds: idsOf('nancy') }
    const second = filling(audienceOf(news), 'Dear {{ first_name }}')
    await world.ask('andrew', 'message.post-with-fields', second)
    const goesAway = () => world.ask('andrew', 'conversation.remove-members', leave)
    await runDue(second.id, interrupted(world.database, 3, goesAway))
    const posted = (await world.ask('andrew', 'message.post-with-fields', second)) as Posted
    assert.equal(posted.message?.fields?.recipients, limits.fillAtOnce + 20)
    assert.ok(
      (await textsIn(audienceOf(news))).every(({ words }) => words !== 'Dear Nancy'),
      'who has left gets none',
    )
  })

  test('G17-04 who may not post any more when all are filled sends nothing', async () => {
    const news = await make('broadcast', ['nancy', 'janet'])
    await crowd(news.id, limits.fillAtOnce + 20)
    const input = filling(audienceOf(news), 'Dear {{ first_name }}')
    await world.ask('andrew', 'message.post-with-fields', input)
    await assert.rejects(runDue(input.id, dying(world.database, 3, 'after')), Crash)
    const owners = { ...inside(), conversationId: news.id, personIds: idsOf('nancy') }
    await world.ask('andrew', 'conversation.set-owners', owners)
    await runDue(input.id)
    assert.deepEqual(await historyOf('janet', audienceOf(news)), [])
    assert.deepEqual(await textsIn(audienceOf(news)), [])
    const [refused] = await listOf('andrew')
    assert.partialDeepStrictEqual(refused, { id: input.id, fault: 'broadcast.one-way' })
  })

  test('G17-04 to many nothing waits where nothing may be posted, and not more than can be filled again are edited', async () => {
    world.clock.advance(61_000)
    const news = await make('broadcast', ['nancy'])
    await crowd(news.id, limits.fillOnEdit)
    const input = filling(audienceOf(news), 'Dear {{ first_name }}')
    const { fields, ...plain } = input
    const guest = `00000000-0000-7000-8000-${String(limits.fillOnEdit).padStart(12, '0')}`
    const asked = { ...inside(), audienceId: audienceOf(news), parts: input.parts, after: guest }
    const preview = (await world.ask('andrew', 'message.preview', asked)) as z.infer<typeof MessagePreview>
    assert.deepEqual([preview.total, preview.checked], [limits.fillOnEdit + 1, limits.fillAtOnce])
    assert.deepEqual(
      preview.people.map(({ parts }) => parts),
      [text('Dear Nancy')],
      'also of those who were not checked',
    )
    const toPlaces = { ...asked, parts: text('{{ place }}') }
    const { missing } = (await world.ask('andrew', 'message.preview', toPlaces)) as z.infer<typeof MessagePreview>
    assert.deepEqual([missing[0]?.count, missing[0]?.people.length], [limits.fillAtOnce, 10])
    const { number } = (await world.ask('andrew', 'message.post', plain)) as Message
    const few = await make('broadcast', ['nancy'])
    await crowd(few.id, 6)
    const lacking = world.ask('andrew', 'message.post-with-fields', filling(audienceOf(few), '{{ place }}'))
    await assert.rejects(lacking, {
      message: /^7 recipients have no value for place \(([^,]+, ){4}[^,]+ and 2 more\)\.$/,
    })
    const edit = { ...inside(), audienceId: audienceOf(news), number, parts: input.parts, fields }
    await assert.rejects(world.ask('andrew', 'message.edit', edit), { code: 'fields.too-many-recipients' })
    const close = (at: Date | null) =>
      world.database.transaction((tx) => tx`update audience set closed_at = ${at} where id = ${audienceOf(news)}`)
    await close(world.clock())
    const late = { ...input, id: uuidv7() }
    await assert.rejects(world.ask('andrew', 'message.post-with-fields', late), { code: 'conversation.closed' })
    await close(null)
    assert.ok((await listOf('andrew')).every(({ id }) => id !== late.id))
  })

  test('G17-02 who is in two organizations is filled in by each with what it knows of them itself', async () => {
    const { organizationId, otherOrganizationId, nancy, robert } = world.cast
    // In both: Nancy has another title there, and a manager, who was Robert's and is a member here alone.
    await world.database.transaction(async (tx) => {
      await tx`
        insert into member (organization_id, person_id, name, address, title, place, manager_id, state, created_at)
        values
          (${otherOrganizationId}, ${robert.personId}, 'Bob', 'bob@elsewhere.example', 'Cook', 'Oslo', null, 'active',
            now()),
          (${otherOrganizationId}, ${nancy.personId}, 'Anne', 'anne@elsewhere.example', 'Baker', 'Rome',
            ${robert.personId}, 'active', now())`
      await tx`
        update member set title = 'Clerk', place = 'London', manager_id = ${robert.personId}
        where organization_id = ${organizationId} and person_id = ${nancy.personId}`
    })
    const words = '{{ name }}, {{ title }} in {{ place }} under {{ manager_name }} at {{ organization_name }}'
    // Their clients were not told of that: nobody compares what they know.
    const make = async (name: Name, organization: string) => {
      const group = { conversationId: uuidv7(), kind: 'group', name: 'Both', personIds: [nancy.personId] }
      return (await world.ask(name, 'conversation.create', {
        organizationId: organization,
        ...group,
      })) as ConversationView
    }
    const told = async (name: Name, organization: string) => {
      const audienceId = audienceOf(await make(name, organization))
      const place = { organizationId: organization, audienceId }
      await world.ask(name, 'message.post-with-fields', { ...filling(audienceId, words), ...place })
      const page = (await world.ask('nancy', 'message.history', place)) as z.infer<typeof HistoryPage>
      return page.messages.map(wordsIn)
    }
    assert.deepEqual(await told('andrew', organizationId), [
      'Nancy Davolio, Clerk in London under Robert King at Northwind',
    ])
    assert.deepEqual(await told('outsider', otherOrganizationId), ['Anne, Baker in Rome under Bob at Elsewhere'])
  })
})
