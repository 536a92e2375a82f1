/*
 * The requests that Microsoft Entra's provisioning service sends, as documented in "Develop and plan provisioning for a
 * SCIM endpoint" (learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups) and,
 * where it leaves the standard, in "Known issues and resolutions with SCIM 2.0 protocol compliance"
 * (learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility).
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { features } from '../../all-features.ts'
import { openScimStage, type ScimStage } from '../../testing/scim-stage.ts'
import { openSite, type Site } from '../../testing/site.ts'

let site: Site
let entra: ScimStage
before(async () => {
  site = await openSite(features)
  entra = await openScimStage(site, 'entra')
})
after(() => site[Symbol.asyncDispose]())

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User', enterprise]
const patch = (...Operations: object[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations,
})
const filter = (text: string) => `filter=${encodeURIComponent(text)}`

async function make(name: string, more: object = {}): Promise<string> {
  const { status, body } = await entra.ask('POST', '/Users', {
    schemas,
    externalId: randomUUID(),
    userName: `${name}@tenant.entra.example`,
    active: true,
    displayName: name,
    emails: [{ primary: true, type: 'work', value: `${name}@entra.example` }],
    meta: { resourceType: 'User' },
    name: { formatted: `${name} Family`, familyName: 'Family', givenName: name },
    roles: [],
    ...more,
  })
  assert.equal(status, 201, JSON.stringify(body))
  return String(body['id'])
}
const change = async (id: string, ...operations: object[]) => {
  const answer = await entra.ask('PATCH', `/Users/${id}`, patch(...operations))
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  await entra.settled()
  return answer.body
}

test('G1-01 Entra tests the connection with a user that does not exist', async () => {
  const { status, body } = await entra.ask('GET', `/Users?${filter(`userName eq "${randomUUID()}"`)}`)
  assert.deepEqual([status, body['totalResults'], body['Resources']], [200, 0, []])
  const missing = await entra.ask('GET', '/Users/5171a35d82074e068ce2')
  assert.deepEqual([missing.status, missing.body['status']], [404, '404'])
})

test('G1-02 Entra makes a user, matches it by userName and by work address, and changes it', async () => {
  const id = await make('Lynne')
  for (const text of [
    'userName eq "LYNNE@tenant.entra.example"',
    'emails[type eq "work"].value eq "lynne@entra.example"',
  ]) {
    const { body } = await entra.ask('GET', `/Users?${filter(text)}`)
    assert.deepEqual(
      (body['Resources'] as { id: string }[]).map((user) => user.id),
      [id],
      text,
    )
  }
  await entra.settled()
  assert.equal((await entra.member('Lynne')).address, 'lynne@entra.example')
  const changed = await change(
    id,
    { op: 'Replace', path: 'emails[type eq "work"].value', value: 'updated@entra.example' },
    { op: 'Replace', path: 'name.familyName', value: 'Updated' },
    { op: 'Add', path: 'title', value: 'Shop lead' },
    { op: 'Add', path: 'phoneNumbers[type eq "work"].value', value: '+1 555 0100' },
    { op: 'Add', path: 'addresses[type eq "work"].locality', value: 'Seattle' },
    { op: 'Add', path: `${enterprise}:department`, value: 'Sales' },
    { op: 'Add', path: `${enterprise}:employeeNumber`, value: '4711' },
  )
  assert.partialDeepStrictEqual(changed, {
    name: { familyName: 'Updated', givenName: 'Lynne' },
    emails: [{ value: 'updated@entra.example', type: 'work', primary: true }],
    [enterprise]: { department: 'Sales', employeeNumber: '4711' },
  })
  assert.partialDeepStrictEqual(await entra.member('Lynne'), {
    title: 'Shop lead',
    phone: '+1 555 0100',
    place: 'Sales, Seattle',
    address: 'updated@entra.example',
  })
})

test('G1-02 objects without a path, with dotted names and those of the extension, change what they name', async () => {
  const id = await make('Olaf', { title: 'Clerk' })
  const value = {
    displayName: 'Olaf New',
    'name.givenName': 'Olaf New',
    [`${enterprise}:department`]: 'Stock',
    active: 'True',
  }
  const body = await change(
    id,
    { op: 'Add', value },
    { op: 'replace', value: { [enterprise]: { employeeNumber: 12 } } },
  )
  assert.partialDeepStrictEqual(body, {
    displayName: 'Olaf New',
    title: 'Clerk',
    name: { givenName: 'Olaf New', familyName: 'Family' },
    [enterprise]: { department: 'Stock', employeeNumber: '12' },
    active: true,
  })
  assert.equal((await entra.member('Olaf New')).place, 'Stock')
})

test('G1-02 Entra disables with "False" or false, enables, and deletes', async () => {
  const id = await make('Marie')
  await entra.settled()
  for (const [off, on] of [
    ['False', 'True'],
    [false, true],
  ]) {
    assert.equal((await change(id, { op: 'Replace', path: 'active', value: off }))['active'], false)
    assert.ok(!(await entra.members()).some(({ name }) => name === 'Marie'))
    assert.equal((await change(id, { op: 'Replace', path: 'active', value: on }))['active'], true)
    assert.equal((await entra.member('Marie')).personId, id)
  }
  assert.equal((await entra.ask('DELETE', `/Users/${id}`)).status, 204)
  assert.equal((await entra.ask('GET', `/Users/${id}`)).status, 404)
  assert.equal((await entra.ask('DELETE', `/Users/${id}`)).status, 404)
  assert.ok(!(await entra.members()).some(({ name }) => name === 'Marie'))
})

test('G1-01 G1-03 the manager comes as an object, a list or a text, before or after the manager', async () => {
  const boss = await make('Boss')
  const [ann, bob, cid] = [await make('Ann'), await make('Bob'), await make('Cid')]
  await change(ann, { op: 'Add', path: 'manager', value: [{ $ref: `/scim/v2/Users/${boss}`, value: boss }] })
  await change(bob, { op: 'Add', path: `${enterprise}:manager`, value: boss })
  await change(cid, { op: 'Replace', path: `${enterprise}:manager`, value: { value: boss } })
  for (const name of ['Ann', 'Bob', 'Cid']) assert.equal((await entra.member(name)).managerId, boss)
  assert.ok((await entra.groups()).includes('Boss’s team: Ann Bob Boss Cid'))
  const both = await entra.ask('GET', `/Users?${filter(`id eq "${ann}" and manager eq "${boss}"`)}&attributes=id`)
  assert.deepEqual(both.body['Resources'], [{ schemas, id: ann }])
  const neither = await entra.ask('GET', `/Users?${filter(`id eq "${ann}" and manager eq "${cid}"`)}&attributes=id`)
  assert.equal(neither.body['totalResults'], 0)

  await change(ann, { op: 'Remove', path: `${enterprise}:manager` })
  assert.equal((await entra.member('Ann')).managerId, null)
  await change(bob, { op: 'Replace', path: `${enterprise}:manager.value`, value: '' })
  assert.equal((await entra.member('Bob')).managerId, null)
})

test('G1-03 Entra makes a group without members, adds and takes them one by one, and deletes it', async () => {
  const [dora, emil] = [await make('Dora'), await make('Emil')]
  const made = await entra.ask('POST', '/Groups', {
    schemas: [
      'urn:ietf:params:scim:schemas:core:2.0:Group',
      'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group',
    ],
    externalId: randomUUID(),
    displayName: 'Night shift',
    meta: { resourceType: 'Group' },
  })
  assert.equal(made.status, 201)
  assert.deepEqual(made.body['members'], [])
  const path = `/Groups/${String(made.body['id'])}`
  assert.equal('members' in (await entra.ask('GET', `${path}?excludedAttributes=members`)).body, false)
  const byName = await entra.ask('GET', `/Groups?excludedAttributes=members&${filter('displayName eq "night shift"')}`)
  assert.equal(byName.body['totalResults'], 1)
  const member = (op: string, value: string) => patch({ op, path: 'members', value: [{ $ref: null, value }] })
  for (const id of [dora, emil]) assert.equal((await entra.ask('PATCH', path, member('Add', id))).status, 204)
  await entra.settled()
  assert.ok((await entra.groups()).includes('Night shift: Andrew Fuller Dora Emil'))
  const isIn = `/Groups?${filter(`id eq "${String(made.body['id'])}" and members eq "${dora}"`)}&attributes=id`
  assert.equal((await entra.ask('GET', isIn)).body['totalResults'], 1)

  await entra.ask('PATCH', path, member('Remove', dora))
  assert.equal((await entra.ask('GET', isIn)).body['totalResults'], 0)
  await entra.ask('PATCH', path, patch({ op: 'Replace', path: 'displayName', value: 'Late shift' }))
  await entra.settled()
  assert.ok((await entra.groups()).includes('Late shift: Andrew Fuller Emil'))
  assert.equal((await entra.ask('DELETE', path)).status, 204)
})

test('G1-01 Entra reads the schemas', async () => {
  const { body } = await entra.ask('GET', '/Schemas')
  const ids = (body['Resources'] as { id: string }[]).map(({ id }) => id)
  assert.deepEqual(new Set(ids), new Set([...schemas, 'urn:ietf:params:scim:schemas:core:2.0:Group']))
  assert.equal((await entra.ask('GET', `/Schemas/${enterprise}`)).body['id'], enterprise)
})
