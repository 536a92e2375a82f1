import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import type { z } from 'zod'
import { base, bindDn, password, startSlapd, type SlapdProcess } from '../../../e2e/support/slapd-process.ts'
import { until } from '../../../e2e/support/until.ts'
import type { LdapRun, LdapState } from '../../../protocol/ldap.ts'
import type { Member } from '../../../protocol/organization.ts'
import { features } from '../../all-features.ts'
import { signIn } from '../../testing/sign-in.ts'
import { openSite, type Site } from '../../testing/site.ts'
import { found, hire, type Founded } from '../../testing/staff.ts'

const isMissing = /\b(slapd|ldap-utils)\b/.test(process.env['SHOPTALK_TEST_MISSING'] ?? '')
const skip = isMissing ? 'slapd is not installed' : false
const stack = new AsyncDisposableStack()
let slapd: SlapdProcess
let site: Site
let shop: Founded
let from: { token: string }

before(async () => {
  if (isMissing) return
  slapd = stack.use(await startSlapd())
  site = stack.use(await openSite(features))
  shop = await found(site, 'Shop', 'andrew@shop.example')
  from = { token: shop.token }
  slapd.modify(people.map(entry).join('\n'))
})
after(() => stack.disposeAsync())

type Person = { name: string; manager?: string; mail?: boolean; number?: number }
const people: Person[] = [
  { name: 'Boss', number: 1 },
  { name: 'Ann', manager: 'Boss', number: 2 },
  { name: 'Ben', manager: 'Boss', number: 3 },
  { name: 'Cleo', manager: 'Ann', number: 4 },
  { name: 'Dan', manager: 'Ann', number: 5 },
  { name: 'Eve', manager: 'Dan', number: 6 },
]
const dnOf = (name: string) => `cn=${name},${base}`
const entry = ({ name, manager, number, mail = true }: Person) =>
  [
    `dn: ${dnOf(name)}`,
    'objectClass: inetOrgPerson',
    `cn: ${name}`,
    `sn: ${name}`,
    `displayName: ${name}`,
    `title: ${name}’s title`,
    ...(mail ? [`mail: ${name.toLowerCase()}@shop.example`] : []),
    ...(number === undefined ? [] : [`employeeNumber: ${number}`]),
    ...(manager === undefined ? [] : [`manager: CN=${manager}, DC=shop, DC=example`]),
    '',
  ].join('\n')
const remove = (name: string) => slapd.modify(`dn: ${dnOf(name)}\nchangetype: delete\n`)
const change = (name: string, attribute: string, value: string) =>
  slapd.modify(`dn: ${dnOf(name)}\nchangetype: modify\nreplace: ${attribute}\n${attribute}: ${value}\n`)

type Run = z.infer<typeof LdapRun>
const inside = () => ({ organizationId: shop.organizationId })
const source = (more: object = {}) => ({
  ...inside(),
  url: slapd.tlsUrl,
  security: 'tls',
  certificate: slapd.certificate,
  bindDn,
  password,
  base,
  ...more,
})
const connect = (more: object = {}) => site.act('ldap.set', source(more), from)
async function run(purpose: Run['purpose']): Promise<Run> {
  const runId = uuidv7()
  await site.act('ldap.start-run', { ...inside(), runId, purpose }, from)
  return until(async () => {
    const state = await site.act<Run>('ldap.get-run', { ...inside(), runId }, from)
    return state.endedAt !== null && state
  }, 'the run ends')
}
const members = async () =>
  (await site.act<{ members: Member[] }>('member.list', { ...inside(), limit: 200 }, from)).members
const memberOf = async (name: string) => (await members()).find((one) => one.name === name)

test('G1-01 the connection is tested over TLS, StartTLS and without, and faults are named', { skip }, async () => {
  const plain = { url: slapd.url, certificate: slapd.certificate }
  for (const more of [{}, { ...plain, security: 'starttls' }, { ...plain, security: 'none' }]) {
    await connect(more)
    const tested = await run('test')
    assert.deepEqual([tested.state, tested.fault, tested.samples.length], ['tested', null, 5], JSON.stringify(tested))
    assert.equal(tested.samples.find(({ name }) => name === 'Ann')?.manager, 'boss@shop.example')
  }
  const faults: [object, string][] = [
    [{ certificate: null }, 'tls'],
    [{ password: 'wrong' }, 'credentials'],
    [{ base: 'dc=nowhere' }, 'base'],
    [{ url: 'ldaps://localhost:1' }, 'unreachable'],
  ]
  const unreadable = await site.refuse('ldap.set', source({ certificate: 'no certificate' }), from)
  assert.partialDeepStrictEqual(unreadable, { code: 'input.invalid', path: 'certificate' })
  for (const [more, fault] of faults) {
    await connect(more)
    const tested = await run('test')
    assert.deepEqual([tested.state, tested.fault], ['failed', fault], tested.detail)
  }
})

test('the source is kept without its password, which goes to no other server', { skip }, async () => {
  await connect()
  const state = await site.act<z.infer<typeof LdapState>>('ldap.get', inside(), from)
  assert.equal(state.source?.hasPassword, true)
  assert.ok(!JSON.stringify(state).includes(password))
  const rows = await site.database.read((tx) => tx<{ all: string }>`select ldap_source::text as all from ldap_source`)
  assert.ok(!rows.some(({ all }) => all.includes(Buffer.from(password).toString('hex')) || all.includes(password)))
  const { password: _, ...without } = source()
  await site.act('ldap.set', without, from)
  assert.equal((await run('test')).state, 'tested')
  const elsewhere = { ...without, url: 'ldaps://attacker.example' }
  assert.equal((await site.refuse('ldap.set', elsewhere, from)).code, 'ldap.password-needed')
  assert.equal((await site.refuse('ldap.set', source({ security: 'none' }), from)).code, 'ldap.security-differs')
  assert.equal((await site.refuse('ldap.set', source({ filter: '(mail=' }), from)).code, 'ldap.filter-unreadable')
  assert.equal((await site.refuse('ldap.set', source({ url: 'http://x' }), from)).code, 'input.invalid')
})

test('G1-01 G1-02 G1-03 the preview shows people and groups, and applying it makes them', { skip }, async () => {
  await connect()
  const seen = await run('preview')
  assert.equal(seen.state, 'ready')
  assert.deepEqual(seen.preview?.counts, { created: 6, changed: 0, deactivated: 0, unchanged: 0, faulty: 0 })
  assert.ok(seen.preview?.groups.some(({ name, after: size }) => name === 'Boss’s team' && size === 3))
  const applying = { ...inside(), runId: seen.runId, digest: seen.preview?.digest }
  const stale = { ...applying, digest: 'x' }
  assert.equal((await site.refuse('ldap.apply-run', stale, from)).code, 'import.changed')
  const applied = await site.act<{ created: number }>('ldap.apply-run', applying, from)
  assert.equal(applied.created, 6)
  assert.equal((await site.refuse('ldap.apply-run', applying, from)).code, 'ldap.run-not-found')
  const [eve, dan] = [await memberOf('Eve'), await memberOf('Dan')]
  assert.equal(eve?.managerId, dan?.personId)
  assert.equal(eve?.title, 'Eve’s title')
})

test(
  'G1-02 joiners, movers, leavers and rejoiners of the directory are followed by the next run',
  { skip },
  async () => {
    const before = await memberOf('Eve')
    slapd.modify(entry({ name: 'Finn', manager: 'Dan', number: 7 }))
    change('Eve', 'manager', dnOf('Ben'))
    remove('Cleo')
    const ran = await run('sync')
    assert.deepEqual([ran.state, ran.fault], ['applied', null])
    assert.partialDeepStrictEqual(ran.applied, { created: 1, changed: 1, deactivated: 1 })
    assert.equal((await memberOf('Finn'))?.managerId, (await memberOf('Dan'))?.personId)
    assert.equal((await memberOf('Eve'))?.managerId, (await memberOf('Ben'))?.personId)
    assert.equal(await memberOf('Cleo'), undefined)
    remove('Eve')
    await run('sync')
    assert.equal(await memberOf('Eve'), undefined)
    slapd.modify(entry({ name: 'Eve', manager: 'Ben', number: 6 }))
    await run('sync')
    assert.equal((await memberOf('Eve'))?.personId, before?.personId)
  },
)

test('a manager without an address, or who was not read, is passed over on the way up', { skip }, async () => {
  slapd.modify(entry({ name: 'Shadow', manager: 'Boss', mail: false }))
  slapd.modify(entry({ name: 'Gil', manager: 'Shadow', number: 8 }))
  slapd.modify(entry({ name: 'Hal', manager: 'Nobody', number: 9 }))
  await connect({ filter: '(objectClass=person)' })
  const seen = await run('preview')
  assert.deepEqual([seen.unknownManagerCount, seen.preview?.counts.faulty], [1, 1])
  await connect()
  await run('sync')
  assert.equal((await memberOf('Hal'))?.managerId, null)
  remove('Shadow')
  remove('Hal')
  change('Gil', 'manager', dnOf('Boss'))
  await run('sync')
  assert.equal((await memberOf('Gil'))?.managerId, (await memberOf('Boss'))?.personId)
})

test('G1-02 a circle of managers is told by names and holds up nobody else', { skip }, async () => {
  slapd.modify(entry({ name: 'Ida', manager: 'Kai', number: 20 }))
  slapd.modify(entry({ name: 'Kai', manager: 'Ida', number: 21 }))
  slapd.modify(entry({ name: 'Lea', manager: 'Kai', number: 22 }))
  change('Ben', 'manager', dnOf('Ben'))
  const { preview } = await run('preview')
  assert.deepEqual(preview?.circles.toSorted(), [['Ben'], ['Ida', 'Kai']])
  assert.partialDeepStrictEqual(preview?.counts, { created: 3, changed: 0, faulty: 0 })
  await run('sync')
  const [ida, kai, ben] = [await memberOf('Ida'), await memberOf('Kai'), await memberOf('Ben')]
  assert.deepEqual([ida?.managerId, kai?.managerId], [null, null])
  assert.equal((await memberOf('Lea'))?.managerId, kai?.personId)
  assert.equal(ben?.managerId, (await memberOf('Boss'))?.personId)
  change('Ida', 'manager', dnOf('Boss'))
  change('Ben', 'manager', dnOf('Boss'))
  await run('sync')
  assert.equal((await memberOf('Kai'))?.managerId, ida?.personId)
  for (const name of ['Lea', 'Kai', 'Ida']) remove(name)
  await run('sync')
})

test('an empty or much smaller answer is held until somebody has looked', { skip }, async () => {
  const count = (await members()).length
  await connect({ filter: '(employeeNumber=1)' })
  const held = await run('sync')
  assert.equal(held.state, 'held')
  assert.equal((await members()).length, count)
  assert.ok((held.preview?.counts.deactivated ?? 0) > 1)
  await connect({ filter: '(employeeNumber=no-such)' })
  assert.equal((await run('sync')).state, 'held')
  assert.equal((await members()).length, count)
  const digest = held.preview?.digest
  await site.act('ldap.apply-run', { ...inside(), runId: held.runId, digest }, from)
  assert.deepEqual((await members()).map(({ name }) => name).toSorted(), ['Andrew Fuller', 'Boss'])
  await connect()
  await run('sync')
})

test('by the schedule a run begins by itself, and the next is stored', { skip }, async () => {
  slapd.modify(entry({ name: 'Jo', manager: 'Boss', number: 10 }))
  const operator = { token: site.operatorToken }
  const before = site.clock()
  // The queue goes by the database's time.
  site.clock.set(new Date())
  await site.act('ldap.set', source({ everyHours: 4 }), operator)
  const due = () =>
    site.database.read(
      (tx) => tx<{ runAt: string }>`
        select run_at as "runAt" from graphile_worker.jobs where task_identifier = 'ldap.run-schedule'`,
    )
  const [next] = await due()
  assert.equal(Date.parse(next?.runAt ?? ''), site.clock().getTime() + 4 * 3_600_000)
  await site.database.transaction(
    (tx) => tx`
      select graphile_worker.reschedule_jobs(array(
        select id from graphile_worker.jobs where task_identifier = 'ldap.run-schedule'), run_at => now())`,
  )
  const latest = async () =>
    (await site.act<z.infer<typeof LdapState>>('ldap.get', inside(), operator)).runs.find((one) => one.isScheduled)
  await until(async () => (await latest())?.endedAt, 'the scheduled run ends')
  assert.partialDeepStrictEqual(await latest(), { purpose: 'sync', state: 'applied', applied: { created: 1 } })
  assert.equal((await due()).length, 1)
  site.clock.set(before)
  assert.ok(await memberOf('Jo'))
})

test('only administrators of the organization see and change it', { skip }, async () => {
  await hire(site, shop.organizationId, [{ name: 'Plain', address: 'plain@shop.example' }])
  const { token } = await signIn(site, 'plain@shop.example')
  const commands: [string, object][] = [
    ['ldap.get', inside()],
    ['ldap.set', source()],
    ['ldap.remove', inside()],
    ['ldap.start-run', { ...inside(), runId: uuidv7(), purpose: 'test' }],
    ['ldap.get-run', { ...inside(), runId: uuidv7() }],
    ['ldap.apply-run', { ...inside(), runId: uuidv7(), digest: 'x' }],
  ]
  for (const [name, input] of commands)
    assert.equal((await site.refuse(name, input, { token })).code, 'access.refused', name)
  await site.act('ldap.remove', inside(), from)
  assert.equal((await site.refuse('ldap.remove', inside(), from)).code, 'ldap.not-connected')
  const start = { ...inside(), runId: uuidv7(), purpose: 'test' }
  assert.equal((await site.refuse('ldap.start-run', start, from)).code, 'ldap.not-connected')
  assert.ok(await memberOf('Boss'))
})
