import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import type { Message } from '../../protocol/conversations.ts'
import type { AudienceId, MessageId } from '../../protocol/ids.ts'
import { connect, viewOf, viewOfSnapshot, type Client, type MessageLog } from '../../sdk/index.ts'
import type { OpenedSync } from '../../protocol/delivery.ts'
import { startNode, type NodeProcess } from '../support/node-process.ts'
import { query, seedHouse, type House, type Signed } from '../support/people.ts'
import { createRandom, type Random } from '../support/random.ts'
import { makeGroup, postOf, talk, talkAgain, type Talker } from '../support/talker.ts'
import { until, untilBack } from '../support/until.ts'
import { postStubbornly } from './stubborn.ts'

export type Victim = 'server' | 'server and database'
/** One round for each victim. */
export type KillOptions = {
  victims: readonly Victim[]
  random: Random
  tell(line: string): void
  /** A database of the test's own instead of the server's, which then is not among the victims. */
  databaseUrl?: string
}
export type Figures = {
  victim: Victim
  posts: number
  acknowledgedBeforeKill: number
  sentAgain: number
  backAfterMs: number
}

/**
 * Raw connections with so many posts under way each, a thousand in all; and clients of the SDK, which send in order.
 */
const SOCKETS = 16
const POSTS_PER_SOCKET = 63
const CLIENTS = 4
const POSTS_PER_CLIENT = 12
/** The kill comes after so many acknowledgements at most. */
const KILL_AFTER_MAX = 2_000

type Place = { node: NodeProcess; house: House; audienceIds: readonly string[]; clients: readonly Client[] }
type Told = { outboxes: MessageId[][]; acknowledged: Map<string, Message> }

/**
 * Kills while a thousand posts are under way, starts again, lets everybody go on, and compares what was acknowledged
 * with what is stored and with what everybody sees.
 */
export async function runKillRounds({ victims, random, tell, databaseUrl }: KillOptions): Promise<Figures[]> {
  tell(`seed ${random.seed}`)
  await using node = await startNode({ environment: databaseUrl ? { DATABASE_URL: databaseUrl } : {} })
  const names = Array.from({ length: SOCKETS + CLIENTS }, (_, index) => `person${index}`)
  const house = await seedHouse(node.databaseUrl, names)
  const inside = { ...house, people: house.people }
  const groups = [await makeGroup(node.url, inside), await makeGroup(node.url, inside)]
  const clients = house.people.slice(SOCKETS).map(({ token }) => connect({ url: node.url, token, onFault: () => {} }))
  const place = { node, house, audienceIds: groups.map(({ audienceId }) => audienceId), clients }
  const figures: Figures[] = []
  const told: Told = { outboxes: [], acknowledged: new Map() }
  try {
    for (const [index, victim] of victims.entries()) {
      const result = await runRound(place, { victim, random, told })
      figures.push(result)
      const { posts, acknowledgedBeforeKill, sentAgain, backAfterMs } = result
      tell(
        `  round ${index + 1}: kill -9 of the ${victim} after ${acknowledgedBeforeKill} of ${posts}, ` +
          `back after ${Math.round(backAfterMs)} ms, ` +
          `${sentAgain} sent again, nothing lost, nothing twice, one order`,
      )
    }
  } finally {
    for (const client of clients) client.close()
  }
  return figures
}

type Round = { victim: Victim; random: Random; told: Told }

async function runRound(place: Place, { victim, random, told }: Round): Promise<Figures> {
  const { node, house, audienceIds, clients } = place
  await untilBack(() => clients.every(isConnected), 'all clients are connected')
  const killAfter = random.below(KILL_AFTER_MAX)
  // How many choices are made depends on the speed of this machine; the next round's moment must not.
  const choices = createRandom(random.below(2 ** 31))
  const { promise: mayKill, resolve: kill } = Promise.withResolvers<void>()
  const before = told.acknowledged.size
  let sentAgain = 0
  let isKilled = false
  const note = (message: Message) => {
    assert.ok(!told.acknowledged.has(message.id), 'acknowledged twice')
    told.acknowledged.set(message.id, message)
    if (told.acknowledged.size - before > killAfter) kill()
  }
  const posters = house.people.slice(0, SOCKETS)
  const ready: (Talker | undefined)[] = await Promise.all(posters.map((who) => talkAgain(node.url, who)))
  const posting = posters.map((who, index) =>
    postStubbornly({
      connect: () => ready.splice(index, 1, undefined)[0] ?? talkAgain(node.url, who),
      inFlight: POSTS_PER_SOCKET,
      next: () => (isKilled ? undefined : postOf(house.organizationId, choices.pick(audienceIds), `of ${who.name}`)),
      note,
      noteAgain: () => void sentAgain++,
    }),
  )
  const outboxes = clients.map((client) => postThrough(client, random.pick(audienceIds), note))
  told.outboxes.push(...outboxes.map((posts) => posts.map(({ id }) => id)))
  await mayKill
  isKilled = true
  const acknowledgedBeforeKill = told.acknowledged.size - before
  const killedAt = performance.now()
  await (victim === 'server' ? node.kill() : node.killWithDatabase())
  await node.start()
  const backAfterMs = performance.now() - killedAt
  await untilBack(() => clients.every(isConnected), 'all clients have come back')
  await Promise.all([...posting, ...outboxes.flat().map(({ acknowledged }) => acknowledged)])
  if (node.databasePids().length > 0) await checkDurability(node.databaseUrl)
  await checkStored(place, told)
  await checkSeen(place)
  return { victim, posts: told.acknowledged.size - before, acknowledgedBeforeKill, sentAgain, backAfterMs }
}

/** Somebody who does not want to wait until the next attempt is due. */
function isConnected(client: Client): boolean {
  if (client.status !== 'open') client.reconnect()
  return client.status === 'open'
}

/** Into the outbox, which sends them one after the other, and again where the connection was lost. */
function postThrough(client: Client, audienceId: string, note: (message: Message) => void) {
  return Array.from({ length: POSTS_PER_CLIENT }, (_, index) => {
    const parts = [{ type: 'text' as const, text: `outbox ${index}` }]
    const id = client.post({ audienceId: audienceId as AudienceId, parts }) // the type brands what the server made
    return { id, acknowledged: client.acknowledged(id).then(note) }
  })
}

async function checkDurability(databaseUrl: string): Promise<void> {
  const shown = await query<{ setting: string }>(
    databaseUrl,
    `select current_setting('fsync') || ' ' || current_setting('synchronous_commit') as setting`,
  )
  assert.deepEqual(shown, [{ setting: 'on on' }])
}

type Row = { audienceId: string; id: string; authorId: string; number: number; messageNumber: number }
const readRows = (databaseUrl: string) =>
  query<Row>(
    databaseUrl,
    `select audience_id as "audienceId", id, author_id as "authorId", number::int,
       message_number::int as "messageNumber"
     from message order by audience_id, number`,
  )

/** Every acknowledged message is there once, at the place that was acknowledged, and the numbers have no holes. */
async function checkStored({ node, audienceIds }: Place, { outboxes, acknowledged }: Told): Promise<void> {
  const rows = await readRows(node.databaseUrl)
  const byId = new Map(rows.map((row) => [row.id, row]))
  assert.equal(byId.size, rows.length, 'a message is stored twice')
  assert.equal(rows.length, acknowledged.size, 'something is stored that nobody sent, or lost that was')
  for (const { audienceId, id, authorId, number, messageNumber } of acknowledged.values()) {
    assert.deepEqual(byId.get(id), { audienceId, id, authorId, number, messageNumber }, 'not as it was acknowledged')
  }
  for (const audienceId of audienceIds) {
    const log = rows.filter((row) => row.audienceId === audienceId)
    assert.deepEqual(
      log.map(({ messageNumber }) => messageNumber),
      range(1, log.length),
    )
    const events = await query<{ number: number }>(
      node.databaseUrl,
      `select number::int from message where audience_id = $1
       union all select number::int from audience_event where audience_id = $1 order by 1`,
      [audienceId],
    )
    assert.deepEqual(
      events.map(({ number }) => number),
      range(1, events.length),
      'the log has a hole',
    )
  }
  for (const ids of outboxes) {
    const places = ids.map((id) => byId.get(id)?.number ?? 0)
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
      'an outbox was not sent in its order',
    )
  }
}

const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index)

/** All clients that were there all the time see the order that is stored, and know what a fresh snapshot says. */
async function checkSeen({ node, house, audienceIds, clients }: Place): Promise<void> {
  const rows = await readRows(node.databaseUrl)
  for (const [index, client] of clients.entries()) {
    const who = house.people[SOCKETS + index]
    assert.ok(who)
    for (const audienceId of audienceIds) {
      const expected = rows.filter((row) => row.audienceId === audienceId)
      const log = await upTo(client, audienceId as AudienceId, expected.at(-1)?.number ?? 0) // made by the server
      const seen = expected.filter(({ number }) => number >= log.from).map(({ id }) => id)
      assert.deepEqual(
        log.messages.map(({ id }) => id),
        seen,
        'a client sees another order',
      )
    }
    await agrees(node.url, who, client)
  }
}

/** What a client has heard; it asks for a page where it was away for so long that it was told the head alone. */
async function upTo(client: Client, audienceId: AudienceId, head: number): Promise<MessageLog> {
  // However long that takes on a machine that is busy: it shall come about.
  await untilBack(
    () => client.state.audiences.get(audienceId)?.lastNumber === head,
    'a client has heard the last message',
  )
  if (client.state.logs.get(audienceId)?.messages.at(-1) === undefined) await client.history(audienceId)
  return client.state.logs.get(audienceId) ?? assert.fail('a client has no messages')
}

async function agrees(url: string, who: Signed, client: Client): Promise<void> {
  const talker = await talk(url, who)
  try {
    await until(async () => isDeepStrictEqual(viewOf(client.state), await fresh(talker)), 'a client knows what is so')
  } catch {
    assert.deepEqual(viewOf(client.state), await fresh(talker), 'a client does not know what is so')
  } finally {
    talker.close()
  }
}

const fresh = async (talker: Talker) => viewOfSnapshot(await talker.ask<OpenedSync>('sync.open', {}))
