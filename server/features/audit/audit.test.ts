import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { z } from 'zod'
import type { AuditEntry, AuditList } from '../../../protocol/audit.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import { CommandProblem, type Door } from '../../cli/client.ts'
import { exportAudit, verifyAudit } from '../../cli/audit.ts'
import { recordAct } from '../../platform/audit.ts'
import { signIn, type SignedIn } from '../../testing/sign-in.ts'
import { openSite, type From, type Site } from '../../testing/site.ts'
import { found, foundAnother, hire, type Founded } from '../../testing/staff.ts'
import { features } from '../../all-features.ts'

let site: Site
let andrew: Founded
let nancy: SignedIn
let elsewhere: Founded
let ids: PersonId[]
before(async () => {
  site = await openSite(features)
  andrew = await found(site, 'Northwind', 'andrew@northwind.example')
  ids = await hire(site, andrew.organizationId, [{ name: 'Nancy Davolio', address: 'nancy@northwind.example' }])
  nancy = await signIn(site, 'nancy@northwind.example')
  elsewhere = await foundAnother(site, 'Elsewhere', 'boss@elsewhere.example')
})
after(() => site[Symbol.asyncDispose]())

const here = () => ({ organizationId: andrew.organizationId })
const list = (more: object = {}, from: From = andrew) =>
  site.act<z.infer<typeof AuditList>>('audit.list', { ...here(), ...more }, from)
const actsOf = ({ entries }: { entries: readonly AuditEntry[] }) => entries.map(({ act }) => act)

test('who did what, to whom, when and from where stands in the log, with the act or not at all', async () => {
  const [personId = ''] = ids
  const source = '198.51.100.77'
  await site.act('member.change', { ...here(), personId, title: 'Boss' }, { ...andrew, source })
  const { entries, people } = await list({ limit: 1 })
  assert.partialDeepStrictEqual(entries, [
    {
      act: 'member.changed',
      actorKind: 'person',
      actorId: andrew.personId,
      deviceId: andrew.deviceId,
      personIds: [personId],
      facts: { fields: ['title'] },
      source,
      command: 'member.change',
      at: `${site.clock().toISOString().slice(0, -1)}000Z`,
    },
  ])
  assert.ok(entries[0]?.requestId)
  assert.deepEqual(
    people.toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    [
      { personId: andrew.personId, name: 'Andrew Fuller' },
      { personId, name: 'Nancy Davolio' },
    ],
  )
  await site.refuse('member.change', { ...here(), personId: andrew.organizationId, title: 'Nobody' }, andrew)
  assert.equal((await list({ limit: 1 })).entries[0]?.number, entries[0]?.number)
})

test('every kind of act is in it: people, roles, invitations, lists, organization, devices', async () => {
  const [personId = ''] = ids
  const added = await site.act<{ personId: string }>(
    'member.add',
    { ...here(), name: 'Wang', address: 'wang@northwind.example' },
    andrew,
  )
  await site.act('member.set-role', { ...here(), personId, role: 'administrator' }, andrew)
  await site.act('member.invite', { ...here(), personIds: [added.personId] }, andrew)
  await site.act('member.remove', { ...here(), personId: added.personId }, andrew)
  await site.act('organization.change', { ...here(), name: 'Northwind Traders' }, andrew)
  const other = await signIn(site, 'nancy@northwind.example', { name: 'Phone', class: 'mobile' })
  await site.act('device.revoke', { deviceId: other.deviceId }, nancy)
  await site.act('member.set-role', { ...here(), personId, role: 'member' }, andrew)
  const recorded = new Set(actsOf(await list()))
  for (const act of [
    'organization.created',
    'invitation.accepted',
    'member.added',
    'member.role-changed',
    'member.invited',
    'member.removed',
    'organization.changed',
    'device.revoked',
  ])
    assert.ok(recorded.has(act), act)
  assert.ok(!JSON.stringify(await list()).includes('wang@'), 'the log names nobody’s address')
})

test('the log is read by administrators alone, and only that of their own organization', async () => {
  for (const name of ['audit.list', 'audit.read', 'audit.export']) {
    await site.refuse(name, here())
    assert.equal((await site.refuse(name, here(), nancy)).code, 'access.refused', name)
    assert.equal((await site.refuse(name, here(), elsewhere)).code, 'access.refused', name)
  }
  assert.equal((await site.refuse('audit.read', here(), andrew)).code, 'access.refused')
  assert.deepEqual(
    (await list({ organizationId: elsewhere.organizationId }, elsewhere)).entries.filter(
      ({ organizationId }) => organizationId !== elsewhere.organizationId,
    ),
    [],
  )
})

test('the log is filtered by person, act and time, and read page by page', async () => {
  const [personId = ''] = ids
  const all = await list({ limit: 200 })
  assert.equal(all.next, null)
  const ofNancy = await list({ personId, limit: 200 })
  const isHers = (entry: AuditEntry) => entry.actorId === personId || entry.personIds.includes(personId)
  assert.deepEqual(ofNancy.entries, all.entries.filter(isHers))
  assert.ok(ofNancy.entries.length > 0 && ofNancy.entries.length < all.entries.length)
  assert.deepEqual(new Set(actsOf(await list({ act: 'member.role-changed' }))), new Set(['member.role-changed']))
  const paged: AuditEntry[] = []
  for (let before: number | null | undefined; before !== null;) {
    const page = await list({ limit: 3, ...(before === undefined ? {} : { before }) })
    paged.push(...page.entries)
    before = page.next
  }
  assert.deepEqual(paged, all.entries)
  const now = site.clock().toISOString()
  site.clock.advance(1_000)
  await site.act('organization.change', { ...here(), name: 'Northwind' }, andrew)
  assert.deepEqual(actsOf(await list({ from: new Date(Date.parse(now) + 1).toISOString() })), ['organization.changed'])
  assert.deepEqual(await list({ until: new Date(Date.parse(now) + 1).toISOString(), limit: 200 }), all)
})

test('the database refuses to change or to empty the log, whoever asks', async () => {
  const refused = /only ever added to/
  const attempts: ((tx: Tampering) => Promise<unknown>)[] = [
    (tx) => tx`update audit_entry set act = 'nothing'`,
    (tx) => tx`delete from audit_entry`,
    (tx) => tx`truncate audit_entry`,
    (tx) => tx`delete from audit_head`,
    (tx) => tx`truncate audit_head`,
    (tx) => tx`update audit_head set number = number - 1`,
  ]
  for (const attempt of attempts) await assert.rejects(site.database.transaction(attempt), refused)
})

test('acts at the same time, of one transaction and of many, come into one chain', async () => {
  const record = (count: number) =>
    site.database.transaction(async (tx) => {
      const ctx = { tx, now: site.clock(), actor: { kind: 'server' } as const }
      for (let index = 0; index < count; index++) recordAct(ctx, { ...here(), act: 'data.exported', facts: { index } })
    })
  await Promise.all(Array.from({ length: 30 }, (_, index) => record(1 + (index % 3))))
  assert.equal((await list({ act: 'data.exported', limit: 200 })).entries.length, 60)
  assert.match(await verify(), /is whole: \d+ entries/)
})

test('audit verify walks the chain, names the first broken entry, and fails', async () => {
  const whole = await verify()
  const known = /--known (\S+)/.exec(whole)?.[1] ?? ''
  await verify(known)
  await assert.rejects(verify('7:xyz'), CommandProblem)
  await assert.rejects(verify(`3:${'0'.repeat(64)}`), /entry 3: it is not the one whose hash you have kept/)
  const tampering: [RegExp, (tx: Tampering) => Promise<unknown>][] = [
    [/entry 4: its hash/, (tx) => tx`update audit_entry set source = 'elsewhere' where number = 4`],
    [/entry 5: its hash/, (tx) => tx`update audit_entry set facts = '{"role": "owner"}' where number = 5`],
    [/entry 4: its hash/, (tx) => tx`update audit_entry set at = at + interval '1 microsecond' where number = 4`],
    [/entry 4: its hash/, (tx) => tx`update audit_entry set act = act || 'x' where number = 4`],
    [/entry 4: its hash/, (tx) => tx`update audit_entry set actor_kind = 'server' where number = 4`],
    [/entry 4: its hash/, (tx) => tx`update audit_entry set actor_id = gen_random_uuid() where number = 4`],
    [/entry 4: its hash/, (tx) => tx`update audit_entry set device_id = gen_random_uuid() where number = 4`],
    [/entry 4: its hash/, (tx) => tx`update audit_entry set person_ids = array[gen_random_uuid()] where number = 4`],
    [/entry 4: its hash/, (tx) => tx`update audit_entry set thing_id = gen_random_uuid() where number = 4`],
    [/entry 4: its hash/, (tx) => tx`update audit_entry set command = command || 'x' where number = 4`],
    [/entry 4: its hash/, (tx) => tx`update audit_entry set request_id = request_id || 'x' where number = 4`],
    [/entry 4: its hash/, (tx) => tx`update audit_entry set hash = sha256('') where number = 4`],
    [/entry 3: it is missing/, (tx) => tx`delete from audit_entry where number = 3`],
    [/entry \d+: it is missing, and so/, (tx) => tx`delete from audit_entry where number > 20`],
  ]
  for (const [message, tamper] of tampering) {
    await tampered(tamper, () => assert.rejects(verify(), message))
    assert.equal(await verify(), whole)
  }
  // Whoever cuts off the end and mends the head is found by what an earlier check has printed.
  const cut = (tx: Tampering) => tx`
    with gone as (delete from audit_entry where organization_id = ${andrew.organizationId} and number > 20)
    update audit_head set number = 20, hash = (
      select hash from audit_entry where organization_id = ${andrew.organizationId} and number = 20)
    where organization_id = ${andrew.organizationId}`
  await tampered(cut, async () => {
    assert.match(await verify(), /20 entries/)
    await assert.rejects(verify(known), /it is missing/)
  })
})

test('audit export writes every entry as JSON lines or as CSV, and is recorded itself', async () => {
  const lines = await exported('jsonl')
  const entries = lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(
    entries.map(({ number }) => number),
    entries.map((_, index) => index + 1),
  )
  assert.equal(entries.at(-1).act, 'audit.exported')
  assert.equal(entries.at(-1).actorKind, 'operator')
  const csv = await exported('csv')
  assert.match(csv, /^number,at,act,/)
  assert.equal(csv.trimEnd().split('\r\n').length, entries.length + 2) // the heading, and the export before it
})

test('erasing somebody’s name leaves the chain whole', async () => {
  await site.database.transaction((tx) => tx`update member set name = 'Erased' where person_id = ${nancy.personId}`)
  assert.match(await verify(), /is whole/)
  const { people } = await list({ personId: nancy.personId })
  assert.ok(people.every(({ name }) => name !== 'Nancy Davolio'))
})

/** The command line as it asks this site. */
const door = (): Door => {
  const operator = { token: site.operatorToken }
  const ask = async <S extends z.ZodType>(output: S, name: string, input: object = {}) =>
    output.parse(await site.act(name, input, operator))
  return { url: site.url, command: ask, query: ask }
}

async function verify(known?: string): Promise<string> {
  const options = { organization: andrew.organizationId, ...(known === undefined ? {} : { known }) }
  return (await verifyAudit(door(), options)).join('\n')
}

async function exported(format: 'jsonl' | 'csv'): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'shoptalk-audit-'))
  try {
    const output = join(folder, 'log')
    await exportAudit(door(), { organization: andrew.organizationId, format, output })
    await assert.rejects(exportAudit(door(), { organization: andrew.organizationId, output }), /exists/)
    return readFileSync(output, 'utf8')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

type Tampering = Parameters<Parameters<Site['database']['transaction']>[0]>[0]
/** As somebody does it who owns the database and switches its rules off. Everything is as it was afterwards. */
async function tampered(tamper: (tx: Tampering) => Promise<unknown>, look: () => Promise<void>): Promise<void> {
  await site.database.transaction(async (tx) => {
    await tx`create table kept_entry as select * from audit_entry`
    await tx`create table kept_head as select * from audit_head`
    await tx`alter table audit_entry disable trigger user`
    await tx`alter table audit_head disable trigger user`
    await tamper(tx)
  })
  await look()
  await site.database.transaction(async (tx) => {
    await tx`delete from audit_entry`
    await tx`insert into audit_entry select * from kept_entry`
    await tx`delete from audit_head`
    await tx`insert into audit_head select * from kept_head`
    await tx`alter table audit_entry enable trigger user`
    await tx`alter table audit_head enable trigger user`
    await tx`drop table kept_entry`
    await tx`drop table kept_head`
  })
}
