/*
 * The requests that Okta sends, in its order, as documented in "Okta and SCIM Version 2.0"
 * (developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20) and in "Test your SCIM API"
 * (developer.okta.com/docs/guides/scim-provisioning-integration-test).
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { features } from '../../all-features.ts'
import { openScimStage, type ScimStage } from '../../testing/scim-stage.ts'
import { openSite, type Site } from '../../testing/site.ts'

let site: Site
let okta: ScimStage
before(async () => {
  site = await openSite(features)
  okta = await openScimStage(site, 'okta')
})
after(() => site[Symbol.asyncDispose]())

const listSchema = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User'
const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const patch = (...Operations: object[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations,
})
const named = (name: string) => `/Users?filter=${encodeURIComponent(`userName eq "${name}"`)}&startIndex=1&count=100`
const profile = (name: string) => ({
  schemas: [userSchema],
  userName: `${name}@okta.example`,
  name: { givenName: name, familyName: 'User' },
  emails: [{ primary: true, value: `${name}@okta.example`, type: 'work' }],
  displayName: `${name} User`,
  locale: 'en-US',
  externalId: `00u${name}`,
  groups: [],
  password: '1mz050nq',
  active: true,
})

test('G1-01 G1-02 Okta asks for a user, makes it, reads, replaces, deactivates and reactivates it', async () => {
  const absent = await okta.ask('GET', named('test.user@okta.example'))
  assert.equal(absent.status, 200)
  assert.deepEqual(absent.body, {
    schemas: [listSchema],
    totalResults: 0,
    startIndex: 1,
    itemsPerPage: 0,
    Resources: [],
  })

  const made = await okta.ask('POST', '/Users', profile('test.user'))
  assert.equal(made.status, 201)
  assert.match(made.headers.get('content-type') ?? '', /^application\/scim\+json/)
  const id = String(made.body['id'])
  assert.equal(made.headers.get('location'), `https://talk.example.com/scim/v2/Users/${id}`)
  assert.partialDeepStrictEqual(made.body, {
    userName: 'test.user@okta.example',
    active: true,
    externalId: '00utest.user',
  })
  assert.equal('password' in made.body, false)
  await okta.settled()
  const member = await okta.member('test.user User')
  assert.equal(member.personId, id)
  assert.equal(member.state, 'invited')

  const again = await okta.ask('POST', '/Users', profile('test.user'))
  assert.equal(again.status, 409)
  assert.partialDeepStrictEqual(again.body, {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: '409',
    scimType: 'uniqueness',
  })

  const read = await okta.ask('GET', `/Users/${id}`)
  assert.equal(read.status, 200)
  const replaced = await okta.ask('PUT', `/Users/${id}`, {
    ...read.body,
    name: { givenName: 'Another', middleName: 'Excited', familyName: 'User' },
    displayName: 'Another User',
  })
  assert.equal(replaced.status, 200)
  await okta.settled()
  assert.equal((await okta.member('Another User')).personId, id)

  const off = await okta.ask('PATCH', `/Users/${id}`, patch({ op: 'replace', value: { active: false } }))
  assert.deepEqual([off.status, off.body['active']], [200, false])
  assert.ok(!(await okta.members()).some(({ personId }) => personId === id))
  assert.equal((await okta.ask('GET', named('test.user@okta.example'))).body['totalResults'], 1)

  const on = await okta.ask('PATCH', `/Users/${id}`, patch({ op: 'replace', value: { active: true } }))
  assert.deepEqual([on.status, on.body['active']], [200, true])
  await okta.settled()
  assert.equal((await okta.member('Another User')).personId, id)
})

test('G1-02 Okta imports users page by page, in one order', async () => {
  for (const name of ['p1', 'p2', 'p3', 'p4', 'p5']) await okta.ask('POST', '/Users', profile(name))
  const seen: unknown[] = []
  for (let start = 1, total = 1; start <= total; start += 2) {
    const { body } = await okta.ask('GET', `/Users?startIndex=${start}&count=2`)
    total = Number(body['totalResults'])
    assert.equal(body['startIndex'], start)
    seen.push(...(body['Resources'] as { id: string }[]).map((user) => user.id))
  }
  assert.equal(new Set(seen).size, seen.length)
  assert.equal(seen.length, Number((await okta.ask('GET', '/Users?count=0')).body['totalResults']))
})

test('G1-03 Okta pushes a group, renames it, changes its members, and deletes it', async () => {
  const ids = await Promise.all(['Gina', 'Hugo', 'Ida'].map((name) => okta.write(name)))
  const [gina = '', hugo = '', ida = ''] = ids
  const made = await okta.ask('POST', '/Groups', { schemas: [groupSchema], displayName: 'Test SCIMv2', members: [] })
  assert.equal(made.status, 201)
  const path = `/Groups/${String(made.body['id'])}`
  const rename = patch({ op: 'replace', value: { id: made.body['id'], displayName: 'Sales' } })
  assert.equal((await okta.ask('PATCH', path, rename)).status, 204)
  const add = { op: 'add', path: 'members', value: [{ value: gina, display: 'Gina' }, { value: hugo }] }
  assert.equal((await okta.ask('PATCH', path, patch(add))).status, 204)
  await okta.settled()
  assert.ok((await okta.groups()).includes('Sales: Andrew Fuller Gina Hugo'))

  const swap = patch(
    { op: 'remove', path: `members[value eq "${gina}"]` },
    { op: 'add', path: 'members', value: [{ value: ida, display: 'Ida' }] },
  )
  await okta.ask('PATCH', path, swap)
  await okta.settled()
  assert.ok((await okta.groups()).includes('Sales: Andrew Fuller Hugo Ida'))
  const all = [{ value: gina }, { value: ida }]
  await okta.ask('PATCH', path, patch({ op: 'replace', path: 'members', value: all }))
  await okta.settled()
  assert.ok((await okta.groups()).includes('Sales: Andrew Fuller Gina Ida'))
  const shown = await okta.ask('GET', path)
  assert.deepEqual(
    new Set((shown.body['members'] as { value: string }[]).map(({ value }) => value)),
    new Set([gina, ida]),
  )
  assert.equal((await okta.ask('PUT', path, { ...shown.body, members: [{ value: hugo }] })).status, 200)
  await okta.settled()
  assert.ok((await okta.groups()).includes('Sales: Andrew Fuller Hugo'))

  assert.equal((await okta.ask('DELETE', path)).status, 204)
  assert.ok(!(await okta.groups()).some((group) => group.startsWith('Sales')))
  assert.equal((await okta.ask('GET', path)).status, 404)
})

test('G1-02 a member who was there before is found by address and taken over, not doubled', async () => {
  const { organizationId, administrator } = okta
  const input = { organizationId, name: 'By Hand', address: 'by.hand@okta.example', title: 'Clerk' }
  const { personId } = await site.act<{ personId: string }>('member.add', input, { token: administrator.token })
  const found = await okta.ask('GET', named('By.Hand@okta.example'))
  const [user] = found.body['Resources'] as { id: string; displayName: string }[]
  assert.partialDeepStrictEqual(user, { id: personId, displayName: 'By Hand', title: 'Clerk' })
  assert.equal((await okta.ask('PUT', `/Users/${personId}`, profile('by.hand'))).status, 200)
  await okta.settled()
  assert.equal((await okta.member('by.hand User')).personId, personId)
})
