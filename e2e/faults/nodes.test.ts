import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test, type TestContext } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Message } from '../../protocol/conversations.ts'
import type { AudienceId } from '../../protocol/ids.ts'
import { connect, type Client } from '../../sdk/index.ts'
import { openEmptyDatabase } from '../../server/testing/database.ts'
import { send } from '../support/http.ts'
import { startNats, type NatsProcess } from '../support/nats-process.ts'
import { startNode, type NodeProcess } from '../support/node-process.ts'
import { query, seedHouse, type House, type Signed } from '../support/people.ts'
import { chooseSeed, createRandom } from '../support/random.ts'
import { listen, makeGroup, messagesIn, postOf, talk, talkAgain, type Talker } from '../support/talker.ts'
import { until } from '../support/until.ts'
import { postStubbornly } from './stubborn.ts'

const isNatsMissing = (process.env['SHOPTALK_TEST_MISSING'] ?? '').split(' ').includes('nats-server')
const skip = isNatsMissing ? 'nats-server is not installed' : false
const stack = new AsyncDisposableStack()
let nats: NatsProcess
let near: NodeProcess
let far: NodeProcess
let databaseUrl: string

before(async () => {
  if (skip) return
  const database = stack.use(await openEmptyDatabase())
  databaseUrl = database.url
  nats = stack.use(await startNats())
  const environment = {
    DATABASE_URL: databaseUrl,
    NATS_URL: nats.url,
    SHOPTALK_SECRET: randomBytes(32).toString('base64'),
  }
  near = stack.use(await startNode({ environment }))
  far = stack.use(await startNode({ environment }))
})
after(() => stack.disposeAsync())

type Place = House & { conversationId: string; audienceId: string }
/** An organization of its own with one group of all its people. */
async function found(count: number): Promise<Place> {
  const names = Array.from({ length: count }, (_, index) => `person${index}`)
  const house = await seedHouse(databaseUrl, names)
  return { ...house, ...(await makeGroup(near.url, house)) }
}
function nth({ people }: Place, index: number): Signed {
  const person = people[index]
  assert.ok(person)
  return person
}

async function storedIn({ audienceId }: Place): Promise<string[]> {
  const rows = await query<{ id: string }>(
    databaseUrl,
    'select id from message where audience_id = $1 order by number',
    [audienceId],
  )
  return rows.map(({ id }) => id)
}
const heardBy = (client: Client, { audienceId }: Place) =>
  client.state.logs.get(audienceId as AudienceId)?.messages.map(({ id }) => id) ?? [] // made by the server

/** A client of the SDK that is connected. */
async function open(context: TestContext, { url }: NodeProcess, { token }: Signed): Promise<Client> {
  const client = connect({ url, token, onFault: () => undefined })
  context.after(() => client.close())
  await until(() => client.status === 'open', 'the client is connected')
  return client
}
async function hearsAll(client: Client, place: Place, patienceMs: number) {
  const stored = await storedIn(place)
  await until(() => heardBy(client, place).at(-1) === stored.at(-1), 'the last message was heard', patienceMs)
  assert.deepEqual(heardBy(client, place), stored)
}

test('R3 what is posted on either node is heard on both, once, in one order', { skip }, async () => {
  const place = await found(4)
  const listeners = [await listen(near.url, nth(place, 2)), await listen(far.url, nth(place, 3))]
  const posters = [await talk(near.url, nth(place, 0)), await talk(far.url, nth(place, 1))]
  await Promise.all(
    posters.flatMap((poster) =>
      Array.from({ length: 100 }, () =>
        poster.ask('message.post', postOf(place.organizationId, place.audienceId, 'Hello')),
      ),
    ),
  )
  const stored = await storedIn(place)
  assert.equal(stored.length, 200)
  for (const listener of listeners) {
    await until(() => messagesIn(listener.frames).length >= 200, 'all were heard')
    const heard = messagesIn(listener.frames).toSorted((a, b) => a.number - b.number)
    assert.deepEqual(
      heard.map(({ id }) => id),
      stored,
    )
  }
  for (const talker of [...listeners, ...posters]) talker.close()
})

test(
  'R3 NATS away for three seconds: all is heard within ten seconds after its return, then at once',
  { skip },
  async (context) => {
    const place = await found(2)
    const client = await open(context, far, nth(place, 1))
    const poster = await talk(near.url, nth(place, 0))
    const post = () => poster.ask('message.post', postOf(place.organizationId, place.audienceId, 'Hello'))
    await nats.stop()
    const returns = performance.now() + 3_000
    while (performance.now() < returns) {
      await post()
      await setTimeout(20)
    }
    await nats.start()
    await hearsAll(client, place, 10_000)
    await post()
    await hearsAll(client, place, 10_000)
    poster.close()
  },
)

test(
  'R3 the loss of only the last message is found by comparing heads, also while NATS stays away',
  { skip },
  async (context) => {
    const place = await found(2)
    const client = await open(context, far, nth(place, 1))
    const poster = await talk(near.url, nth(place, 0))
    await nats.stop()
    context.after(() => nats.start())
    await poster.ask('message.post', postOf(place.organizationId, place.audienceId, 'The last one'))
    await hearsAll(client, place, 7_000)
    poster.close()
  },
)

test(
  'R2 what a killed node had committed and told nobody is heard on the other, and a retry there finds it',
  { skip },
  async (context) => {
    const random = createRandom(chooseSeed())
    context.diagnostic(`seed ${random.seed}`)
    const place = await found(2)
    const client = await open(context, far, nth(place, 1))
    for (let round = 0; round < 2; round++) await killNear(place, random.below(400))
    await hearsAll(client, place, 10_000)
  },
)

/** Kills the near node while posts are under way; those that were not answered are sent again to the far one. */
async function killNear(place: Place, killAfter: number) {
  const { promise: mayKill, resolve: kill } = Promise.withResolvers<void>()
  const acknowledged = new Map<string, Message>()
  let url = near.url
  let isKilled = false
  const posting = postStubbornly({
    connect: () => talkAgain(url, nth(place, 0)),
    inFlight: 200,
    next: () => (isKilled ? undefined : postOf(place.organizationId, place.audienceId, 'Hello')),
    note(message) {
      acknowledged.set(message.id, message)
      if (acknowledged.size > killAfter) kill()
    },
  })
  await mayKill
  isKilled = true
  url = far.url
  await near.kill()
  await posting
  const rows = await query<{ id: string; number: number }>(
    databaseUrl,
    'select id, number::int from message where audience_id = $1',
    [place.audienceId],
  )
  const numbers = new Map(rows.map(({ id, number }) => [id, number]))
  assert.equal(numbers.size, rows.length, 'a message is stored twice')
  for (const { id, number } of acknowledged.values()) assert.equal(numbers.get(id), number)
  await near.start()
}

for (const isNatsAway of [false, true]) {
  const presence = isNatsAway ? 'away' : 'there'
  test(
    `S3 whoever is revoked on one node hears nothing on the other a second later, NATS ${presence}`,
    { skip },
    async (context) => {
      const place = await found(8)
      if (isNatsAway) {
        await nats.stop()
        context.after(() => nats.start())
      }
      await checkRevocations(place)
    },
  )
}

/** How long after a revocation something may still be said to the revoked. */
const REVOKED_WITHIN_MS = 1_000

type Way = { name: string; ends: boolean; revoke(place: Place, victim: Signed): Promise<unknown> }
const ways: readonly Way[] = [
  {
    name: 'device.revoke',
    ends: true,
    revoke: (_place, victim) => send(near.url, victim, 'device.revoke', { deviceId: victim.deviceId }),
  },
  { name: 'session.end', ends: true, revoke: (_place, victim) => send(near.url, victim, 'session.end', {}) },
  {
    name: 'member.remove',
    ends: true,
    revoke: (place, victim) =>
      send(near.url, nth(place, 0), 'member.remove', {
        organizationId: place.organizationId,
        personId: victim.personId,
      }),
  },
  {
    name: 'conversation.remove-members',
    ends: false,
    revoke: (place, victim) =>
      send(near.url, nth(place, 0), 'conversation.remove-members', {
        organizationId: place.organizationId,
        conversationId: place.conversationId,
        personIds: [victim.personId],
      }),
  },
]

/** While messages, typing and marks flow on both nodes. */
async function checkRevocations(place: Place) {
  const victims = ways.map((_, index) => nth(place, 3 + index))
  const heard = await Promise.all(victims.map((victim) => listen(far.url, victim)))
  const deaf = await Promise.all(victims.map((victim) => talk(far.url, victim)))
  const flow = [
    startFlow(place, await talk(near.url, nth(place, 1))),
    startFlow(place, await talk(far.url, nth(place, 2))),
  ]
  await until(() => heard.every(({ frames }) => frames.some(isSaidIn(place))), 'it flows to all victims')
  const revokedAt = await Promise.all(
    ways.map(async ({ revoke }, index) => {
      const victim = victims[index]
      assert.ok(victim)
      await revoke(place, victim)
      return performance.now()
    }),
  )
  await setTimeout(2 * REVOKED_WITHIN_MS) // it goes on flowing
  await Promise.all(flow.map((stop) => stop()))
  for (const [index, { name, ends }] of ways.entries()) {
    const limit = (revokedAt[index] ?? 0) + REVOKED_WITHIN_MS
    const late = (heard[index]?.frames ?? []).filter(isSaidIn(place)).filter((frame) => saidAt(frame) > limit)
    assert.deepEqual(
      late.map(({ text }) => text),
      [],
      `${name}: heard ${late.length} frames too late`,
    )
    if (!ends) continue
    assert.equal(await heard[index]?.closed, 4101, `${name} left the listening connection open`)
    assert.equal(await deaf[index]?.closed, 4101, `${name} left a connection open that did not listen`)
  }
  for (const talker of [...heard, ...deaf]) talker.close()
}

const isSaidIn =
  ({ audienceId }: Place) =>
  ({ text }: Talker['frames'][number]) =>
    text.includes(audienceId) && !text.includes('"members.changed"')

/** When a message was sent to the server, as it says itself; of what passes, when it arrived. */
function saidAt({ text, atMs }: Talker['frames'][number]): number {
  return Number(/"text":"([\d.]+)"/.exec(text)?.[1] ?? atMs)
}

function startFlow({ organizationId, audienceId }: Place, talker: Talker): () => Promise<void> {
  const flowing = { isOver: false }
  const inside = { organizationId, audienceId }
  async function flow() {
    while (!flowing.isOver) {
      const { messageNumber } = await talker.ask<Message>(
        'message.post',
        postOf(organizationId, audienceId, String(performance.now())),
      )
      await talker.ask('typing.start', inside)
      await talker.ask('audience.mark', { ...inside, read: messageNumber })
      await setTimeout(10)
    }
    talker.close()
  }
  const ended = flow()
  return () => {
    flowing.isOver = true
    return ended
  }
}
