import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import { features } from '../../all-features.ts'
import { signIn, type SignedIn } from '../../testing/sign-in.ts'
import { openSite, type Site } from '../../testing/site.ts'
import { found, hire, type Founded } from '../../testing/staff.ts'
import { sendReports } from './jobs.ts'
import { lockSubscription, turnOf } from './subscription-store.ts'

let site: Site
let andrew: Founded
let nancy: SignedIn
before(async () => {
  site = await openSite(features)
  andrew = await found(site, 'Northwind', 'andrew@northwind.example')
  const { organizationId, personId } = andrew
  const hired = { name: 'Nancy Davolio', address: 'nancy@northwind.example', managerId: personId as never }
  await hire(site, organizationId, [hired])
  nancy = await signIn(site, 'nancy@northwind.example')
})
after(() => site[Symbol.asyncDispose]())

const here = () => ({ organizationId: andrew.organizationId })
const reader = () => ({ organizationId: andrew.organizationId, personId: andrew.personId as never })
const subscription = () => site.database.transaction((tx) => lockSubscription(tx, reader()))
const run = (at: string) => sendReports.run({ ...reader(), at }, { ...site, attempt: 1, attemptsMax: 3 })

test('G8-03 a report goes out by mail on its day, once, to who leads, with figures and no words', async () => {
  const conversationId = uuidv7()
  const create = { ...here(), conversationId, kind: 'group', name: '=Sales & Co', personIds: [andrew.personId] }
  const group = await site.act('conversation.create', create, nancy)
  const audienceId = Object(group).audiences[0].id
  const parts = [{ type: 'text', text: 'Nobody reads this in a report.' }]
  const { postedAt } = Object(await site.act('message.post', { ...here(), audienceId, id: uuidv7(), parts }, nancy))
  await site.act('report.subscribe', { ...here(), every: 'day' }, andrew)
  const first = await subscription()
  assert.ok(first)
  assert.equal(new Date(first.nextAt).getUTCHours(), 7)
  site.clock.advance(Date.parse(first.nextAt) - site.clock().getTime())
  await run(first.nextAt)
  await run(first.nextAt)
  const mail = await site.post.next('andrew@northwind.example')
  const [file] = mail.attachments
  const csv = String(file?.content instanceof ArrayBuffer ? new TextDecoder().decode(file.content) : file?.content)
  assert.match(mail.text ?? '', /1\s+Nancy Davolio → =Sales & Co/)
  assert.match(file?.filename ?? '', new RegExp(`report-${postedAt.slice(0, 10)}`))
  assert.ok(csv.includes("Nancy Davolio,'=Sales & Co,1,1,"), csv)
  assert.ok(!JSON.stringify([mail.text, mail.html, csv]).includes('Nobody reads this'))
  assert.equal(site.post.received.filter(({ attachments }) => attachments.length > 0).length, 1)
  const next = await subscription()
  assert.equal(Date.parse(next?.nextAt ?? '') - Date.parse(first.nextAt), 24 * 3_600_000)
  const { entries } = Object(await site.act('audit.list', { ...here(), act: 'report.sent' }, andrew))
  assert.equal(entries.length, 1)
})

test('G8-03 G8-04 nothing goes out while reports are off, and nothing to who does not lead', async () => {
  const sent = site.post.received.length
  const due = await subscription()
  assert.ok(due)
  await site.act('report.set-policy', { ...here(), isOn: false }, andrew)
  site.clock.advance(Date.parse(due.nextAt) - site.clock().getTime())
  await run(due.nextAt)
  assert.notEqual((await subscription())?.nextAt, due.nextAt)
  assert.equal((await site.refuse('report.subscribe', { ...here(), every: 'day' }, nancy)).code, 'report.off')
  await site.act('report.set-policy', { ...here(), isOn: true }, andrew)
  assert.equal((await site.refuse('report.subscribe', { ...here(), every: 'day' }, nancy)).code, 'report.nobody-below')
  await site.act('report.subscribe', { ...here(), every: 'never' }, andrew)
  assert.equal(await subscription(), undefined)
  await run(due.nextAt)
  assert.equal(site.post.received.length, sent)
})

test('G8-03 periods are whole days, weeks and months of the organization’s calendar, also when clocks change', async () => {
  const turn = (every: 'day' | 'week' | 'month', at: string, timeZone: string) =>
    site.database.transaction((tx) => turnOf(tx, every, { at, timeZone }))
  const berlin = 'Europe/Berlin'
  // Monday; clocks had been put forward on the Sunday before.
  assert.deepEqual(await turn('day', '2026-03-30T05:00:00Z', berlin), {
    from: '2026-03-29',
    until: '2026-03-29',
    nextAt: '2026-03-31T05:00:00.000000Z',
  })
  assert.deepEqual(await turn('week', '2026-03-23T06:00:00Z', berlin), {
    from: '2026-03-16',
    until: '2026-03-22',
    nextAt: '2026-03-30T05:00:00.000000Z',
  })
  assert.deepEqual(await turn('month', '2026-02-28T23:30:00Z', berlin), {
    from: '2026-02-01',
    until: '2026-02-28',
    nextAt: '2026-04-01T05:00:00.000000Z',
  })
})
