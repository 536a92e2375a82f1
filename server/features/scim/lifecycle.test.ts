import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import type { ConversationView, Message } from '../../../protocol/conversations.ts'
import type { ImportPreview } from '../../../protocol/structure.ts'
import { features } from '../../all-features.ts'
import { openScimStage, type ScimStage } from '../../testing/scim-stage.ts'
import { signIn } from '../../testing/sign-in.ts'
import { openSite, type Site } from '../../testing/site.ts'

/*
 * Somebody joins, moves, leaves and comes back, told by each source that pushes: the same must come of it. What comes
 * by LDAP is shown beside its own tests.
 */
let site: Site
before(async () => {
  site = await openSite(features)
})
after(() => site[Symbol.asyncDispose]())

type Place = { name: string; manager?: string | undefined }
/** Makes the staff of an organization what it is told. */
type Source = { name: string; tell(stage: ScimStage, mark: string, staff: readonly Place[]): Promise<void> }

const address = ({ name }: Pick<Place, 'name'>, mark: string) => `${name.toLowerCase()}@${mark}.example`

async function goneFrom(stage: ScimStage, staff: readonly Place[]): Promise<string[]> {
  const staying = new Set(staff.map(({ name }) => name))
  const gone = (await stage.members()).filter((one) => !staying.has(one.name) && one.role !== 'owner')
  return gone.map(({ personId }) => personId)
}

const byList: Source = {
  name: 'a list',
  async tell({ organizationId, administrator }, mark, staff) {
    const from = { token: administrator.token }
    const lines = staff.map((one) => `${one.name},${address(one, mark)},${one.manager ?? ''}`)
    const content = Buffer.from(['name,email,manager', ...lines].join('\n')).toString('base64')
    const file = { organizationId, fileName: 'staff.csv', content }
    const { digest } = await site.act<ImportPreview>('import.preview', file, from)
    await site.act('import.apply', { ...file, importId: randomUUID(), digest }, from)
  },
}
const byHand: Source = {
  name: 'hand',
  async tell(stage, mark, staff) {
    const { organizationId } = stage
    const from = { token: stage.administrator.token }
    for (const { name, manager } of staff) {
      const members = await stage.members()
      const managerId = members.find((one) => one.name === manager)?.personId ?? null
      const known = members.find((one) => one.name === name)
      if (known) await site.act('member.change', { organizationId, personId: known.personId, managerId }, from)
      else await site.act('member.add', { organizationId, name, address: address({ name }, mark), managerId }, from)
    }
    for (const personId of await goneFrom(stage, staff))
      await site.act('member.remove', { organizationId, personId }, from)
  },
}
const byScim: Source = {
  name: 'SCIM',
  async tell(stage, mark, staff) {
    const find = async (name: string) => {
      const filter = encodeURIComponent(`userName eq "${address({ name }, mark)}"`)
      const { body } = await stage.ask('GET', `/Users?filter=${filter}`)
      return (body['Resources'] as { id: string }[])[0]?.id
    }
    const extension = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
    for (const { name, manager } of staff) {
      const user = {
        userName: address({ name }, mark),
        displayName: name,
        active: true,
        ...(manager && { [extension]: { manager: { value: address({ name: manager }, mark) } } }),
      }
      const id = await find(name)
      const write = () => (id ? stage.ask('PUT', `/Users/${id}`, user) : stage.ask('POST', '/Users', user))
      let { status } = await write()
      while (status === 503) status = (await write()).status // as providers do
      assert.equal(status, id ? 200 : 201)
    }
    await stage.settled()
    for (const personId of await goneFrom(stage, staff)) {
      const off = { Operations: [{ op: 'replace', value: { active: false } }] }
      assert.equal((await stage.ask('PATCH', `/Users/${personId}`, off)).status, 200)
    }
  },
}

for (const source of [byList, byHand, byScim]) {
  test(`G1-01 G1-02 G1-03 G1-05 by ${source.name}: who joins, moves, leaves and comes back, and what the groups do`, async () => {
    const mark = source.name.replace(/\W/g, '').toLowerCase()
    const stage = await openScimStage(site, mark)
    const inside = { organizationId: stage.organizationId }
    const staff: Place[] = [
      { name: 'Head' },
      { name: 'Lead', manager: 'Head' },
      { name: 'Clerk', manager: 'Lead' },
      { name: 'Nurse', manager: 'Head' },
    ]
    await source.tell(stage, mark, staff)
    const team = async (name: string) => (await stage.groups()).find((group) => group.startsWith(`${name}’s team`))
    assert.equal(await team('Head'), 'Head’s team: Head Lead Nurse')
    assert.equal(await team('Lead'), 'Lead’s team: Clerk Lead')

    // The lead has a session, and a group and a conversation of their own.
    const lead = await signIn(site, `lead@${mark}.example`)
    const nurse = await signIn(site, `nurse@${mark}.example`)
    const as = ({ token }: { token: string }) => ({ token })
    const [leadMember, nurseMember] = [await stage.member('Lead'), await stage.member('Nurse')]
    const make = (name: string, personIds: readonly string[]) =>
      site.act<ConversationView>(
        'conversation.create',
        { ...inside, conversationId: uuidv7(), kind: 'group', name, personIds },
        as(lead),
      )
    const fair = await make('Fair', [nurseMember.personId])
    const audienceId = fair.audiences[0]?.id ?? ''
    const said = { ...inside, audienceId, id: uuidv7(), parts: [{ type: 'text', text: 'See you there' }] }
    await site.act('message.post', said, as(lead))

    const withoutLead: Place[] = [
      { name: 'Head' },
      { name: 'Clerk', manager: 'Nurse' },
      { name: 'Nurse', manager: 'Head' },
      { name: 'Fresh', manager: 'Nurse' },
    ]
    await source.tell(stage, mark, withoutLead)
    assert.equal(await team('Head'), 'Head’s team: Head Nurse')
    assert.equal(await team('Nurse'), 'Nurse’s team: Clerk Fresh Nurse')
    assert.equal(await team('Lead'), undefined)
    // The session has ended, the group has gone to the manager, and what was said is there.
    assert.equal((await site.refuse('session.get', {}, as(lead))).code, 'session.required')
    const kept = await site.act<ConversationView>('conversation.get', { ...inside, conversationId: fair.id }, as(nurse))
    assert.deepEqual(kept.ownerIds, [(await stage.member('Head')).personId])
    const { messages } = await site.act<{ messages: Message[] }>(
      'message.history',
      { ...inside, audienceId },
      as(nurse),
    )
    assert.equal(messages.length, 1)

    await source.tell(stage, mark, [...withoutLead, { name: 'Lead', manager: 'Nurse' }])
    const back = await stage.member('Lead')
    assert.deepEqual([back.personId, back.state], [leadMember.personId, 'invited'])
    assert.equal(await team('Nurse'), 'Nurse’s team: Clerk Fresh Lead Nurse')
    const again = await signIn(site, `lead@${mark}.example`)
    const refused = await site.refuse('conversation.get', { ...inside, conversationId: fair.id }, as(again))
    assert.equal(refused.code, 'access.refused')
  })
}

test('G1-03 a group without anybody above its owner goes to who leads the organization', async () => {
  const stage = await openScimStage(site, 'top')
  const { organizationId } = stage
  await byScim.tell(stage, 'top', [{ name: 'Solo' }, { name: 'Friend' }])
  const solo = await signIn(site, 'solo@top.example')
  const personIds = [(await stage.member('Friend')).personId]
  const input = { organizationId, conversationId: uuidv7(), kind: 'group', name: 'Two', personIds }
  const { id: conversationId } = await site.act<ConversationView>('conversation.create', input, { token: solo.token })
  await byScim.tell(stage, 'top', [{ name: 'Friend' }])
  const from = { token: stage.administrator.token }
  const { ownerIds } = await site.act<ConversationView>('conversation.get', { organizationId, conversationId }, from)
  assert.deepEqual(ownerIds, [stage.administrator.personId])
})

test('G1-04 who follows a directory group cannot leave it, and its owner cannot change its members or its name', async () => {
  const stage = await openScimStage(site, 'rules')
  const { organizationId } = stage
  const id = await stage.write('Mia')
  const other = await stage.write('Noa')
  const made = await stage.ask('POST', '/Groups', { displayName: 'Shift', members: [{ value: id }] })
  await stage.settled()
  const conversationId = String(made.body['id'])
  const inside = { organizationId, conversationId }
  const mia = { token: (await signIn(site, 'mia@rules.example')).token }
  const owner = { token: stage.administrator.token }
  const code = async (name: string, input: object, from: { token: string }) =>
    (await site.refuse(name, input, from)).code
  const follows = 'conversation.follows-directory'
  assert.equal(await code('conversation.leave', inside, mia), follows)
  assert.equal(await code('conversation.add-members', { ...inside, personIds: [other] }, owner), follows)
  assert.equal(await code('conversation.remove-members', { ...inside, personIds: [id] }, owner), follows)
  assert.equal(await code('conversation.rename', { ...inside, name: 'Mine' }, owner), follows)
  const view = await site.act<ConversationView>('conversation.get', inside, owner)
  assert.deepEqual([view.origin, view.may.manage, view.may.leave], ['directory', false, false])
  assert.equal(await code('member.remove', { organizationId, personId: id }, mia), 'directory.leave-refused')
})
