import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import type { ConversationView, Message } from '../../../protocol/conversations.ts'
import { DeviceId, PersonId } from '../../../protocol/ids.ts'
import { features } from '../../all-features.ts'
import { createSetupLink } from '../../operator-commands.ts'
import type { Actor } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { Connection } from '../../platform/websocket.ts'
import { names, type Name } from '../../testing/cast.ts'
import { playCoupons } from '../../testing/coupon-scene.ts'
import { textsIn } from '../../testing/frames.ts'
import { openWorld, type World } from '../../testing/world.ts'
import { cases, type Scene } from '../../testing/leak-cases.ts'

/**
 * Andrew owns everything; Nancy is in the group and hears the broadcast. Janet hears the broadcast alone, and not what
 * is said there without her. Robert was in the group. The outsider administers another organization. One is invited to
 * all of it and has not accepted, one was in all of it and has been removed, and one has no session.
 */
const strangers = ['robert', 'outsider', 'invited', 'removed', 'nobody'] as const
type Stranger = (typeof strangers)[number] | 'janet'

/** What people wrote, and the ids of what they wrote it in; nobody but them may ever be sent it. */
type Canaries = { group: string[]; broadcast: string[]; narrowed: string[]; organization: string[] }

let world: World
let scene: Scene
let actors: Record<Stranger, Actor>
const canaries: Canaries = { group: [], broadcast: [], narrowed: [], organization: [] }
const frames: Record<string, string[]> = {}

before(async () => {
  world = await openWorld([...features, { name: 'operator', definitions: [createSetupLink] }])
  const [invited, removed] = [await hire('invited'), await hire('active')]
  const { cast } = world
  const person = (name: Name) => cast[name].actor
  actors = {
    robert: person('robert'),
    janet: person('janet'),
    outsider: person('outsider'),
    invited,
    removed,
    nobody: { kind: 'nobody' },
  }
  for (const name of names) frames[name] = world.ears[name].frames
  await listen('invited', invited)
  await listen('removed', removed)
  scene = await play({ invited: invited.personId, removed: removed.personId })
})
after(() => world[Symbol.asyncDispose]())

type Someone = Actor & { kind: 'person' }
async function hire(state: 'invited' | 'active'): Promise<Someone> {
  const personId = PersonId.parse(uuidv7())
  const deviceId = DeviceId.parse(uuidv7())
  await world.database.transaction(async (tx) => {
    await tx`insert into person (id, created_at) values (${personId}, now())`
    await tx`
      insert into device (id, person_id, name, class, token_hash, created_at, seen_at)
      values (${deviceId}, ${personId}, 'Test', 'desktop', ${Buffer.from(deviceId)}, now(), now())`
    await tx`
      insert into member (organization_id, person_id, name, address, state, created_at)
      values (
        ${world.cast.organizationId}, ${personId}, ${`canary-${state}`}, ${`${personId}@northwind.example`}, ${state},
        now())`
  })
  canaries.organization.push(`canary-${state}`)
  return { kind: 'person', personId, deviceId }
}

async function listen(name: string, actor: Someone): Promise<void> {
  const mine: string[] = []
  frames[name] = mine
  const connection: Connection = {
    actor,
    backlog: 0,
    heardAt: Number.MAX_SAFE_INTEGER,
    send: (bytes) => void mine.push(...textsIn(bytes)),
    ping: () => undefined,
    close: () => undefined,
    terminate: () => undefined,
  }
  const run = () => execute(actor, 'sync.open', {})
  await world.delivery.handle(connection, { name: 'sync.open', input: {} }, run, (opened) => {
    mine.push(JSON.stringify(opened))
  })
}

const execute = (actor: Actor, command: string, input: object) =>
  world.executor.execute(command, input, {
    actor,
    source: '127.0.0.1',
    transport: world.executor.find(command)?.over ?? 'websocket',
  })

function canary(of: keyof Canaries): string {
  const word = `canary-${of}-${canaries[of].length}`
  canaries[of].push(word)
  return word
}

/** All that can be said and done in a conversation, by those who are in it. */
async function play(people: { invited: PersonId; removed: PersonId }): Promise<Scene> {
  const { cast } = world
  const inside = { organizationId: cast.organizationId }
  const [andrew, nancy] = [cast.andrew.actor, cast.nancy.actor]
  const make = async (kind: 'group' | 'broadcast', personIds: readonly string[]) => {
    const input = { ...inside, conversationId: uuidv7(), kind, name: canary(kind), personIds }
    return (await execute(andrew, 'conversation.create', input)) as ConversationView
  }
  const everybody = [cast.nancy.personId, people.invited, people.removed]
  const group = await make('group', [...everybody, cast.robert.personId])
  const broadcast = await make('broadcast', [...everybody, cast.janet.personId])
  await leave({ inside, group, broadcast, people })
  const audienceOf = ({ audiences }: ConversationView) => audiences[0]?.id ?? ''
  const narrowed = await narrow(inside, broadcast)
  const say = (of: keyof Canaries) => [{ type: 'text', text: canary(of) }]
  const post = async (actor: Actor, of: 'group' | 'broadcast', more: object = {}) => {
    const audienceId = audienceOf(of === 'group' ? group : broadcast)
    const input = { ...inside, audienceId, id: uuidv7(), parts: say(of), ...more }
    return (await execute(actor, 'message.post', input)) as Message
  }
  const first = await post(nancy, 'group')
  await post(andrew, 'group', { replyTo: first.number })
  const announced = await post(andrew, 'broadcast')
  const without = await speakWithout({ inside, audienceId: narrowed, parts: say('narrowed'), again: say('narrowed') })
  const message = { ...inside, audienceId: audienceOf(group), number: first.number }
  await execute(nancy, 'message.edit', { ...message, parts: say('group') })
  await execute(andrew, 'message.react', { ...message, emoji: '🎉', isOn: true })
  await execute(nancy, 'audience.mark', { ...inside, audienceId: audienceOf(group), read: 2 })
  await execute(nancy, 'audience.mark', { ...inside, audienceId: audienceOf(broadcast), read: 1 })
  await execute(nancy, 'typing.start', { ...inside, audienceId: audienceOf(group) })
  for (const [of, { id }] of [['group', group] as const, ['broadcast', broadcast] as const])
    await execute(andrew, 'conversation.rename', { ...inside, conversationId: id, name: canary(of) })
  await world.delivery.settled()
  canaries.group.push(group.id, audienceOf(group), first.id)
  canaries.broadcast.push(broadcast.id, audienceOf(broadcast))
  canaries.narrowed.push(narrowed, without.id)
  return {
    organizationId: cast.organizationId,
    otherOrganizationId: cast.otherOrganizationId,
    group: { conversationId: group.id, audienceId: audienceOf(group), number: first.number },
    broadcast: { conversationId: broadcast.id, audienceId: audienceOf(broadcast), number: announced.number },
    narrowed: { conversationId: broadcast.id, audienceId: narrowed, number: without.number },
    personId: cast.nancy.personId,
    deviceId: cast.nancy.deviceId,
    ownConversationId: uuidv7(),
    ...(await writeDown(inside, group)),
    ...(await playCoupons((command, input) => execute(andrew, command, input), {
      ...inside,
      audienceId: audienceOf(group),
    })),
  }
}

type Inside = { organizationId: string }
/** Everybody but Janet. */
async function narrow(inside: Inside, broadcast: ConversationView): Promise<string> {
  const selection = { rule: 'except', personIds: [world.cast.janet.personId] }
  const input = { ...inside, conversationId: broadcast.id, selection }
  return Object(await execute(world.cast.andrew.actor, 'audience.narrow', input)).audienceId
}

type Speech = { inside: Inside; audienceId: string; parts: object[]; again: object[] }
async function speakWithout({ inside, audienceId, parts, again }: Speech): Promise<Message> {
  const { andrew, nancy } = world.cast
  const said = (await execute(andrew.actor, 'message.post', { ...inside, audienceId, id: uuidv7(), parts })) as Message
  const place = { ...inside, audienceId, number: said.number }
  await execute(andrew.actor, 'message.edit', { ...place, parts: again })
  await execute(andrew.actor, 'message.react', { ...place, emoji: '🎉', isOn: true })
  await execute(nancy.actor, 'audience.mark', { ...inside, audienceId, read: 1 })
  await execute(nancy.actor, 'typing.start', { ...inside, audienceId })
  return said
}

/** Somebody outside whom Andrew looks after, and a code that leads into the group. */
async function writeDown(inside: { organizationId: string }, group: ConversationView) {
  const andrew = world.cast.andrew.actor
  const contact = {
    ...inside,
    name: canary('organization'),
    addresses: [`${canary('organization')}@customers.example`],
  }
  const { personId: contactId } = (await execute(andrew, 'contact.create', contact)) as { personId: string }
  const code = { ...inside, kind: 'group', subjectId: group.id, codeId: uuidv7(), place: canary('organization') }
  await execute(andrew, 'code.create', code)
  return { contactId, codeId: code.codeId }
}

type Leaving = {
  inside: { organizationId: string }
  group: ConversationView
  broadcast: ConversationView
  people: { removed: PersonId }
}
/** Before anything is said: Robert leaves the group, and one leaves altogether. What they got until then is theirs. */
async function leave({ inside, group, people }: Leaving): Promise<void> {
  const andrew = world.cast.andrew.actor
  const personIds = [world.cast.robert.personId]
  await execute(andrew, 'conversation.remove-members', { ...inside, conversationId: group.id, personIds })
  await execute(andrew, 'member.remove', { ...inside, personId: people.removed })
  await world.delivery.settled()
  for (const heard of Object.values(frames)) heard.splice(0)
}

const said = (words: readonly string[]) => words.filter((word) => word.startsWith('canary-'))

/** What this stranger may not learn. Who was or will be in a conversation may know its id, and nothing that is said. */
function forbidden(stranger: Stranger): string[] {
  const { group, broadcast, narrowed, organization } = canaries
  const outside = organization.filter((word) => word.startsWith('canary-organization'))
  const others = [...narrowed, ...outside]
  if (stranger === 'janet') return [...group, ...others]
  if (stranger === 'robert') return [...said(group), ...broadcast, ...others]
  if (stranger === 'invited') return [...said(group), ...said(broadcast), ...others]
  if (stranger === 'removed') return [...said(group), ...said(broadcast), ...others, 'canary-invited']
  return [...group, ...broadcast, ...narrowed, ...organization]
}

const findIn = (text: string, words: readonly string[]) => words.filter((word) => text.includes(word))

for (const stranger of ['janet', 'robert', 'outsider', 'invited', 'removed'] as const) {
  test(`S2 in the frames that went to ${stranger} is nothing of what they are not in`, () => {
    const heard = frames[stranger] ?? []
    assert.deepEqual(findIn(heard.join('\n'), forbidden(stranger)), [])
  })
}

test('S2 the canaries are alive: those who are in it were sent all of them', () => {
  const words = (of: keyof Canaries) => said(canaries[of]).slice(1)
  assert.deepEqual(findIn((frames['nancy'] ?? []).join('\n'), words('group')), words('group'))
  assert.deepEqual(findIn((frames['janet'] ?? []).join('\n'), words('broadcast')), words('broadcast'))
  assert.deepEqual(findIn((frames['nancy'] ?? []).join('\n'), said(canaries.narrowed)), said(canaries.narrowed))
})

test('S2 G3-05 in the frames of a broadcast nothing shows its listeners to each other', () => {
  const heard = (frames['janet'] ?? []).filter((frame) => frame.includes(scene.broadcast.audienceId))
  assert.ok(heard.length > 0)
  assert.deepEqual(findIn(heard.join('\n'), [world.cast.nancy.personId, world.cast.nancy.deviceId]), [])
})

test('S1 every command has its case here', () => {
  const names = world.executor.definitions.map(({ name }) => name)
  assert.deepEqual(
    Object.keys(cases).toSorted(),
    names.toSorted(),
    'say in leak-cases.ts what strangers get of a new command',
  )
})

/** The answer as it would go out, and the code of a refusal. */
async function answerTo(actor: Actor, command: string, input: object): Promise<{ text: string; code?: string }> {
  try {
    return { text: JSON.stringify(await execute(actor, command, input)) }
  } catch (error) {
    if (!(error instanceof Refusal)) throw new Error(`${command} ${JSON.stringify(input)}`, { cause: error })
    return { text: JSON.stringify(error.toBody()), code: error.code }
  }
}

/** What a stranger may be told: that it is not theirs, or that there is no such thing. */
const silent = new Set([
  'access.refused',
  'session.required',
  'member.not-found',
  'setup.token-wrong',
  'invitation.ended',
  'pairing.ended',
  'code.wrong',
  'directory.leave-refused',
  'passkey.refused',
  'sign-in.ended',
  'schedule.not-found',
  'contact.not-found',
  'scan.unknown',
  'campaign.not-found',
  'coupon.not-found',
  'coupon.redemption-not-found',
  'media.not-found',
])

for (const stranger of strangers) {
  test(`S1 S2 whatever ${stranger} asks of what is not theirs is refused, tells nothing and changes nothing`, async () => {
    let rows = await fingerprint()
    for (const [command, { input, closedTo = [] }] of Object.entries(cases)) {
      const asked = input(scene)
      const { text, code } = await answerTo(actors[stranger], command, asked)
      assert.notEqual(code, 'input.invalid', `${command}: the case does not fit the contract: ${text}`)
      const echoed = JSON.stringify(asked)
      const leaked = findIn(text, forbidden(stranger)).filter((word) => !echoed.includes(word))
      assert.deepEqual(leaked, [], `${command} told ${text}`)
      const isOpen = !(closedTo as readonly string[]).includes(stranger)
      if (isOpen) rows = await fingerprint() // they may do this, with what is their own
      if (isOpen) continue
      assert.ok(silent.has(code ?? 'nothing'), `${command} answered ${text}`)
      assert.deepEqual(await fingerprint(), rows, `${command} changed something`)
    }
  })
}

test('S1 S2 an administrator of another organization reaches nothing here by naming their own', async () => {
  const rows = await fingerprint()
  for (const [command, { input, isFounding }] of Object.entries(cases)) {
    const asked = input({ ...scene, organizationId: scene.otherOrganizationId })
    if (isFounding) continue
    const { text } = await answerTo(actors.outsider, command, asked)
    const echoed = JSON.stringify(asked)
    const leaked = findIn(text, forbidden('outsider')).filter((word) => !echoed.includes(word))
    assert.deepEqual(leaked, [], `${command} told ${text}`)
    assert.deepEqual(await fingerprint(), rows, `${command} changed something`)
  }
})

test('S1 G3-03 G3-05 a listener of a broadcast reads it, and does nothing else to it', async () => {
  const rows = await fingerprint()
  for (const [command, { input, listeners }] of Object.entries(cases)) {
    if (!listeners) continue
    const { text, code } = await answerTo(actors.janet, command, input({ ...scene, group: scene.broadcast }))
    assert.deepEqual(findIn(text, [world.cast.nancy.personId]), [], `${command} told ${text}`)
    if (listeners === 'read') assert.equal(code, undefined, `${command} answered ${text}`)
    else assert.ok(['access.refused', 'broadcast.one-way'].includes(code ?? 'nothing'), `${command} answered ${text}`)
    assert.deepEqual(await fingerprint(), rows, `${command} changed something`)
  }
})

test('S1 S2 G6-01 whatever one who was left out asks is answered as if there were no such audience', async () => {
  const rows = await fingerprint()
  let asked = 0
  for (const [command, { input }] of Object.entries(cases)) {
    if (!JSON.stringify(input({ ...scene, group: scene.narrowed })).includes(scene.narrowed.audienceId)) continue
    asked++
    const answerAbout = (group: Scene['narrowed']) => answerTo(actors.janet, command, input({ ...scene, group }))
    const theirs = await answerAbout(scene.narrowed)
    const nothing = await answerAbout({ ...scene.narrowed, audienceId: uuidv7() })
    assert.notEqual(theirs.code, undefined, `${command} answered ${theirs.text}`)
    assert.deepEqual(theirs, nothing, command)
    assert.deepEqual(await fingerprint(), rows, `${command} changed something`)
  }
  assert.ok(asked > 10)
})

/** All that the organization's people have; each change of it shows. */
async function fingerprint(): Promise<Record<string, string>> {
  const { organizationId } = world.cast
  const [found] = await world.database.snapshot(
    (tx) => tx<Record<string, string>>`
      select
        (select md5(string_agg(organization::text, ',' order by id)) from organization
          where id = ${organizationId}) as organization,
        (select md5(string_agg(member::text, ',' order by person_id)) from member
          where organization_id = ${organizationId}) as members,
        (select md5(string_agg(conversation::text, ',' order by id)) from conversation
          where organization_id = ${organizationId}) as conversations,
        (select md5(string_agg(audience::text, ',' order by id)) from audience
          where organization_id = ${organizationId}) as audiences,
        (select md5(string_agg(membership::text, ',' order by conversation_id, person_id))
          from membership) as memberships,
        (select md5(string_agg(span::text, ',' order by conversation_id, person_id, from_version))
          from membership_interval as span) as intervals,
        (select md5(string_agg(nesting::text, ',' order by outer_id, inner_id)) from nesting) as nestings,
        (select md5(string_agg(message::text, ',' order by audience_id, number)) from message) as messages,
        (select md5(string_agg(audience_event::text, ',' order by audience_id, number)) from audience_event) as events,
        (select md5(string_agg(reaction::text, ',' order by audience_id, number, emoji, person_id))
          from reaction) as reactions,
        (select md5(string_agg(named::text, ',' order by audience_id, person_id))
          from audience_person as named) as named,
        (select md5(string_agg(scheduled::text, ',' order by audience_id, author_id, id))
          from scheduled_message as scheduled) as scheduled,
        (select md5(string_agg(mark::text, ',' order by audience_id, person_id)) from mark) as marks,
        (select md5(string_agg(outsider::text, ',' order by person_id)) from outsider
          where organization_id = ${organizationId}) as outsiders,
        (select md5(string_agg(contact::text, ',' order by person_id)) from contact
          where organization_id = ${organizationId}) as contacts,
        (select md5(string_agg(consent::text, ',' order by id)) from consent) as consents,
        (select md5(string_agg(code::text, ',' order by id)) from code) as codes,
        (select md5(string_agg(outsider_rules::text, ',')) from outsider_rules
          where organization_id = ${organizationId}) as rules,
        (select md5(string_agg(dispatch::text, ',' order by id)) from dispatch
          where organization_id = ${organizationId}) as dispatches,
        (select md5(string_agg(device::text, ',' order by id)) from device
          where person_id = ${scene.personId}) as devices`,
  )
  return found ?? {}
}
