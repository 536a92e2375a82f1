import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import type { ConversationView, Message } from '../protocol/conversations.ts'
import { PersonId } from '../protocol/ids.ts'
import { features } from './all-features.ts'
import { hashToken } from './features/identity/index.ts'
import { createSetupLink } from './operator-commands.ts'
import { access, type Access } from './testing/access-table.ts'
import { makeCast, type Cast } from './testing/cast.ts'
import { playCoupons } from './testing/coupon-scene.ts'
import { cases, type Scene } from './testing/leak-cases.ts'
import { openSite, type From, type Site } from './testing/site.ts'

/**
 * Everybody who could try, each as strong as may be without the right: the owner of another organization; somebody who
 * was administrator here, owned the group, and has left; somebody from outside who is in no conversation; an agent
 * without a queue; a member who is in no conversation; an administrator who is no owner; the owner of everything, on a
 * device that was revoked; and nobody.
 */
const tryers = ['elsewhere', 'left', 'contact', 'agent', 'member', 'administrator', 'revoked', 'anonymous'] as const
type Tryer = (typeof tryers)[number]

let site: Site
let cast: Cast
let scene: Scene
const from = {} as Record<Tryer | 'owner' | 'nancy', From>

before(async () => {
  site = await openSite([...features, { name: 'operator', definitions: [createSetupLink] }])
  cast = await makeCast(site.database)
  from.owner = await sessionOf(cast.andrew.personId)
  from.nancy = await sessionOf(cast.nancy.personId)
  from.revoked = await sessionOf(cast.andrew.personId, site.clock())
  from.elsewhere = await sessionOf(cast.outsider.personId)
  from.left = await sessionOf(cast.janet.personId)
  from.agent = await sessionOf(cast.steven.personId)
  from.member = await sessionOf(cast.robert.personId)
  const contactId = await makePerson()
  from.contact = await sessionOf(contactId)
  const administratorId = await makePerson()
  from.administrator = await sessionOf(administratorId)
  from.anonymous = {}
  await site.database.transaction(async (tx) => {
    await tx`
      insert into member (organization_id, person_id, name, address, role, state, created_at) values
        (${cast.organizationId}, ${administratorId}, 'admin', 'admin@northwind.example', 'administrator', 'active',
          now())`
    await tx`
      insert into outsider (organization_id, person_id, name, state, created_at)
      values (${cast.organizationId}, ${contactId}, 'guest', 'active', now())`
    await tx`update member set is_agent = true where person_id = ${cast.steven.personId}`
    await tx`update member set role = 'administrator' where person_id = ${cast.janet.personId}`
  })
  scene = await play()
})
after(() => site[Symbol.asyncDispose]())

async function makePerson(): Promise<PersonId> {
  const personId = PersonId.parse(uuidv7())
  await site.database.transaction((tx) => tx`insert into person (id, created_at) values (${personId}, now())`)
  return personId
}

/** On a phone: the computer of the cast is signed in already. */
async function sessionOf(personId: PersonId, revokedAt: Date | null = null): Promise<From> {
  const token = `session-of-${uuidv7()}`
  await site.database.transaction(
    (tx) => tx`
      insert into device (id, person_id, name, class, token_hash, created_at, seen_at, revoked_at)
      values (${uuidv7()}, ${personId}, 'Test', 'mobile', ${hashToken(token)}, ${site.clock()}, ${site.clock()},
        ${revokedAt})`,
  )
  return { token }
}

/** What there is to reach for, in a group of Andrew's and Nancy's. Janet owned it too, until she left. */
async function play(): Promise<Scene> {
  const { organizationId, otherOrganizationId, nancy, janet, andrew } = cast
  const inside = { organizationId }
  const make = (kind: 'group' | 'broadcast') =>
    site.act<ConversationView>(
      'conversation.create',
      { ...inside, conversationId: uuidv7(), kind, name: kind, personIds: [nancy.personId, janet.personId] },
      from.owner,
    )
  const [group, broadcast] = [await make('group'), await make('broadcast')]
  const owners = { ...inside, conversationId: group.id, personIds: [andrew.personId, janet.personId] }
  await site.act('conversation.set-owners', owners, from.owner)
  await site.act('member.remove', { ...inside, personId: janet.personId }, from.owner)
  from.left = await sessionOf(janet.personId) // leaving has ended the one before
  const place = async ({ id, audiences }: ConversationView) => {
    const audienceId = audiences[0]?.id ?? ''
    const message = { ...inside, audienceId, id: uuidv7(), parts: [{ type: 'text', text: 'Hello' }] }
    const { number } = await site.act<Message>('message.post', message, from.owner)
    return { conversationId: id, audienceId, number }
  }
  const outside = { ...inside, name: 'Maria', addresses: ['maria@customers.example'] }
  const { personId: contactId } = await site.act<{ personId: string }>('contact.create', outside, from.owner)
  const codeId = uuidv7()
  const code = { ...inside, kind: 'group', subjectId: group.id, codeId }
  await site.act('code.create', code, from.owner)
  const [ofGroup, ofBroadcast] = [await place(group), await place(broadcast)]
  const coupons = await playCoupons((command, input) => site.act(command, input, from.owner), {
    ...inside,
    audienceId: ofGroup.audienceId,
  })
  return {
    ...inside,
    ...coupons,
    otherOrganizationId,
    group: ofGroup,
    broadcast: ofBroadcast,
    narrowed: ofBroadcast,
    personId: nancy.personId,
    deviceId: nancy.deviceId,
    ownConversationId: uuidv7(),
    contactId,
    codeId,
  }
}

/** Whether this one must be refused. */
function isRefused(tryer: Tryer, who: Access): boolean {
  if (tryer === 'revoked') return true
  if (typeof who === 'object') return tryer === 'anonymous' && 'session' in who
  if (tryer === 'administrator') return who === 'operator' || who === 'owners'
  if (tryer === 'contact') return who !== 'members and contacts'
  if (tryer === 'member' || tryer === 'agent') return who !== 'members' && who !== 'members and contacts'
  return true
}

/** That it is not theirs, or that there is no such thing. Anything else would say that they were let in. */
const refusals = new Set([
  'access.refused',
  'session.required',
  'directory.leave-refused',
  'schedule.not-found',
  'contact.not-found',
  'scan.unknown',
  'campaign.not-found',
  'coupon.not-found',
  'coupon.redemption-not-found',
])

test('S1 every command says in one line who may use it', () => {
  const names = site.executor.definitions.map(({ name }) => name)
  assert.deepEqual(
    Object.keys(access).toSorted(),
    names.toSorted(),
    'A new command needs two lines: who may use it, in server/testing/access-table.ts (for example ' +
      "'coupon.issue': 'administrators'), and a sound request for it, in server/testing/leak-cases.ts.",
  )
})

test('S1 every command is refused to everybody who has no right to it, and changes no row of any table', async () => {
  let rows = await fingerprint()
  let count = 0
  for (const [command, who] of Object.entries(access)) {
    const asked = cases[command]?.input(scene) ?? {}
    for (const tryer of tryers.filter((one) => isRefused(one, who))) {
      const code = await attempt(tryer, command, asked)
      assert.ok(
        refusals.has(code),
        `${command} by ${tryer} answered ${code}. Either its allow lets them in, or its line in ` +
          'server/testing/access-table.ts promises too little.',
      )
      count++
    }
    const now = await fingerprint()
    assert.deepEqual(now, rows, `${command} changed rows although it was refused to everybody who tried`)
    rows = now
  }
  assert.ok(count > 300, `only ${count} attempts were made`)
})

test('S1 the requests are sound: whoever has the right is let in by them, as far as one request tells', async () => {
  const faults: string[] = []
  for (const [command, who] of Object.entries(access)) {
    if (typeof who === 'object' || site.executor.find(command)?.over === 'websocket') continue
    if (endings.has(command)) continue
    const codes: string[] = []
    for (const [rightful, place] of rightfulFor(who)) {
      const { status, body } = await site.ask(command, cases[command]?.input(place) ?? {}, rightful)
      codes.push(status === 200 ? 'ok' : String(Object(body).code))
    }
    if (codes.every((code) => refusals.has(code) || code === 'input.invalid'))
      faults.push(`${command}: ${codes.join()}`)
  }
  assert.deepEqual(faults, [], 'their cases in server/testing/leak-cases.ts prove nothing: nobody is let in')
})

/** Some concern broadcasts, and what is done here before changes who owns what. */
const rightfulFor = (who: Access): [From, Scene][] =>
  who === 'operator'
    ? [[{ token: site.operatorToken }, scene]]
    : [
        [from.owner, scene],
        [from.owner, { ...scene, group: scene.broadcast, broadcast: scene.group }],
        [from.nancy, scene],
      ]

/** These would end what the others need, or concern what one has made oneself. */
const endings = new Set([
  'member.remove',
  'member.release-devices',
  'conversation.leave',
  'schedule.cancel',
  'message.edit',
  'message.missed',
  'contact.remove',
])

async function attempt(tryer: Tryer, command: string, asked: object): Promise<string> {
  const { token } = from[tryer]
  const isSocketOnly = site.executor.find(command)?.over === 'websocket'
  if (isSocketOnly && tryer === 'revoked') return 'session.required' // no connection is opened for it
  if (!isSocketOnly) {
    const { status, body } = await site.ask(command, asked, from[tryer])
    return status === 200 ? 'ok' : String(Object(body).code)
  }
  const actor = token ? await site.actorOf(token) : ({ kind: 'nobody' } as const)
  return site.executor.execute(command, asked, { actor, source: '198.51.100.1', transport: 'websocket' }).then(
    () => 'ok',
    (error: unknown) => String(Object(error).code),
  )
}

/** Of every table there is, what it holds; each change of a row shows. */
async function fingerprint(): Promise<Record<string, string>> {
  const [found] = await site.database.snapshot(
    (tx) => tx<{ tables: Record<string, string> }>`
      select jsonb_object_agg(table_name, query_to_xml(format(
        'select count(*), sum(hashtextextended(t::text, 0)::numeric) from %s as t', table_name), false, true, '')::text
      ) as tables
      from (
        select c.oid::regclass::text as table_name from pg_class as c
        where c.relkind in ('r', 'p') and c.relnamespace in (select oid from pg_namespace
          where nspname in ('public', 'graphile_worker'))
      ) as every`,
  )
  return found?.tables ?? {}
}
