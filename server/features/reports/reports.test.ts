import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import type { AudienceId } from '../../../protocol/ids.ts'
import type { ConversationView, Message } from '../../../protocol/conversations.ts'
import type { ExportedReport, OwnReportPolicy, Report, ReportMessages } from '../../../protocol/reports.ts'
import type { z } from 'zod'
import { features } from '../../all-features.ts'
import type { Name } from '../../testing/cast.ts'
import { bringIn, type Outsider } from '../../testing/outsiders.ts'
import { openWorld, type World } from '../../testing/world.ts'

/** Andrew leads Steven, Nancy and Janet; Steven leads Robert. */
let world: World
let sales: ConversationView
const secret = 'Nobody who reads a report may read this'
before(async () => {
  world = await openWorld(features)
  sales = await make('steven', 'group', ['robert', 'nancy'], 'Sales')
  await say('steven', sales)
  await say('steven', sales)
  await say('nancy', sales)
  world.clock.advance(24 * hourMs)
  await say('robert', sales)
})
after(() => world[Symbol.asyncDispose]())

const hourMs = 3_600_000
const inside = () => ({ organizationId: world.cast.organizationId })
const idsOf = (...people: Name[]) => people.map((name) => world.cast[name].personId)
const day = (offset = 0) => new Date(world.clock().getTime() + offset * 24 * hourMs).toISOString().slice(0, 10)
const period = () => ({ ...inside(), from: day(-2), until: day() })

function make(owner: Name, kind: 'group' | 'broadcast', people: Name[], name: string): Promise<ConversationView> {
  const input = { ...inside(), conversationId: uuidv7(), kind, name, personIds: idsOf(...people) }
  return world.act<ConversationView>(owner, 'conversation.create', input)
}
const posting = (view: ConversationView, audienceId = view.audiences[0]?.id) => ({
  ...inside(),
  audienceId,
  id: uuidv7(),
  parts: [{ type: 'text', text: secret }],
})
const say = (name: Name, view: ConversationView, audienceId?: AudienceId): Promise<Message> =>
  world.act<Message>(name, 'message.post', posting(view, audienceId))

const read = (name: Name, more: object = {}) => world.act<Report>(name, 'report.read', { ...period(), ...more })
const nameOf = (personId: string) =>
  Object.entries(world.cast).find(([, person]) => Object(person).personId === personId)?.[0]
const linesOf = ({ rows }: Report) =>
  rows.map(({ personId, subject, messages }) => `${nameOf(personId)} ${subject} ${messages}`).toSorted()

test('G8-01 G8-02 a report says how many messages, when, from whom and where to, and never what they say', async () => {
  const report = await read('andrew')
  assert.deepEqual(linesOf(report), ['nancy Sales 1', 'robert Sales 1', 'steven Sales 2'])
  assert.deepEqual([report.messages, report.groups, report.people], [4, 1, 3])
  assert.deepEqual(report.days, [
    { day: day(-1), messages: 3 },
    { day: day(), messages: 1 },
  ])
  const robert = report.rows.find(({ personId }) => nameOf(personId) === 'robert')
  assert.partialDeepStrictEqual(robert, { name: 'robert', subject: 'Sales', kind: 'group', people: 2 })
  assert.equal(robert?.firstAt, robert?.lastAt)
  assert.equal(robert?.firstAt.slice(0, 19), world.clock().toISOString().slice(0, 19))
  const listed = await world.act<z.infer<typeof ReportMessages>>('andrew', 'report.read-messages', period())
  assert.deepEqual(
    listed.messages.map(({ personId, subject, people }) => [nameOf(personId), subject, people]),
    [
      ['robert', 'Sales', 2],
      ['nancy', 'Sales', 2],
      ['steven', 'Sales', 2],
      ['steven', 'Sales', 2],
    ],
  )
  assert.ok(!JSON.stringify([report, listed]).includes(secret))
})

test('G8-02 the messages of a report come page by page', async () => {
  const seen: string[] = []
  let before: string | null | undefined
  do {
    const input = { ...period(), limit: 3, ...(before ? { before } : {}) }
    const page = await world.act<z.infer<typeof ReportMessages>>('andrew', 'report.read-messages', input)
    seen.push(...page.messages.map(({ at }) => at))
    before = page.next
  } while (before)
  assert.deepEqual(seen, Array.from(new Set(seen)).toSorted().toReversed())
  assert.equal(seen.length, 4)
  await world.refuse('andrew', 'report.read-messages', { ...period(), before: 'made-up' }, 'input.invalid')
})

test('G8-04 reports go up the chart: what a peer wrote is not in them, and a subordinate reads none', async () => {
  assert.deepEqual(linesOf(await read('steven')), ['robert Sales 1', 'steven Sales 2'])
  for (const command of ['report.read', 'report.read-messages', 'report.export']) {
    await world.refuse('robert', command, period(), 'report.nobody-below')
    await world.refuse('nancy', command, period(), 'report.nobody-below')
    await world.refuse('outsider', command, period(), 'access.refused')
    for (const name of ['nancy', 'andrew', 'outsider'] as const)
      await world.refuse('steven', command, { ...period(), personId: idsOf(name)[0] }, 'access.refused')
    const others = await make('andrew', 'group', ['nancy'], 'Without Steven’s people')
    await world.refuse('steven', command, { ...period(), conversationId: others.id }, 'access.refused')
    await world.refuse('steven', command, { ...period(), conversationId: uuidv7() }, 'access.refused')
  }
  // To administrate another organization, or none, makes nobody a superior.
  const elsewhere = { ...period(), organizationId: world.cast.otherOrganizationId }
  await world.refuse('outsider', 'report.read', elsewhere, 'report.nobody-below')
  await world.refuse('andrew', 'report.read', elsewhere, 'access.refused')
  await world.refuse('outsider', 'report.subscribe', { ...inside(), every: 'week' }, 'access.refused')
  await world.refuse('robert', 'report.subscribe', { ...inside(), every: 'week' }, 'report.nobody-below')
})

test('G8-05 one group of a manager and those who serve it: from whom, how many, when', async () => {
  const customers = await make('steven', 'group', ['andrew', 'robert'], 'Customers of Robert')
  await say('robert', customers)
  await say('robert', customers)
  await say('andrew', customers)
  const scope = { conversationId: customers.id }
  assert.deepEqual(linesOf(await read('andrew', scope)), [
    'andrew Customers of Robert 1',
    'robert Customers of Robert 2',
  ])
  const robert = { ...scope, personId: idsOf('robert')[0] }
  assert.deepEqual(linesOf(await read('steven', robert)), ['robert Customers of Robert 2'])
  await world.refuse('nancy', 'report.read', { ...period(), ...scope }, 'report.nobody-below')
})

test('G8-05 the groups of one customer, or of those with a tag: up the chart from who looks after them', async () => {
  const maria = await bringIn(world, 'robert', 'maria')
  const other = await bringIn(world, 'nancy', 'other')
  const tag = (name: Name, { personId }: Outsider) =>
    world.ask(name, 'contact.tag', { ...inside(), personIds: [personId], add: ['Gold'], remove: [] })
  await tag('robert', maria)
  await tag('nancy', other)
  const ours = await make('robert', 'group', ['steven'], 'Maria’s order')
  await world.ask('robert', 'conversation.add-members', {
    ...inside(),
    conversationId: ours.id,
    personIds: [maria.personId],
  })
  const theirs = await make('nancy', 'group', ['robert'], 'Other’s order')
  await world.ask('nancy', 'conversation.add-members', {
    ...inside(),
    conversationId: theirs.id,
    personIds: [other.personId],
  })
  await world.ask('robert', 'message.post', posting(ours))
  await world.ask('robert', 'message.post', posting(theirs))
  const scopes = [{ tag: 'gold' }, { contactId: maria.personId }]
  for (const scope of scopes) {
    assert.deepEqual(linesOf(await read('steven', scope)), ['robert Maria’s order 1'])
    const listed = await world.act('steven', 'report.read-messages', { ...period(), ...scope })
    assert.equal(Object(listed).messages.length, 1)
  }
  assert.deepEqual(linesOf(await read('andrew', { tag: 'Gold' })), ['robert Maria’s order 1', 'robert Other’s order 1'])
  assert.deepEqual(linesOf(await read('steven', { tag: 'silver' })), [])
  const find = async (name: Name, search: string) =>
    Object(await world.act(name, 'report.find-customers', { ...inside(), search })).customers
  assert.deepEqual(await find('steven', 'MAR'), [{ personId: maria.personId, name: 'maria', keeperName: 'robert' }])
  assert.deepEqual(await find('steven', 'other'), [])
  assert.equal((await find('andrew', '')).length, 2)
  await world.refuse('robert', 'report.find-customers', inside(), 'report.nobody-below')
  await world.refuse('outsider', 'report.find-customers', inside(), 'access.refused')
  const hidden = { ...period(), contactId: other.personId }
  await world.refuse('steven', 'report.read', hidden, 'access.refused')
  await world.refuse('nancy', 'report.read', { ...period(), tag: 'gold' }, 'report.nobody-below')
})

test('G8-02 days are those of the organization’s time zone', async () => {
  await world.act('andrew', 'report.set-policy', { ...inside(), timeZone: 'Pacific/Kiritimati' })
  const local = new Date(world.clock().getTime() + 14 * hourMs).toISOString().slice(0, 10)
  const report = await read('andrew', { from: local, until: local, personId: idsOf('robert')[0] })
  assert.deepEqual(
    report.days.map(({ day: one }) => one),
    [local],
  )
  await world.refuse('andrew', 'report.set-policy', { ...inside(), timeZone: 'Nowhere/At-All' }, 'input.invalid')
  await world.act('andrew', 'report.set-policy', { ...inside(), timeZone: 'UTC' })
  await world.refuse('andrew', 'report.read', { ...period(), from: day(1) }, 'report.period')
  await world.refuse('andrew', 'report.read', { ...period(), from: day(-400) }, 'report.period')
})

test('G8-04 what two people write to each other is not in a report; where agreed, it is counted', async () => {
  for (const [name, other] of [
    ['steven', 'robert'],
    ['robert', 'nancy'],
  ] as const) {
    const parts = [{ type: 'text', text: secret }]
    await world.act(name, 'direct.post', { ...inside(), personId: idsOf(other)[0], id: uuidv7(), parts })
  }
  const plain = await read('andrew')
  assert.equal(plain.direct, null)
  assert.ok(plain.rows.every(({ kind }) => kind === 'group'))
  await world.act('andrew', 'report.set-policy', { ...inside(), countsDirect: true })
  const counted = await read('andrew')
  assert.equal(counted.direct, 2)
  assert.deepEqual(counted.rows, plain.rows)
  assert.equal((await read('steven')).direct, 1)
  await world.act('andrew', 'report.set-policy', { ...inside(), countsDirect: false })
})

test('G8-04 G6-01 a report shows nobody what was said in a broadcast without them', async () => {
  const news = await make('steven', 'broadcast', ['andrew', 'robert'], 'Steven’s news')
  await say('steven', news)
  const selection = { rule: 'except', personIds: idsOf('andrew') }
  const input = { ...inside(), conversationId: news.id, selection }
  const { audienceId } = Object(await world.act('steven', 'audience.narrow', input))
  const before = await read('andrew')
  const listedBefore = await world.act('andrew', 'report.read-messages', period())
  await say('steven', news, audienceId)
  assert.deepEqual(await read('andrew'), before)
  assert.deepEqual(await world.act('andrew', 'report.read-messages', period()), listedBefore)
  const scope = { conversationId: news.id }
  assert.equal((await read('steven', scope)).messages, 2)
})

test('G8-04 an organization turns reports off, and employees read what was agreed', async () => {
  const words = 'Agreed with the works council on 1 May.'
  await world.refuse('nancy', 'report.set-policy', { ...inside(), isOn: true }, 'access.refused')
  await world.refuse('outsider', 'report.set-policy', { ...inside(), isOn: false }, 'access.refused')
  await world.act('andrew', 'report.set-policy', { ...inside(), isOn: false, words })
  for (const command of ['report.read', 'report.read-messages', 'report.export'])
    await world.refuse('andrew', command, period(), 'report.off')
  await world.refuse('andrew', 'report.subscribe', { ...inside(), every: 'day' }, 'report.off')
  const own = await world.ask('robert', 'report.get-policy', inside())
  const expected: z.infer<typeof OwnReportPolicy> = {
    isOn: false,
    words,
    timeZone: 'UTC',
    countsDirect: false,
    mayRead: false,
    every: 'never',
  }
  assert.deepEqual(own, expected)
  await world.refuse('outsider', 'report.get-policy', inside(), 'access.refused')
  await world.act('andrew', 'report.set-policy', { ...inside(), isOn: true })
})

test('G8-01 that somebody has read a report is recorded', async () => {
  await read('andrew', { personId: idsOf('robert')[0] })
  const { entries } = Object(await world.ask('andrew', 'audit.list', { ...inside(), act: 'report.read', limit: 1 }))
  assert.partialDeepStrictEqual(entries[0], {
    act: 'report.read',
    actorId: idsOf('andrew')[0],
    personIds: idsOf('robert'),
    facts: { from: day(-2), until: day() },
  })
})

test('G8-02 a report goes into a file in which no name is a formula', async () => {
  const group = await make('steven', 'group', ['robert'], '=HYPERLINK("https://evil.example","Click")')
  await say('robert', group)
  const scope = { ...period(), conversationId: group.id }
  for (const what of ['groups', 'messages']) {
    const answer = await world.act('andrew', 'report.export', { ...scope, what })
    const { csv, fileName, isWhole } = answer as z.infer<typeof ExportedReport>
    assert.equal(isWhole, true)
    assert.match(fileName, new RegExp(`^report-${what}-\\d{4}-\\d\\d-\\d\\d-.*\\.csv$`))
    assert.ok(csv.startsWith('\u{FEFF}'))
    assert.ok(csv.includes(`"'=HYPERLINK(""https://evil.example"",""Click"")"`), csv)
    assert.equal(csv.trimEnd().split('\r\n').length, 2)
    assert.ok(!csv.includes(secret))
  }
})

test('G8-02 the figures of a report are those of its messages, counted one by one, also when the clocks change', async () => {
  const timeZone = 'Europe/Berlin'
  await world.act('andrew', 'report.set-policy', { ...inside(), timeZone })
  world.clock.set(new Date('2026-10-24T15:00:00.000Z'))
  const groups = [sales, await make('steven', 'group', ['robert', 'nancy'], 'Second')]
  for (let step = 0; step < 30; step++) {
    world.clock.advance(97 * 60_000)
    const name = (['steven', 'robert', 'nancy'] as const)[(step * step + 1) % 3]
    const group = groups[step % 7 < 4 ? 0 : 1]
    assert.ok(name && group)
    await say(name, group)
  }
  // From the first day on not all: the evening of the 24th belongs to the 25th in Berlin.
  const days = { ...inside(), from: '2026-10-25', until: '2026-10-26' }
  const report = await world.act<Report>('andrew', 'report.read', days)
  const messages: z.infer<typeof ReportMessages>['messages'] = []
  let before: string | null | undefined
  do {
    const input = { ...days, limit: 10, ...(before ? { before } : {}) }
    const page = await world.act<z.infer<typeof ReportMessages>>('andrew', 'report.read-messages', input)
    messages.push(...page.messages)
    before = page.next
  } while (before)
  const local = new Intl.DateTimeFormat('sv-SE', { timeZone })
  const countedDays = Map.groupBy(messages, ({ at }) => local.format(new Date(at)))
  assert.equal(report.messages, messages.length)
  assert.ok(messages.length > 20 && countedDays.size === 2)
  assert.deepEqual(
    report.days,
    Array.from(countedDays, ([one, of]) => ({ day: one, messages: of.length })).toSorted((a, b) =>
      a.day.localeCompare(b.day),
    ),
  )
  const places = Map.groupBy(messages, ({ personId, conversationId }) => `${personId} ${conversationId}`)
  assert.deepEqual(
    new Map(
      report.rows.map((row) => [`${row.personId} ${row.conversationId}`, [row.messages, row.firstAt, row.lastAt]]),
    ),
    new Map(Array.from(places, ([place, of]) => [place, [of.length, of.at(-1)?.at, of[0]?.at]])),
  )
})

test('G8-04 who leads nobody any more reads none, also of those who left from under them', async () => {
  await world.act('andrew', 'member.remove', { ...inside(), personId: idsOf('robert')[0] })
  for (const command of ['report.read', 'report.read-messages', 'report.export'])
    await world.refuse('steven', command, period(), 'report.nobody-below')
})
