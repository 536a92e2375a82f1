import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import type { z } from 'zod'
import type { ConversationView, Message } from '../../../protocol/conversations.ts'
import type { FilledPage, MessagePreview } from '../../../protocol/filled-messages.ts'
import { limits } from '../../../protocol/limits.ts'
import type { Name } from '../../testing/cast.ts'
import { audienceOf, openFieldsStage, text, wordsIn, type Posted } from '../../testing/fields-stage.ts'

const stage = await openFieldsStage()
const { world, inside, idsOf, setProfile, make, filling, send, historyOf, wordsFor, record } = stage
after(() => world[Symbol.asyncDispose]())
const setState = (name: Name, state: string) =>
  world.database.transaction(
    (tx) => tx`update member set state = ${state} where person_id = ${world.cast[name].personId}`,
  )
const place = ({ audienceId, number }: Message) => ({ ...inside(), audienceId, number })

describe('messages with fields', () => {
  test('G17-01 a message holds fields, and its author sees what they wrote and how many got it', async () => {
    const group = await make('group', ['nancy', 'steven'])
    const words =
      'Dear {{ first_name | default: "colleague" }}, {% if title %}{{ title | downcase }}{% else %}you{% endif %}!'
    const sent = await send(audienceOf(group), words)
    assert.equal(wordsIn(sent), words)
    assert.deepEqual(sent.fields, { missing: 'block', recipients: 2, skipped: 0 })
    assert.deepEqual(await wordsFor('andrew', audienceOf(group)), [words])
    assert.deepEqual(await wordsFor('nancy', audienceOf(group)), ['Dear Nancy, sales representative!'])
    assert.deepEqual(await wordsFor('steven', audienceOf(group)), ['Dear Steven, you!'])
    const [own] = await historyOf('nancy', audienceOf(group))
    assert.equal(own?.fields, undefined)
  })

  test('G17-01 a fault in the text is refused with its line and column, and nothing is sent', async () => {
    const group = await make('group', ['nancy'])
    const faults = [
      ['Hello\n  {{ first_name', 'fields.template', 'parts.0.text:2:3'],
      ['Hello {{ salary }}', 'fields.unknown', 'parts.0.text:1:10'],
      ['{{ name.constructor }}', 'fields.unknown', 'parts.0.text:1:4'],
      ['{{ __proto__ }}', 'fields.unknown', 'parts.0.text:1:4'],
      ['{% for i in (1..9) %}x{% endfor %}', 'fields.template', 'parts.0.text:1:1'],
      ['{% include "x" %}', 'fields.template', 'parts.0.text:1:1'],
      ['{{ name | nothing }}', 'fields.template', 'parts.0.text:1:1'],
      ['{{ name | split: "" }}', 'fields.template', 'parts.0.text:1:1'],
      ['{{ name | date: "%Y" }}', 'fields.template', 'parts.0.text:1:1'],
    ] as const
    for (const [words, code, path] of faults) {
      const refused = await world.refuse('andrew', 'message.post-with-fields', filling(audienceOf(group), words), code)
      assert.equal(refused.path, path, words)
    }
    assert.deepEqual(await historyOf('nancy', audienceOf(group)), [])
  })

  test('G17-01 a text that is made to exhaust the server ends by its limits', async () => {
    const group = await make('group', ['nancy'])
    const attacks = {
      '{{ (1..999999999) | join: "" }}': 'fields.template',
      [`{{ name${' | append: name'.repeat(650)} }}`]: 'fields.template',
      [`{{ ${'('.repeat(9_000)} }}`]: 'fields.template',
      ['{{ name }}'.repeat(limits.fieldsPerMessage + 1)]: 'fields.too-many',
      [`${'x'.repeat(9_000)}${'{{ name }}'.repeat(99)}`]: 'fields.too-long',
    } as const
    const before = performance.now()
    for (const [words, code] of Object.entries(attacks))
      await world.refuse('andrew', 'message.post-with-fields', filling(audienceOf(group), words), code)
    assert.ok(performance.now() - before < 10_000)
  })

  test('G17-02 values come from the server’s profile at that moment, and nothing in them is a template again', async () => {
    const group = await make('group', ['janet', 'robert'])
    // No input takes such a title; an old list may have.
    await world.database.transaction(
      (tx) => tx`
        update member set title = ${'{{ sender_name }}\n{% raw %}\u202eKing'}
        where person_id = ${world.cast.robert.personId}`,
    )
    const sent = await send(
      audienceOf(group),
      '{{ title | default: name }} from {{ sender_name }} of {{ organization_name }}, {{ today }}',
    )
    const day = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' }).format(world.clock())
    const rest = `from Andrew Fuller of Northwind, ${day}`
    assert.deepEqual(await wordsFor('robert', audienceOf(group)), [`{{ sender_name }} {% raw %} King ${rest}`])
    assert.deepEqual(await wordsFor('janet', audienceOf(group)), [`Janet ${rest}`])
    await setProfile('janet', { name: 'Janet Leverling' })
    assert.deepEqual(await wordsFor('janet', audienceOf(group)), [`Janet ${rest}`])
    await world.act('andrew', 'message.react', { ...place(sent), emoji: '👍', isOn: true })
    assert.deepEqual(await wordsFor('janet', audienceOf(group)), [`Janet ${rest}`])
    await setProfile('janet', { name: 'Janet' })
    const robertId = world.cast.robert.personId
    const long = 'x'.repeat(limits.fieldValue + 50)
    await world.database.transaction(
      (tx) => tx`update member set title = ${long}, place = 'London' where person_id = ${robertId}`,
    )
    const words = '{{ manager_name | default: "nobody" }}, {{ place | default: "anywhere" }}, {{ today }} {{ title }}'
    const fields = { missing: 'default', timeZone: 'Pacific/Pago_Pago' }
    const tell = () => world.ask('andrew', 'message.post-with-fields', { ...filling(audienceOf(group), words), fields })
    await tell()
    await setState('steven', 'deactivated')
    await tell()
    await setState('steven', 'active')
    const there = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'Pacific/Pago_Pago' })
    const end = `, London, ${there.format(world.clock())} ${'x'.repeat(limits.fieldValue)}`
    assert.notEqual(there.format(world.clock()), day)
    const got = (await wordsFor('robert', audienceOf(group))).slice(-2)
    assert.deepEqual(got, [`Steven Buchanan${end}`, `nobody${end}`], 'who has left is nobody’s manager')
    await setProfile('robert', { title: '', place: '' })
  })

  test('G17-03 everybody gets their own text by every way, and no frame or answer holds another’s', async () => {
    const group = await make('group', ['nancy', 'janet', 'steven', 'robert'])
    const audienceId = audienceOf(group)
    const people = ['nancy', 'janet', 'steven', 'robert'] as const
    for (const name of people) await setProfile(name, { title: `canary-of-${name}` })
    const heard = record()
    const sent = await send(audienceId, 'For {{ title }} alone')
    await world.act('nancy', 'message.react', { ...place(sent), emoji: '👍', isOn: true })
    const edit = { ...place(sent), parts: text('Now for {{ title }}'), fields: {} }
    const edited = await world.act<Message>('andrew', 'message.edit', edit)
    assert.equal(edited.fields?.recipients, 4)
    const reply = { ...inside(), audienceId, id: uuidv7(), parts: text('Thanks'), replyTo: sent.number }
    await world.act('janet', 'message.post', reply)
    for (const name of people) {
      const queries: [string, object][] = [
        ['message.history', { ...inside(), audienceId }],
        ['sync.open', {}],
        ['sync.difference', { audienceId, after: 0 }],
        ['conversation.get', { ...inside(), conversationId: group.id }],
        ['conversation.list', inside()],
        ['message.react', { ...place(sent), emoji: '🎉', isOn: true }],
      ]
      const answers = await Promise.all(queries.map(([command, input]) => world.ask(name, command, input)))
      await world.delivery.settled()
      assert.ok(JSON.stringify(answers).includes(`Now for canary-of-${name}`))
      const all = JSON.stringify(answers) + heard[name].join('')
      assert.ok(heard[name].some((frame) => frame.includes(`For canary-of-${name} alone`)))
      for (const other of people)
        assert.equal(all.includes(`canary-of-${other}`), other === name, `${other} to ${name}`)
      assert.ok(!all.includes('{{ title'), 'nobody sees the fields but their author')
    }
    assert.ok(heard.andrew.some((frame) => frame.includes('{{ title }}')))
    assert.ok(!heard.andrew.join('').includes('canary-of'))
    assert.ok(!heard.outsider.join('').includes(audienceId))
    await world.act('andrew', 'message.delete', place(sent))
    for (const name of people) {
      const [gone] = await historyOf(name, audienceId)
      assert.deepEqual(gone?.parts, [])
      await setProfile(name, { title: name === 'nancy' ? 'Sales Representative' : '' })
    }
    const [{ count } = { count: -1 }] = await world.database.snapshot(
      (tx) => tx<{ count: number }>`select count(*) from filled_text where parts::text like '%canary%'`,
    )
    assert.equal(count, 0)
  })

  test('G17-03 its author, and nobody else, can look at what one recipient got', async () => {
    const group = await make('group', ['nancy', 'steven'])
    const sent = await send(audienceOf(group), 'Hi {{ first_name }}')
    const gone = { ...inside(), conversationId: group.id, personIds: idsOf('steven') }
    await world.act('andrew', 'conversation.remove-members', gone)
    assert.equal((await send(audienceOf(group), 'Hi {{ first_name }}')).fields?.recipients, 1, 'who has left gets none')
    const [personId] = idsOf('nancy')
    const page = await world.act<z.infer<typeof FilledPage>>('andrew', 'message.filled', { ...place(sent), personId })
    assert.deepEqual(page.people, [{ personId, name: 'Nancy Davolio', parts: text('Hi Nancy') }])
    const all = await world.act<z.infer<typeof FilledPage>>('andrew', 'message.filled', place(sent))
    assert.equal(all.people.length, 2)
    const asked = { ...place(sent), limit: 1 }
    const first = await world.act<z.infer<typeof FilledPage>>('andrew', 'message.filled', asked)
    const rest = { ...asked, after: first.next }
    const second = await world.act<z.infer<typeof FilledPage>>('andrew', 'message.filled', rest)
    const ids = all.people.map((one) => one.personId)
    assert.deepEqual([first.next, second.people[0]?.personId, second.next], [...ids, null])
    await world.refuse('nancy', 'message.filled', place(sent), 'message.not-found')
    await world.refuse('outsider', 'message.filled', place(sent), 'access.refused')
  })

  test('G17-03 who joins later and may see what was before finds no value of anybody, and no fields', async () => {
    const group = await make('group', ['nancy'], { history: 'all' })
    await send(
      audienceOf(group),
      'Dear {{ first_name | default: "customer" }} {{ last_name }} of {{ organization_name }}',
    )
    const members = { ...inside(), conversationId: group.id, personIds: idsOf('janet') }
    await world.act('andrew', 'conversation.add-members', members)
    assert.deepEqual(await wordsFor('janet', audienceOf(group)), ['Dear customer … of Northwind'])
  })

  test('G17-03 a copy carries one’s own text, and of one’s own message the text without any values', async () => {
    const group = await make('group', ['nancy', 'steven'])
    const sent = await send(audienceOf(group), 'Hi {{ first_name }}')
    const { audienceId, number } = sent
    const copy = async (name: Name) => {
      const input = { ...inside(), conversationId: uuidv7(), fromId: group.id, name: 'Copies' }
      const rest = { personIds: idsOf('steven'), copies: [{ audienceId, number }] }
      return audienceOf(
        await world.act<ConversationView>(name, 'conversation.split', { ...input, ...rest, history: 'all' }),
      )
    }
    assert.deepEqual(await wordsFor('steven', await copy('nancy')), ['Hi Nancy'])
    assert.deepEqual(await wordsFor('steven', await copy('andrew')), ['Hi …'])
  })

  test('G17-04 what lacks a value is refused before anything is sent, with who lacks what', async () => {
    const news = await make('broadcast', ['nancy', 'janet', 'robert'])
    const heard = record()
    const input = filling(audienceOf(news), 'Dear {{ first_name }} {{ last_name }}')
    const refused = await world.refuse('andrew', 'message.post-with-fields', input, 'fields.missing-values')
    assert.match(refused.message, /^One recipient has no value for last_name \(Janet\)\.$/)
    assert.deepEqual(heard.nancy, [])
    assert.deepEqual(await historyOf('nancy', audienceOf(news)), [])
    await world.act('andrew', 'message.post-with-fields', { ...input, fields: { missing: 'default' } })
    assert.deepEqual(await wordsFor('janet', audienceOf(news)), ['Dear Janet '])
    assert.deepEqual(await wordsFor('nancy', audienceOf(news)), ['Dear Nancy Davolio'])
  })

  test('G17-04 those who lack a value can be left out of a broadcast, and cannot tell; its owner is told how many', async () => {
    const news = await make('broadcast', ['nancy', 'janet', 'robert'])
    const heard = record()
    const input = filling(audienceOf(news), 'Dear {{ last_name }}', 'skip')
    const { message } = await world.act<Posted>('andrew', 'message.post-with-fields', input)
    assert.ok(message)
    assert.deepEqual(message.fields, { missing: 'skip', recipients: 2, skipped: 1 })
    assert.deepEqual(await wordsFor('nancy', message.audienceId), ['Dear Davolio'])
    assert.deepEqual(await wordsFor('robert', message.audienceId), ['Dear King'])
    await world.refuse('janet', 'message.history', { ...inside(), audienceId: message.audienceId }, 'access.refused')
    assert.deepEqual(heard.janet, [])
    const again = await world.act<Posted>('andrew', 'message.post-with-fields', input)
    assert.deepEqual(again.message, message)
    const { fields, ...plain } = filling(audienceOf(news), 'Dear {{ last_name }}', 'skip')
    await world.act('andrew', 'message.post', { ...plain, audienceId: message.audienceId })
    await world.refuse('andrew', 'message.post-with-fields', { ...plain, fields }, 'message.id-taken')
    await world.refuse(
      'andrew',
      'message.post-with-fields',
      filling(audienceOf(news), '{{ place }}', 'skip'),
      'fields.nobody-left',
    )
    const group = await make('group', ['nancy', 'janet'])
    const inGroup = filling(audienceOf(group), '{{ last_name }}', 'skip')
    await world.refuse('andrew', 'message.post-with-fields', inGroup, 'fields.skip-refused')
    const later = { ...inGroup, postAt: new Date(world.clock().getTime() + 60_000).toISOString() }
    await world.refuse('andrew', 'schedule.create', later, 'fields.skip-refused')
    const withCoupon = { ...filling(audienceOf(group), ''), parts: [{ type: 'coupon', campaignId: uuidv7() }] }
    await world.refuse('andrew', 'message.post-with-fields', withCoupon, 'access.refused')
  })

  test('G17-03 a narrowed broadcast is filled for those who get it, and leaves out those among them who lack a value', async () => {
    world.clock.advance(61_000)
    const news = await make('broadcast', ['nancy', 'janet', 'steven', 'robert'])
    const narrowed = await world.act<{ audienceId: string }>('andrew', 'audience.narrow', {
      ...inside(),
      conversationId: news.id,
      selection: { rule: 'these', personIds: idsOf('nancy', 'janet') },
    })
    const heard = record()
    const all = await send(narrowed.audienceId, 'Hi {{ first_name }}')
    assert.equal(all.fields?.recipients, 2)
    const some = await send(narrowed.audienceId, 'Hi {{ last_name }}', 'skip')
    assert.deepEqual(some.fields, { missing: 'skip', recipients: 1, skipped: 1 })
    assert.deepEqual(await wordsFor('nancy', some.audienceId), ['Hi Davolio'])
    assert.deepEqual(await wordsFor('janet', narrowed.audienceId), ['Hi Janet'])
    assert.deepEqual([heard.steven, heard.robert], [[], []])
    const but = await world.act<{ audienceId: string }>('andrew', 'audience.narrow', {
      ...inside(),
      conversationId: news.id,
      selection: { rule: 'except', personIds: idsOf('robert') },
    })
    const most = await send(but.audienceId, 'Dear {{ last_name }}', 'skip')
    assert.deepEqual(most.fields, { missing: 'skip', recipients: 2, skipped: 1 })
    assert.deepEqual(heard.robert, [], 'who was left out before still is')
    const owners = { ...inside(), conversationId: news.id, personIds: idsOf('andrew', 'steven') }
    await world.act('andrew', 'conversation.set-owners', owners)
    const janetAlone = await world.act<{ audienceId: string }>('andrew', 'audience.narrow', {
      ...inside(),
      conversationId: news.id,
      selection: { rule: 'these', personIds: idsOf('janet') },
    })
    const toNobody = filling(janetAlone.audienceId, '{{ last_name }}', 'skip')
    await world.refuse('andrew', 'message.post-with-fields', toNobody, 'fields.nobody-left')
    const place = filling(audienceOf(news), '{{ last_name }} {{ title }}', 'skip')
    const { message } = await world.act<Posted>('andrew', 'message.post-with-fields', place)
    assert.deepEqual(message?.fields, { missing: 'skip', recipients: 2, skipped: 2 }, 'another owner is never left out')
  })

  test('G17-04 sent twice it is one message; another text under its id is refused', async () => {
    world.clock.advance(61_000)
    const group = await make('group', ['nancy'])
    const input = filling(audienceOf(group), 'Hi {{ first_name }}')
    const [one, other] = await Promise.all([
      world.ask('andrew', 'message.post-with-fields', input),
      world.ask('andrew', 'message.post-with-fields', input),
    ])
    assert.deepEqual(one, other)
    assert.equal((await historyOf('nancy', audienceOf(group))).length, 1)
    const changed = { ...input, parts: text('Hello {{ first_name }}') }
    await world.act('andrew', 'message.post-with-fields', input)
    const elsewhere = { ...input, fields: { missing: 'block', timeZone: 'Europe/Berlin' } }
    for (const other of [changed, elsewhere])
      await world.refuse('andrew', 'message.post-with-fields', other, 'message.id-taken')
    const { fields: _fields, ...plain } = input
    await world.refuse('andrew', 'message.post', plain, 'message.id-taken')
    const before = { ...plain, id: uuidv7() }
    await world.act('andrew', 'message.post', before)
    await world.refuse('andrew', 'message.post-with-fields', { ...before, fields: {} }, 'message.id-taken')
  })

  test('G17-04 it is for those who may post there: not for listeners, strangers, or people from outside', async () => {
    const news = await make('broadcast', ['nancy'])
    const input = filling(audienceOf(news), '{{ name }}')
    const { id: _id, ...preview } = input
    for (const [command, asked] of [
      ['message.post-with-fields', input],
      ['message.preview', preview],
    ] as const) {
      await world.refuse('nancy', command, asked, 'broadcast.one-way')
      await world.refuse('robert', command, asked, 'access.refused')
      await world.refuse('outsider', command, asked, 'access.refused')
    }
    const scheduled = { ...input, postAt: new Date(world.clock().getTime() + 60_000).toISOString() }
    await world.refuse('nancy', 'schedule.create', scheduled, 'broadcast.one-way')
  })

  test('G17-04 a preview shows real recipients their texts and counts who lacks what, and sends nothing', async () => {
    const news = await make('broadcast', ['nancy', 'janet', 'robert'])
    const heard = record()
    const asked = { ...inside(), audienceId: audienceOf(news), parts: text('Dear {{ first_name }} {{ last_name }}') }
    const [nancyId, janetId, strangerId] = idsOf('nancy', 'janet', 'steven')
    const preview = (more: object) =>
      world.act<z.infer<typeof MessagePreview>>('andrew', 'message.preview', { ...asked, ...more })
    const one = await preview({ personIds: [nancyId] })
    assert.deepEqual(one.people, [
      { personId: nancyId, name: 'Nancy Davolio', parts: text('Dear Nancy Davolio'), missing: [] },
    ])
    assert.deepEqual([one.total, one.checked, one.lacking], [3, 3, 1])
    assert.deepEqual(one.missing, [{ field: 'last_name', count: 1, people: [{ personId: janetId, name: 'Janet' }] }])
    const seen: string[] = []
    for (let after: string | null | undefined; after !== null;) {
      const page: z.infer<typeof MessagePreview> = await preview(after ? { after } : {})
      seen.push(...page.people.map(({ name }) => name))
      after = page.next
    }
    assert.deepEqual(seen.toSorted(), ['Janet', 'Nancy Davolio', 'Robert King'])
    await world.refuse('andrew', 'message.preview', { ...asked, personIds: [strangerId] }, 'member.not-found')
    assert.deepEqual(heard.nancy, [])
    for (let count = 0; count < 90; count++) await world.ask('andrew', 'message.preview', asked).catch(() => undefined)
    const refused = await world.refuse('andrew', 'message.preview', asked, 'fields.rate')
    assert.ok((refused.retryAfterMs ?? 0) > 0)
    world.clock.advance(61_000)
    await preview({})
    const group = await make('group', ['nancy'])
    const sending = () => filling(audienceOf(group), 'Hi {{ first_name }}')
    for (let count = 0; count < 30; count++) await world.ask('andrew', 'message.post-with-fields', sending())
    await world.refuse('andrew', 'message.post-with-fields', sending(), 'fields.rate')
    const [last] = await historyOf('andrew', audienceOf(group))
    const edit = { ...inside(), audienceId: audienceOf(group), parts: text('{{ name }}'), fields: {} }
    await world.refuse('andrew', 'message.edit', { ...edit, number: last?.number }, 'fields.rate')
    world.clock.advance(61_000)
  })

  test('G17-04 an edit fills the text anew for those who got it, and may make it an ordinary message', async () => {
    const group = await make('group', ['nancy', 'janet'])
    const sent = await send(audienceOf(group), 'Hi {{ first_name }}')
    const edit = (words: string, fields?: object) => ({
      ...place(sent),
      parts: text(words),
      ...(fields ? { fields } : {}),
    })
    await world.refuse('andrew', 'message.edit', edit('Hi {{ last_name }}', {}), 'fields.missing-values')
    await world.refuse(
      'andrew',
      'message.edit',
      edit('Hi {{ first_name }}!', { missing: 'skip' }),
      'fields.skip-refused',
    )
    await world.refuse('nancy', 'message.edit', edit('Hi', {}), 'access.refused')
    await setProfile('nancy', { name: 'Anna Davolio' })
    await world.act('andrew', 'message.edit', edit('Hi {{ first_name }}', { missing: 'block' }))
    assert.deepEqual(await wordsFor('nancy', audienceOf(group)), ['Hi Nancy'], 'nothing was changed')
    await world.act('andrew', 'message.edit', edit('Hello {{ first_name }}', {}))
    assert.deepEqual(await wordsFor('nancy', audienceOf(group)), ['Hello Anna'])
    await world.act('andrew', 'message.edit', edit('Hello all'))
    for (const name of ['nancy', 'andrew'] as const)
      assert.deepEqual(await wordsFor(name, audienceOf(group)), ['Hello all'])
    const members = { ...inside(), conversationId: group.id, personIds: idsOf('janet') }
    await world.act('andrew', 'conversation.remove-members', members)
    await world.act('andrew', 'conversation.add-members', { ...members, personIds: idsOf('steven') })
    const heard = record()
    const bye = await world.act<Message>('andrew', 'message.edit', edit('Bye {{ first_name }}', {}))
    assert.equal(bye.fields?.recipients, 2, 'those who were there when it was said')
    assert.deepEqual(await wordsFor('nancy', audienceOf(group)), ['Bye Anna'])
    assert.ok(!/Bye|Hello/.test(heard.steven.join('')), 'who came later hears nothing of it')
    const next = await send(audienceOf(group), 'Hi')
    const again = { ...place(next), parts: text('Hi {{ first_name }}'), fields: {} }
    await world.act('andrew', 'message.edit', { ...again, parts: text('Hello'), fields: undefined })
    assert.equal((await world.act<Message>('andrew', 'message.edit', again)).fields?.recipients, 2, 'not who had left')
    await setProfile('nancy', { name: 'Nancy Davolio' })
  })
})
