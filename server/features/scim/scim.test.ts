import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import { features } from '../../all-features.ts'
import { speak } from '../../testing/provider.ts'
import { openScimStage, type ScimStage } from '../../testing/scim-stage.ts'
import { signIn } from '../../testing/sign-in.ts'
import { openSite, type Site } from '../../testing/site.ts'
import { foundAnother } from '../../testing/staff.ts'

let site: Site
let stage: ScimStage
before(async () => {
  site = await openSite(features)
  stage = await openScimStage(site, 'north')
})
after(() => site[Symbol.asyncDispose]())

const patch = (...Operations: object[]) => ({ Operations })
const find = async (filter: string, more = '') => {
  const answer = await stage.ask('GET', `/Users?filter=${encodeURIComponent(filter)}${more}`)
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return (answer.body['Resources'] as { displayName: string }[]).map(({ displayName }) => displayName)
}
const refusal = async (method: string, path: string, body?: unknown, headers?: Record<string, string>) => {
  const answer = await stage.ask(method, path, body, headers)
  assert.match(answer.headers.get('content-type') ?? '', /^application\/scim\+json/)
  assert.deepEqual(answer.body['schemas'], ['urn:ietf:params:scim:api:messages:2.0:Error'])
  assert.equal(answer.body['status'], String(answer.status))
  return [answer.status, answer.body['scimType']]
}

test('what the server can do is told, and what it cannot is refused as such', async () => {
  const { body } = await stage.ask('GET', '/ServiceProviderConfig')
  assert.partialDeepStrictEqual(body, {
    patch: { supported: true },
    bulk: { supported: false },
    filter: { supported: true },
    etag: { supported: true },
    sort: { supported: false },
  })
  const types = await stage.ask('GET', '/ResourceTypes')
  assert.deepEqual(
    (types.body['Resources'] as { id: string }[]).map(({ id }) => id),
    ['User', 'Group'],
  )
  assert.deepEqual(await refusal('POST', '/Bulk', {}), [501, undefined])
  assert.deepEqual(await refusal('GET', '/Me'), [404, undefined])
  assert.deepEqual(await refusal('GET', `/Users/${randomUUID()}`), [404, undefined])
})

test('G1-04 only who has a token comes in, and into one organization alone', async () => {
  const { token: other, organizationId } = await foundAnother(site, 'Elsewhere', 'root@else.example')
  const made = await site.act<{ token: string }>(
    'scim-token.create',
    { organizationId, tokenId: uuidv7(), name: 'Other' },
    { token: other },
  )
  const elsewhere = speak(site.url, made.token)
  const id = await stage.write('Nina')
  await stage.settled()
  for (const [method, body] of [
    ['GET'],
    ['PUT', { userName: 'x@y.example' }],
    ['PATCH', patch({ op: 'replace', value: { title: 'x' } })],
    ['DELETE'],
  ] as const)
    assert.equal((await elsewhere(method, `/Users/${id}`, body)).status, 404, method)
  const group = await stage.ask('POST', '/Groups', { displayName: 'Ours', members: [{ value: id }] })
  assert.equal((await elsewhere('DELETE', `/Groups/${String(group.body['id'])}`)).status, 404)
  assert.equal((await elsewhere('POST', '/Groups', { displayName: 'Theirs', members: [{ value: id }] })).status, 400)
  assert.equal(
    (await elsewhere('GET', `/Users?filter=${encodeURIComponent('userName eq "nina@north.example"')}`)).body[
      'totalResults'
    ],
    0,
  )
  for (const token of ['shoptalk_scim_wrong', other, site.operatorToken]) {
    const answer = await speak(site.url, token)('GET', '/Users')
    assert.deepEqual([answer.status, answer.headers.get('www-authenticate')], [401, 'Bearer realm="SCIM"'])
  }
  assert.equal((await fetch(`${site.url}/scim/v2/Users`)).status, 401)
})

test('a token is made and revoked by administrators alone, is shown once, and ends at once', async () => {
  const { organizationId, administrator } = stage
  const from = { token: administrator.token }
  await stage.write('Employee')
  await stage.settled()
  const employee = await signIn(site, 'employee@north.example')
  const input = { organizationId, tokenId: uuidv7(), name: 'Second' }
  for (const token of [employee.token]) {
    assert.equal((await site.refuse('scim-token.create', input, { token })).code, 'access.refused')
    assert.equal((await site.refuse('scim.get', { organizationId }, { token })).code, 'access.refused')
    const revoke = { organizationId, tokenId: stage.tokenId }
    assert.equal((await site.refuse('scim-token.revoke', revoke, { token })).code, 'access.refused')
  }
  const stranger = { ...input, groupOwnerId: uuidv7() }
  assert.equal((await site.refuse('scim-token.create', stranger, from)).code, 'member.not-found')
  const first = await site.act<{ token: string }>('scim-token.create', input, from)
  const second = await site.act<{ token: string }>('scim-token.create', input, from)
  assert.equal((await speak(site.url, first.token)('GET', '/Users')).status, 401)
  assert.equal((await speak(site.url, second.token)('GET', '/Users')).status, 200)
  assert.equal((await site.refuse('scim-token.create', input, from)).code, 'scim.token-used')
  const { tokens } = await stage.state()
  const shown = tokens.find(({ tokenId }) => tokenId === input.tokenId)
  assert.equal(shown?.usedAt, '2026-05-14T09:00:00.000000Z')
  assert.ok(!JSON.stringify(tokens).includes(second.token))
  const rows = await site.database.read((tx) => tx<{ all: string }>`select scim_token::text as all from scim_token`)
  assert.ok(!rows.some(({ all }) => all.includes(second.token)))
  await site.act('scim-token.revoke', { organizationId, tokenId: input.tokenId }, from)
  assert.equal((await speak(site.url, second.token)('GET', '/Users')).status, 401)
  assert.equal((await site.refuse('scim-token.revoke', input2(input), from)).code, 'scim.token-not-found')
  for (let at = tokens.length; at <= 10; at++)
    await site.ask('scim-token.create', { ...input, tokenId: uuidv7() }, from)
  assert.equal((await site.refuse('scim-token.create', { ...input, tokenId: uuidv7() }, from)).code, 'scim.token-limit')
})
const input2 = ({ organizationId, tokenId }: { organizationId: string; tokenId: string }) => ({
  organizationId,
  tokenId,
})

test('users are found by any attribute, and filters that cannot be read say so', async () => {
  await stage.write('Quentin', { title: 'Baker', externalId: 'Q-1', name: { givenName: 'Quentin', familyName: 'Q' } })
  await stage.write('Quincy', { title: 'Miller', active: false })
  assert.deepEqual(await find('title eq "baker"'), ['Quentin'])
  assert.deepEqual(await find('TITLE sw "Bak" and name.familyName pr'), ['Quentin'])
  assert.deepEqual((await find('displayName co "qui" or displayName co "quen"')).toSorted(), ['Quentin', 'Quincy'])
  assert.deepEqual(await find('externalId eq "Q-1"'), ['Quentin'])
  assert.deepEqual(await find('active eq false and displayName sw "Q"'), ['Quincy'])
  assert.deepEqual(await find('emails[type eq "home"].value eq "quentin@north.example"'), [])
  assert.deepEqual(await find('not (title pr) and userName eq "quentin@north.example"'), [])
  for (const filter of ['title eq', 'title zz "x"', '(title eq "x"', `title eq "${'x'.repeat(3_000)}"`])
    assert.deepEqual(await refusal('GET', `/Users?filter=${encodeURIComponent(filter)}`), [400, 'invalidFilter'])
})

test('answers hold the attributes that are asked for', async () => {
  const id = await stage.write('Rosa', { title: 'Baker', name: { givenName: 'Rosa', familyName: 'R' } })
  const only = await stage.ask('GET', `/Users/${id}?attributes=userName,name.givenName`)
  assert.deepEqual(Object.keys(only.body).toSorted(), ['id', 'name', 'schemas', 'userName'])
  assert.deepEqual(only.body['name'], { givenName: 'Rosa' })
  const without = await stage.ask('GET', `/Users/${id}?excludedAttributes=emails,name.familyName,meta`)
  assert.deepEqual(without.body['name'], { givenName: 'Rosa' })
  assert.ok(!('emails' in without.body) && !('meta' in without.body) && 'title' in without.body)
})

test('of two who change one user at once with its version, one is told to read again', async () => {
  const id = await stage.write('Sven')
  const { headers } = await stage.ask('GET', `/Users/${id}`)
  const version = headers.get('etag') ?? ''
  assert.match(version, /^W\/"/)
  assert.equal((await stage.ask('GET', `/Users/${id}`, undefined, { 'if-none-match': version })).status, 304)
  const change = (title: string) =>
    stage.ask('PATCH', `/Users/${id}`, patch({ op: 'replace', path: 'title', value: title }), { 'if-match': version })
  const statuses = (await Promise.all([change('One'), change('Two')])).map(({ status }) => status)
  assert.deepEqual(statuses.toSorted(), [200, 412])
  assert.deepEqual(await refusal('DELETE', `/Users/${id}`, undefined, { 'if-match': 'W/"0"' }), [412, undefined])
  // Without a version all of them succeed, one after the other.
  const free = Array.from({ length: 8 }, (_, at) =>
    stage.ask(
      'PATCH',
      `/Users/${id}`,
      patch({ op: 'replace', path: `name.${at % 2 ? 'givenName' : 'familyName'}`, value: `V${at}` }),
    ),
  )
  assert.deepEqual(new Set((await Promise.all(free)).map(({ status }) => status)), new Set([200]))
})

test('of several who make one user at once, one succeeds', async () => {
  const body = { userName: 'race@north.example', displayName: 'Race' }
  const answers = await Promise.all(Array.from({ length: 6 }, () => stage.ask('POST', '/Users', body)))
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [201, 409, 409, 409, 409, 409])
})

test('names and addresses are given once', async () => {
  await stage.write('Tara')
  const id = await stage.write('Theo')
  assert.deepEqual(await refusal('POST', '/Users', { userName: 'TARA@north.example' }), [409, 'uniqueness'])
  const address = { userName: 'somebody', emails: [{ value: 'tara@north.example' }] }
  assert.deepEqual(await refusal('POST', '/Users', address), [409, 'uniqueness'])
  const rename = patch({ op: 'replace', path: 'userName', value: 'tara@north.example' })
  assert.deepEqual(await refusal('PATCH', `/Users/${id}`, rename), [409, 'uniqueness'])
  await stage.ask('POST', '/Groups', { displayName: 'Once' })
  assert.deepEqual(await refusal('POST', '/Groups', { displayName: 'ONCE' }), [409, 'uniqueness'])
})

test('what is not as it should be is refused in the words of SCIM', async () => {
  const id = await stage.write('Uma')
  assert.deepEqual(await refusal('POST', '/Users', '{"userName"'), [400, 'invalidSyntax'])
  assert.deepEqual(await refusal('POST', '/Users', {}), [400, 'invalidValue'])
  assert.deepEqual(await refusal('POST', '/Users', { userName: 'no-address' }), [400, 'invalidValue'])
  assert.deepEqual(await refusal('POST', '/Users', { userName: 'a\u0000@north.example' }), [400, 'invalidValue'])
  const operations: [object, number, string][] = [
    [{ op: 'jump', path: 'title', value: 'x' }, 400, 'invalidValue'],
    [{ op: 'remove' }, 400, 'noTarget'],
    [{ op: 'replace', value: 'x' }, 400, 'invalidValue'],
    [{ op: 'replace', path: 'emails[type zz "work"].value', value: 'x' }, 400, 'invalidPath'],
    [{ op: 'replace', path: 'active', value: 'perhaps' }, 400, 'invalidValue'],
    [{ op: 'remove', path: 'userName' }, 400, 'invalidValue'],
  ]
  for (const [operation, ...expected] of operations)
    assert.deepEqual(await refusal('PATCH', `/Users/${id}`, patch(operation)), expected, JSON.stringify(operation))
  assert.deepEqual(await refusal('PATCH', `/Users/${id}`, { Operations: [] }), [400, 'invalidValue'])
  const large = { userName: 'large@north.example', displayName: 'x'.repeat(2_000_000) }
  assert.deepEqual(await refusal('POST', '/Users', large), [413, undefined])
  assert.deepEqual(await refusal('POST', '/Groups', { displayName: 'G', members: [{ value: randomUUID() }] }), [
    400,
    'invalidValue',
  ])
})

test('a PATCH reaches the attributes of its user, and nothing of the server itself', async () => {
  const id = await stage.write('Vera', { title: 'Buyer', emails: [{ type: 'work', value: 'vera@north.example' }] })
  const traps = [
    '__proto__.trap',
    'constructor.prototype.trap',
    'constructor.trap',
    'toString.trap',
    'displayName.toString.trap',
    'emails.push.trap',
    'emails.length',
    'emails.4294967294',
    'emails[value eq "x:__proto__.trap"]',
    'emails[__proto__ eq "x"].value',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:__proto__.trap',
    'urn:example:other:__proto__.trap',
  ]
  const inNames = (key: string) => ({ op: 'add', path: 'name', value: { [key]: 'x' } })
  const operations = traps.flatMap((path) => [
    { op: 'replace', path, value: 'x' },
    { op: 'add', value: { [path]: 'x' } },
    { op: 'remove', path },
    inNames(path),
  ])
  try {
    for (const operation of operations) {
      const { status, body } = await stage.ask('PATCH', `/Users/${id}`, patch(operation))
      assert.ok(status === 200 || status === 400, `${JSON.stringify(operation)}: ${status} ${JSON.stringify(body)}`)
      for (const touched of [{}, [], '', 0, Object, {}.toString, ''.toString, [].push])
        assert.deepEqual(keysOf(touched), [], JSON.stringify(operation))
    }
  } finally {
    for (const touched of [Object.prototype, Object, {}.toString, ''.toString, [].push])
      for (const key of Object.keys(touched)) Reflect.deleteProperty(touched, key)
  }
  const { body } = await stage.ask('GET', `/Users/${id}`)
  assert.partialDeepStrictEqual(body, { title: 'Buyer', emails: [{ type: 'work', value: 'vera@north.example' }] })
})

/** With what it inherits. */
function keysOf(value: unknown): string[] {
  const keys = []
  for (const key in Object(value)) keys.push(key)
  return keys
}

test('the last administrator stays, whatever the provider says', async () => {
  const { personId } = stage.administrator
  const off = patch({ op: 'replace', value: { active: false } })
  assert.deepEqual(await refusal('PATCH', `/Users/${personId}`, off), [409, undefined])
  assert.deepEqual(await refusal('DELETE', `/Users/${personId}`), [409, undefined])
  assert.equal((await stage.member('Andrew Fuller')).state, 'active')
})

test('too much at once is refused, and the next moment not', async () => {
  const provider = speak(site.url, stage.token)
  const body = { userName: 'storm@north.example' }
  const answers = await site.database.transaction(async (tx) => {
    await tx`select from scim_token for update`
    const sent = Array.from({ length: 33 }, () => provider('POST', '/Users', body))
    const first = await Promise.race(sent)
    assert.deepEqual([first.status, first.headers.get('retry-after')], [429, '1'])
    return sent
  })
  const statuses = Map.groupBy(await Promise.all(answers), ({ status }) => status)
  assert.deepEqual([statuses.get(429)?.length, statuses.get(201)?.length, statuses.get(409)?.length], [1, 1, 31])
  assert.equal((await provider('GET', '/Users?count=0')).status, 200)
})
