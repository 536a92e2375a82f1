import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { AskedPairing } from '../../../protocol/identity.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import type { Member, Session } from '../../../protocol/organization.ts'
import { codeIn, letIn, signIn, testDevice, wrong, type SignedIn } from '../../testing/sign-in.ts'
import { openSite, type Site } from '../../testing/site.ts'
import { found, foundAnother, hire, type Founded } from '../../testing/staff.ts'
import { feature as dispatch } from '../dispatch/index.ts'
import { feature as identity } from '../identity/index.ts'
import { feature as organization, deactivateMembers, lockOrganization } from './index.ts'
import { sendInvitations } from './reactions.ts'

const dayMs = 24 * 60 * 60_000
let site: Site
let andrew: Founded
let elsewhere: Founded
before(async () => {
  site = await openSite([dispatch, identity, organization])
  andrew = await found(site, 'Northwind', 'andrew@northwind.example')
  elsewhere = await foundAnother(site, 'Elsewhere', 'boss@elsewhere.example')
})
after(() => site[Symbol.asyncDispose]())

let count = 0
const newAddress = () => `invited-${++count}@northwind.example`
const hireOne = async (address: string, where: Founded = andrew) => {
  const [personId] = await hire(site, where.organizationId, [{ name: 'Nancy Davolio', address }])
  assert.ok(personId)
  return personId
}
type Invitation = { token: string; code: string }
async function invite(personId: PersonId, address: string, where: Founded = andrew): Promise<Invitation> {
  const { count } = await site.act<{ count: number }>(
    'member.invite',
    { organizationId: where.organizationId, personIds: [personId] },
    where,
  )
  assert.equal(count, 1)
  return readInvitation(address)
}
async function readInvitation(address: string): Promise<Invitation> {
  const { text = '' } = await site.post.next(address)
  const token = /^https:\/\/talk\.example\.com\/join#token=([\w-]{43})$/m.exec(text)?.[1]
  assert.ok(token, text)
  return { token, code: codeIn(text) }
}
const redeeming = (invitation: Invitation) => ({ ...invitation, device: testDevice, keep: 'token' })
const stateOf = async (personId: PersonId, where: Founded = andrew) => {
  const { members } = await site.act<{ members: Member[] }>(
    'member.get',
    { organizationId: where.organizationId, personIds: [personId] },
    where,
  )
  return members[0]?.state
}

test('G12-02 an invitation is a mail with a code and a link that leads to this server, where the app is', async () => {
  const address = newAddress()
  const { token } = await invite(await hireOne(address), address)
  assert.deepEqual(await site.act('invitation.get', { token }), {
    organizationName: 'Northwind',
    accent: '#2a5bd7',
    personName: 'Nancy Davolio',
    address,
  })
})

test('G12-03 the invitation’s code signs the person in and makes them a member who takes part, once', async () => {
  const address = newAddress()
  const personId = await hireOne(address)
  const invitation = await invite(personId, address)
  assert.equal(await stateOf(personId), 'invited')
  const nancy = await site.act<SignedIn>('invitation.redeem', redeeming(invitation))
  assert.equal(nancy.personId, personId)
  assert.equal(await stateOf(personId), 'active')
  const session = await site.act<Session>('session.get', {}, nancy)
  assert.partialDeepStrictEqual(session.memberships, [{ state: 'active', role: 'member', name: 'Nancy Davolio' }])
  const told = site.announced.findLast(({ topic }) => topic === `person:${personId}`)
  assert.partialDeepStrictEqual(told?.body, { name: 'membership.changed', personId, membership: { state: 'active' } })
  assert.equal((await site.refuse('invitation.redeem', redeeming(invitation))).code, 'invitation.ended')
  assert.equal((await site.refuse('invitation.get', { token: invitation.token })).code, 'invitation.ended')
})

test('G12-04 the invitation’s code is no way back in after signing out', async () => {
  const address = newAddress()
  const invitation = await invite(await hireOne(address), address)
  const nancy = await site.act<SignedIn>('invitation.redeem', redeeming(invitation))
  await site.act('session.end', {}, nancy)
  assert.equal((await site.refuse('invitation.redeem', redeeming(invitation))).code, 'invitation.ended')
  await signIn(site, address)
})

test('an invitation lives for a week', async () => {
  const [early, late] = [newAddress(), newAddress()]
  const [soon, never] = [await invite(await hireOne(early), early), await invite(await hireOne(late), late)]
  site.clock.advance(7 * dayMs - 1_000)
  await site.act('invitation.redeem', redeeming(soon))
  site.clock.advance(1_000)
  assert.equal((await site.refuse('invitation.redeem', redeeming(never))).code, 'invitation.ended')
})

test('five wrong codes end an invitation, and count against nobody’s address', async () => {
  const address = newAddress()
  const personId = await hireOne(address)
  const invitation = await invite(personId, address)
  const bad = redeeming({ ...invitation, code: wrong(invitation.code) })
  for (let guesses = 0; guesses < 4; guesses++)
    assert.equal((await site.refuse('invitation.redeem', bad)).code, 'code.wrong')
  assert.equal((await site.refuse('invitation.redeem', bad)).code, 'invitation.ended')
  assert.equal((await site.refuse('invitation.redeem', redeeming(invitation))).code, 'invitation.ended')
  await signIn(site, address)
})

test('G12-04 of a hundred devices that redeem one invitation at once, one gets in', async () => {
  const address = newAddress()
  const invitation = await invite(await hireOne(address), address)
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => site.ask('invitation.redeem', redeeming(invitation))),
  )
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
})

test('inviting again replaces the earlier invitation, but not within a minute', async () => {
  const address = newAddress()
  const personId = await hireOne(address)
  const first = await invite(personId, address)
  const input = { organizationId: andrew.organizationId, personIds: [personId] }
  assert.deepEqual(await site.act('member.invite', input, andrew), { count: 0 })
  site.clock.advance(60_000)
  const second = await invite(personId, address)
  assert.equal((await site.refuse('invitation.redeem', redeeming(first))).code, 'invitation.ended')
  await site.act('invitation.redeem', redeeming(second))
})

test('inviting nobody by name invites everybody who has not been invited yet, once', async () => {
  const school = await foundAnother(site, 'School', 'head@school.example')
  const people = Array.from({ length: 60 }, (_, index) => ({
    name: `P ${index}`,
    address: `p${index}@school.example`,
  }))
  await hire(site, school.organizationId, people)
  const input = { organizationId: school.organizationId }
  assert.deepEqual(await site.act('member.invite', input, school), { count: 60 })
  assert.deepEqual(await site.act('member.invite', input, school), { count: 0 })
  const tokens = await Promise.all(people.map(async ({ address }) => (await readInvitation(address)).token))
  assert.equal(new Set(tokens).size, 60)
})

test('a reaction that runs again sends nothing again', async () => {
  const address = newAddress()
  const invitation = await invite(await hireOne(address), address)
  const facts = await site.database.snapshot(
    (tx) => tx<{ id: number; body: object; at: string }>`
    select id, body, at from event where name = 'members.invited' order by id desc limit 1`,
  )
  const [fact] = facts.map((row) => ({ ...row, name: 'members.invited', organizationId: andrew.organizationId }))
  assert.ok(fact)
  const before = await site.database.snapshot((tx) => tx`select from dispatch`)
  await site.database.transaction((tx) => sendInvitations.run([fact], site, tx))
  assert.equal((await site.database.snapshot((tx) => tx`select from dispatch`)).length, before.length)
  await site.act('invitation.redeem', redeeming(invitation))
})

test('somebody who is nowhere else says yes by signing in', async () => {
  const address = newAddress()
  const personId = await hireOne(address)
  await signIn(site, address)
  assert.equal(await stateOf(personId), 'active')
})

test('G12-01 somebody of another organization says yes with the code of the invitation, and no older session leads in', async () => {
  const [known, fresh] = [newAddress(), newAddress()]
  await hireOne(known, elsewhere)
  await signIn(site, known)
  const knownId = await hireOne(known)
  const freshId = await hireOne(fresh)
  const { organizationId } = andrew
  const { members } = await site.act<{ members: Member[] }>(
    'member.get',
    { organizationId, personIds: [knownId, freshId] },
    andrew,
  )
  const [one, other] = members.map((member) => ({ ...member, personId: '', address: '' }))
  assert.deepEqual(one, other)
  const nancy = await signIn(site, known)
  assert.equal(await stateOf(knownId), 'invited')
  assert.equal((await site.refuse('organization.get', { organizationId }, nancy)).code, 'access.refused')
  const session = await site.act<Session>('session.get', {}, nancy)
  assert.deepEqual(
    session.memberships.map(({ organization, state }) => [organization.name, state]),
    [
      ['Elsewhere', 'active'],
      ['Northwind', 'invited'],
    ],
  )
  assert.equal((await site.refuse('invitation.accept', { organizationId }, nancy)).code, 'invitation.code-needed')
  const here = await letIn(site, await waiting(await invite(knownId, known)), nancy)
  assert.equal(await stateOf(knownId), 'active')
  await site.act('organization.get', { organizationId }, here)
  assert.equal((await site.refuse('session.get', {}, nancy)).code, 'session.required')
})

const waiting = async (invitation: Invitation) =>
  (await site.act<{ pairing: AskedPairing }>('invitation.redeem', redeeming(invitation))).pairing

test('G11-02 where a device is signed in, an invitation of another organization leads in with its security code alone', async () => {
  const address = newAddress()
  await hireOne(address, elsewhere)
  const first = await signIn(site, address)
  const personId = await hireOne(address)
  const invitation = await invite(personId, address)
  const { id: pairingId, secret } = await waiting(invitation)
  const complete = { pairingId, secret, keep: 'token' }
  assert.equal((await site.refuse('pairing.complete', complete)).code, 'pairing.unconfirmed')
  assert.equal(await stateOf(personId), 'invited')
  await site.act('session.get', {}, first)

  await site.act('pairing.refuse', { pairingId }, first)
  assert.equal((await site.refuse('pairing.complete', complete)).code, 'pairing.ended')
  // What was refused has not used the invitation up.
  const here = await letIn(site, await waiting(invitation), first)
  assert.equal(await stateOf(personId), 'active')
  assert.equal((await site.refuse('session.get', {}, first)).code, 'session.required')
  await site.act('organization.get', { organizationId: andrew.organizationId }, here)
  assert.equal((await site.refuse('invitation.redeem', redeeming(invitation))).code, 'invitation.ended')
})

test('G11-02 an invitation that was taken back while its sign-in waited leads into no organization', async () => {
  const address = newAddress()
  await hireOne(address, elsewhere)
  const first = await signIn(site, address)
  const personId = await hireOne(address)
  const pairing = await waiting(await invite(personId, address))
  site.clock.advance(60_000)
  const later = await invite(personId, address)
  await letIn(site, pairing, first)
  assert.equal(await stateOf(personId), 'invited')
  assert.ok((await waiting(later)).id)
})

test('the mailed code of an invitation is an answer too', async () => {
  const address = newAddress()
  await hireOne(address, elsewhere)
  const personId = await hireOne(address)
  const nancy = await site.act<SignedIn>('invitation.redeem', redeeming(await invite(personId, address)))
  assert.equal(await stateOf(personId), 'active')
  assert.equal(await stateOf(personId, elsewhere), 'invited')
  await site.act('session.get', {}, nancy)
})

test('who says no is asked no more, their invitation ends, and those who invited see nothing of it', async () => {
  const address = newAddress()
  await hireOne(address, elsewhere)
  const personId = await hireOne(address)
  const invitation = await invite(personId, address)
  const nancy = await signIn(site, address)
  const { organizationId } = andrew
  await site.act('invitation.decline', { organizationId }, nancy)
  const session = await site.act<Session>('session.get', {}, nancy)
  assert.ok(session.memberships.every(({ organization }) => organization.id !== organizationId))
  assert.equal((await site.refuse('invitation.redeem', redeeming(invitation))).code, 'invitation.ended')
  assert.equal(await stateOf(personId), 'invited')
  site.clock.advance(60_000)
  await site.act('invitation.redeem', redeeming(await invite(personId, address)))
  assert.equal(await stateOf(personId), 'active')
  assert.equal((await site.refuse('invitation.decline', { organizationId }, nancy)).code, 'access.refused')
})

test('nobody accepts or declines what they were not invited to', async () => {
  const outsider = await signIn(site, 'boss@elsewhere.example')
  for (const name of ['invitation.accept', 'invitation.decline'])
    assert.equal((await site.refuse(name, { organizationId: andrew.organizationId }, outsider)).code, 'access.refused')
})

test('an invitation goes to where the person signs in, never to an address that only a list names', async () => {
  const address = newAddress()
  await hireOne(address, elsewhere)
  const personId = await hireOne(address)
  await site.database.transaction(
    (tx) => tx`
    update member set address = 'attacker@northwind.example'
    where person_id = ${personId} and organization_id = ${andrew.organizationId}`,
  )
  await site.act('invitation.redeem', redeeming(await invite(personId, address)))
  assert.ok(site.post.received.every(({ to }) => to?.every((one) => one.address !== 'attacker@northwind.example')))
})

test('who has been taken out of the directory cannot come in with their invitation', async () => {
  const address = newAddress()
  const personId = await hireOne(address)
  const invitation = await invite(personId, address)
  await site.database.transaction(async (tx) => {
    const organization = await lockOrganization(tx, andrew.organizationId)
    assert.ok(organization)
    await deactivateMembers(tx, { organization, personIds: [personId] }, site.clock())
  })
  assert.equal((await site.refuse('invitation.redeem', redeeming(invitation))).code, 'invitation.ended')
})

test('an invitation brings somebody back in whose address a stranger has locked with wrong guesses', async () => {
  const address = newAddress()
  const personId = await hireOne(address)
  for (let requests = 0; requests < 2; requests++) {
    const { requestId } = await site.act<{ requestId: string }>('session.request-code', { address })
    const code = wrong(codeIn((await site.post.next(address)).text ?? ''))
    for (let guesses = 0; guesses < 5; guesses++)
      await site.refuse('session.start', { requestId, code, device: testDevice })
    site.clock.advance(60_000)
  }
  const { requestId } = await site.act<{ requestId: string }>('session.request-code', { address })
  const code = codeIn((await site.post.next(address)).text ?? '')
  assert.equal((await site.refuse('session.start', { requestId, code, device: testDevice })).code, 'code.limit')
  await site.act('invitation.redeem', redeeming(await invite(personId, address)))
})
