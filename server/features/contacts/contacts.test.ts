import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import type { z } from 'zod'
import type { ContactCard, ContactList, ContactPreview, KeeperList } from '../../../protocol/contacts.ts'
import type { Chain } from '../../../protocol/organization.ts'
import { features } from '../../all-features.ts'
import type { Name } from '../../testing/cast.ts'
import { bringIn } from '../../testing/outsiders.ts'
import { openWorld, type World } from '../../testing/world.ts'
import { addressesByPerson } from '../identity/index.ts'
import { makeContacts } from './put-contact.ts'
import { maySee } from './rules.ts'

type Card = z.output<typeof ContactCard>
type List = z.output<typeof ContactList>

let world: World
let inside: { organizationId: string }
before(async () => {
  world = await openWorld(features)
  inside = { organizationId: world.cast.organizationId }
})
after(() => world[Symbol.asyncDispose]())

const create = (name: Name, contact: object) => world.act<Card>(name, 'contact.create', { ...inside, ...contact })
const namesFor = async (name: Name, filter: object = {}) =>
  ((await world.ask(name, 'contact.list', { ...inside, ...filter })) as List).contacts.map((one) => one.name)
const overHttp = async (name: Name, command: string, input: object) =>
  world.executor.execute(command, input, { actor: world.cast[name].actor, source: '127.0.0.1', transport: 'http' })
const fileOf = (text: string) => ({ ...inside, fileName: 'list.csv', content: Buffer.from(text).toString('base64') })

test('G7-01 a contact is outside: in the list of contacts, never in the directory', async () => {
  const made = await create('steven', {
    name: 'Ana Trujillo',
    addresses: ['Ana@Customers.example', '+52 55 5555 4729'],
  })
  assert.deepEqual(made.addresses, ['ana@customers.example', '+525555554729'])
  assert.equal(made.keeperName, 'steven')
  assert.deepEqual(await namesFor('steven'), ['Ana Trujillo'])
  const { members, total } = (await world.ask('andrew', 'member.list', inside)) as {
    members: { name: string }[]
    total: number
  }
  assert.ok(members.every(({ name }) => name !== 'Ana Trujillo'))
  assert.equal(total, 5)
})

test('G7-02 the internal list is the administrator’s list', async () => {
  const read = async (name: Name) =>
    ((await world.ask(name, 'member.list', inside)) as { members: { personId: string }[] }).members
  const ids = (all: { personId: string }[]) => all.map(({ personId }) => personId)
  const stored = await world.database.read(
    (tx) => tx<{ personId: string }>`
      select person_id as "personId" from member
      where organization_id = ${world.cast.organizationId} and state <> 'deactivated' order by name, person_id`,
  )
  assert.deepEqual(ids(await read('andrew')), ids(stored))
  assert.deepEqual(ids(await read('robert')), ids(stored))
})

test('G7-03 the reporting chain leads up to the head and down through all levels', async () => {
  const of = async (name: Name, about?: Name) => {
    const personId = about && world.cast[about].personId
    const chain = (await world.ask(name, 'chart.chain', { ...inside, ...(personId ? { personId } : {}) })) as z.output<
      typeof Chain
    >
    const names = (all: { name: string }[]) => all.map((one) => one.name)
    return { above: names(chain.above), below: names(chain.below) }
  }
  assert.deepEqual(await of('robert'), { above: ['steven', 'andrew'], below: [] })
  assert.deepEqual(await of('steven'), { above: ['andrew'], below: ['robert'] })
  const { below } = await of('robert', 'andrew')
  assert.deepEqual(below.toSorted(), ['janet', 'nancy', 'robert', 'steven'])
  assert.equal(below.at(-1), 'robert')
  await world.refuse('outsider', 'chart.chain', inside, 'access.refused')
})

test('G7-03 customers stand with their sales person, who sees them; others do not', async () => {
  await create('nancy', { name: 'Antonio Moreno', addresses: ['antonio@customers.example'] })
  const personId = world.cast.janet.personId
  const given = await create('andrew', {
    name: 'Thomas Hardy',
    addresses: ['thomas@customers.example'],
    keeperId: personId,
  })
  assert.deepEqual(await namesFor('nancy'), ['Antonio Moreno'])
  assert.deepEqual(await namesFor('janet'), ['Thomas Hardy'])
  assert.deepEqual(await namesFor('robert'), [])
  assert.deepEqual(await namesFor('andrew'), ['Ana Trujillo', 'Antonio Moreno', 'Thomas Hardy'])
  assert.deepEqual(await namesFor('andrew', { keeperId: personId }), ['Thomas Hardy'])
  const { keepers } = (await world.ask('andrew', 'contact.keepers', inside)) as z.output<typeof KeeperList>
  assert.deepEqual(
    keepers.map(({ name, count }) => [name, count]),
    [
      ['janet', 1],
      ['nancy', 1],
      ['steven', 1],
    ],
  )
  const one = { ...inside, personId: given.personId }
  await world.refuse('nancy', 'contact.get', one, 'contact.not-found')
  await world.refuse('nancy', 'contact.change', { ...one, notes: 'x' }, 'contact.not-found')
  await world.refuse('outsider', 'contact.get', one, 'access.refused')
  await world.act('janet', 'contact.change', {
    ...one,
    keeperId: world.cast.robert.personId,
    notes: 'Calls on Mondays',
  })
  await world.refuse('janet', 'contact.get', one, 'contact.not-found')
  assert.equal((await world.act<Card>('robert', 'contact.get', one)).notes, 'Calls on Mondays')
})

test('G7-03 whoever shares a conversation with a contact sees their card, and changes nothing', async () => {
  const made = await create('steven', { name: 'Berglunds', addresses: ['berglunds@customers.example'] })
  const one = { ...inside, personId: made.personId }
  await world.refuse('robert', 'contact.get', one, 'contact.not-found')
  const personIds = [made.personId, world.cast.robert.personId]
  const group = { ...inside, conversationId: uuidv7(), kind: 'group', name: 'Berglunds', personIds }
  await world.act('steven', 'conversation.create', group)
  assert.deepEqual((await world.act<Card>('robert', 'contact.get', one)).may, { change: false })
  await world.refuse('robert', 'contact.change', { ...one, notes: 'x' }, 'access.refused')
  const broadcast = {
    ...group,
    conversationId: uuidv7(),
    kind: 'broadcast',
    personIds: [made.personId, world.cast.janet.personId],
  }
  await world.act('steven', 'conversation.create', broadcast)
  await world.refuse('janet', 'contact.get', one, 'contact.not-found')
  assert.equal(maySee({ isAdministrator: false, isKeeper: false, sharesConversation: false }), false)
})

test('G7-01 nobody is written down twice, and no member as a contact', async () => {
  const ana = { name: 'Ana Trujillo', addresses: ['ana@customers.example'] }
  const again = await create('steven', ana)
  assert.equal((await create('steven', ana)).personId, again.personId)
  const taken = { ...inside, name: 'Other', addresses: ['other@customers.example', 'ana@customers.example'] }
  assert.equal((await world.refuse('steven', 'contact.create', taken, 'contact.address-taken')).path, 'addresses.1')
  await world.refuse('nancy', 'contact.create', { ...inside, ...ana }, 'contact.address-taken')
  const member = { ...inside, name: 'Robert', addresses: ['robert@northwind.example'] }
  await world.refuse('steven', 'contact.create', member, 'contact.is-member')
  await world.refuse('steven', 'contact.create', { ...inside, name: 'Nobody', addresses: [] }, 'input.invalid')
})

test('G7-01 tags find contacts again; consents are kept with their wording, and the latest counts', async () => {
  const [ana] = ((await world.ask('steven', 'contact.list', { ...inside, search: 'trujillo' })) as List).contacts
  assert.ok(ana)
  const one = { ...inside, personId: ana.personId }
  const tag = { ...inside, personIds: [ana.personId], add: ['VIP', 'vip', 'cheese'], remove: [] }
  await world.act('steven', 'contact.tag', tag)
  assert.deepEqual(await namesFor('steven', { tag: 'vip' }), ['Ana Trujillo'])
  assert.deepEqual(await namesFor('steven', { search: 'ANA@' }), ['Ana Trujillo'])
  await world.refuse('nancy', 'contact.tag', tag, 'contact.not-found')
  const said = { ...one, kind: 'newsletter', how: 'at the counter', wording: 'Yes, write to me.' }
  await world.act('steven', 'consent.record', {
    ...said,
    consentId: uuidv7(),
    isGiven: true,
    at: '2026-01-01T00:00:00.000000Z',
  })
  await world.act('steven', 'consent.record', {
    ...said,
    consentId: uuidv7(),
    isGiven: false,
    at: '2026-02-01T00:00:00.000000Z',
  })
  await world.refuse('nancy', 'consent.record', { ...said, consentId: uuidv7(), isGiven: true }, 'contact.not-found')
  const ahead = { ...said, consentId: uuidv7(), isGiven: true, at: '2999-01-01T00:00:00Z' }
  await world.refuse('steven', 'consent.record', ahead, 'input.invalid')
  const { consents } = await world.act<Card>('steven', 'contact.get', one)
  assert.deepEqual(
    consents.map(({ isGiven }) => isGiven),
    [false, true],
  )
})

test('G7-01 a list of contacts is previewed and imported; what an export says is read back unchanged', async () => {
  const text =
    'Name;Email;Phone;Tags;Sales person;Notes\n' +
    '=HYPERLINK("x");chop@customers.example;+41 452 076545;vip;nancy;@home\n' +
    'Around;around@customers.example;;;nobody at all;\n' +
    'Robert;robert@northwind.example;;;;\n' +
    ';nameless@customers.example;;;;\n'
  const preview = (await overHttp('andrew', 'contact.preview-import', fileOf(text))) as z.output<typeof ContactPreview>
  assert.deepEqual(preview.counts, { created: 1, changed: 0, unchanged: 0, faulty: 3, remarks: 0 })
  assert.deepEqual(
    preview.faults.map(({ line, code }) => [line, code]),
    [
      [3, 'keeper.unknown'],
      [4, 'address.of-member'],
      [5, 'name.missing'],
    ],
  )
  const file = { ...fileOf(text), digest: preview.digest }
  await assert.rejects(overHttp('andrew', 'contact.import', { ...file, digest: 'x' }), { code: 'import.changed' })
  await assert.rejects(overHttp('nancy', 'contact.import', file), { code: 'access.refused' })
  assert.deepEqual(await overHttp('andrew', 'contact.import', file), { created: 1, changed: 0, skipped: 3 })
  assert.ok((await namesFor('nancy')).includes('=HYPERLINK("x")'))

  // Without any address, with what separates fields and tags, and of somebody who has left.
  const { organizationId } = world.cast
  const anonymous = [{ name: 'Guest 12', address: null }]
  await world.database.transaction((tx) => makeContacts({ tx, now: new Date() }, organizationId, anonymous))
  const odd = { name: "'=odd", addresses: ['odd@customers.example', '+41452076546', 'second@customers.example'] }
  const tags = ['a, b', 'c;d', 'say "e"', 'ä', '-f']
  await create('janet', { ...odd, locale: 'zh-CN', tags, notes: ' "x",\r\n;y\t ' })
  const janet = { ...inside, personId: world.cast.janet.personId }

  const robert = { ...inside, personId: world.cast.robert.personId }
  await world.act('andrew', 'member.change', { ...robert, name: 'steven' }) // as the one who looks after Ana is called
  await world.database.transaction((tx) => tx`update member set state = 'deactivated' where name = 'janet'`)
  const { csv, count } = (await overHttp('andrew', 'contact.export', inside)) as { csv: string; count: number }
  assert.equal(count, (await namesFor('andrew')).length)
  const fields = csv.slice(1).split(/[\r\n,]+/)
  assert.ok(
    fields.every((field) => !/^"?[=+\-@\t]/.test(field)),
    'a spreadsheet would carry something out',
  )
  const again = (await overHttp('andrew', 'contact.preview-import', fileOf(csv))) as z.output<typeof ContactPreview>
  assert.deepEqual(again.counts, { created: 0, changed: 0, unchanged: count, faulty: 0, remarks: 0 }, csv)
  await world.database.transaction((tx) => tx`update member set state = 'active' where person_id = ${janet.personId}`)
  await world.act('andrew', 'member.change', { ...robert, name: 'robert' })
  await assert.rejects(overHttp('nancy', 'contact.export', inside), { code: 'access.refused' })
})

test('G7-01 every column of addresses is read, an unknown language is named, and no contact gets too many addresses', async () => {
  const look = async (text: string) =>
    (await overHttp('andrew', 'contact.preview-import', fileOf(text))) as z.output<typeof ContactPreview>
  const text =
    'Name,E-mail 1,E-mail 2,Mobile phone,Phone 2,Language,Tags\n' +
    'Two,two@customers.example,other@customers.example,+49 30 123456,+49 30 123457,Klingon,"""x, y"", z"\n'
  const preview = await look(text)
  assert.deepEqual(preview.counts, { created: 1, changed: 0, unchanged: 0, faulty: 0, remarks: 1 })
  assert.deepEqual(preview.remarks, [{ line: 2, code: 'locale.unknown', value: 'Klingon' }])
  await overHttp('andrew', 'contact.import', { ...fileOf(text), digest: preview.digest })
  const [two] = ((await world.ask('andrew', 'contact.list', { ...inside, search: 'two@' })) as List).contacts
  assert.deepEqual(two?.addresses, ['two@customers.example', 'other@customers.example', '+4930123456', '+4930123457'])
  assert.deepEqual([two.tags, two.locale], [['x, y', 'z'], null])
  const more = await look('Name,Email\nTwo,two@customers.example a@x.example b@x.example')
  assert.deepEqual(more.faults, [{ line: 2, code: 'text.too-long', value: 'Two' }])
  const mixed = await look(`Shoptalk id,Name,Email\n${two.personId},Two,odd@customers.example`)
  assert.deepEqual(mixed.faults, [{ line: 2, code: 'address.twice', value: 'odd@customers.example' }])
  const left = await look('Name,Email,Language\n,three@customers.example,Klingon')
  assert.deepEqual([left.counts.faulty, left.remarks], [1, []], 'nothing is left open in a row that is left out')
  const other = await look(`Shoptalk id,Name,Email\nCRM-7,Else,else@customers.example\n${uuidv7()},None,`)
  assert.deepEqual([other.counts.created, other.faults[0]?.code], [1, 'address.missing'])
})

test('G7-01 G1-02 whoever gets a place inside is no contact any more, one person before and after they come in, and out when they leave', async () => {
  const ben = await bringIn(world, 'steven', 'ben')
  const one = { ...inside, personId: ben.personId }
  const asBen = (command: string, input: object) =>
    world.executor.execute(command, input, { actor: ben.actor, source: '127.0.0.1', transport: 'websocket' })
  const own = async () => Object(await asBen('session.get', {})).memberships[0]
  const told: object[] = []
  world.database.onCommitted((announcements) => told.push(...announcements.map(({ body }) => body)))
  const member = { ...inside, name: 'Ben', address: 'ben@customers.example' }
  assert.deepEqual(await world.act('andrew', 'member.add', member), { personId: ben.personId })
  assert.partialDeepStrictEqual(await own(), { role: 'contact', state: 'active' })
  const news = told.filter((body) => Object(body).name === 'membership.changed')
  assert.ok(news.length > 0 && news.every((body) => !('membership' in body)), 'they were told to be out')
  assert.ok(!(await namesFor('andrew')).includes('ben'))
  await world.refuse('steven', 'contact.get', one, 'contact.not-found')
  await world.refuse('steven', 'contact.remove', one, 'contact.not-found')
  const again = { ...inside, name: 'Ben', addresses: [member.address] }
  await world.refuse('steven', 'contact.create', again, 'contact.is-member')
  await asBen('invitation.accept', inside)
  assert.partialDeepStrictEqual(await own(), { role: 'member', state: 'active' })
  await world.act('andrew', 'member.remove', one)
  assert.equal(await own(), undefined)
  const [device] = await world.database.read(
    (tx) => tx<{ isOut: boolean }>`
      select revoked_at is not null as "isOut" from device where id = ${ben.actor.deviceId}`,
  )
  assert.equal(device?.isOut, true, 'who leaves is signed out')
  assert.equal((await create('nancy', again)).personId, ben.personId)
})

test('G12-02 once somebody outside has come in, who looks after them does not move the address they sign in with', async () => {
  const { personId } = await create('steven', { name: 'Yvonne Labrune', addresses: ['yvonne@customers.example'] })
  const signsInWith = async () =>
    (await world.database.read((tx) => addressesByPerson(tx, [personId]))).get(personId)?.join(' ')
  const move = (name: Name, address: string) =>
    world.act<Card>(name, 'contact.change', { ...inside, personId, addresses: [address] })
  await move('steven', 'labrune@customers.example')
  assert.equal(await signsInWith(), 'labrune@customers.example', 'a slip is mended before they come')
  await world.database.transaction((tx) => tx`update outsider set state = 'active' where person_id = ${personId}`)
  assert.deepEqual((await move('steven', 'steven@attacker.example')).addresses, ['steven@attacker.example'])
  assert.equal(await signsInWith(), 'labrune@customers.example')
  await move('andrew', 'yl@customers.example')
  assert.equal(await signsInWith(), 'yl@customers.example')
})

test('G7-01 contacts stand in the order in which people look for names, page after page', async () => {
  const names = ['Ôscar', 'Otto', 'oskar', 'ole', 'Zoë', 'Oz']
  for (const name of names)
    await create('andrew', { name, addresses: [`${names.indexOf(name)}@o.example`], tags: ['sorted'] })
  const read: string[] = []
  for (let after: string | null | undefined; after !== null;) {
    const input = { ...inside, tag: 'sorted', limit: 2, ...(after === undefined ? {} : { after }) }
    const { contacts, next } = (await world.ask('andrew', 'contact.list', input)) as List
    read.push(...contacts.map(({ name }) => name))
    after = next
  }
  assert.deepEqual(read, ['ole', 'Ôscar', 'oskar', 'Otto', 'Oz', 'Zoë'])
})
