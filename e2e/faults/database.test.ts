import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Message } from '../../protocol/conversations.ts'
import { startNode, type NodeProcess } from '../support/node-process.ts'
import { query, seedHouse, type House, type Signed } from '../support/people.ts'
import { familyOf, signalAll } from '../support/processes.ts'
import { listen, makeGroup, messagesIn, postOf, talkAgain, type Refused } from '../support/talker.ts'
import { until } from '../support/until.ts'
import { postStubbornly } from './stubborn.ts'

const stack = new AsyncDisposableStack()
let node: NodeProcess
before(async () => {
  node = stack.use(await startNode())
})
after(() => stack.disposeAsync())

type Place = House & { audienceId: string }
async function found(): Promise<Place> {
  const house = await seedHouse(node.databaseUrl, ['andrew', 'nancy'])
  return { ...house, ...(await makeGroup(node.url, house)) }
}
const andrewOf = ({ people: [andrew] }: Place): Signed => andrew ?? assert.fail('nobody is there')
const nancyOf = ({ people: [, nancy] }: Place): Signed => nancy ?? assert.fail('nobody is there')

type Posting = {
  acknowledged: Map<string, Message>
  refusals: Refused[]
  /** Lets it end, and waits for the last acknowledgement. */
  end(): Promise<void>
}
/** A hundred posts at any time. */
function startPosting(place: Place): Posting {
  const acknowledged: Posting['acknowledged'] = new Map()
  const refusals: Refused[] = []
  let isOver = false
  const posting = postStubbornly({
    connect: () => talkAgain(node.url, andrewOf(place)),
    inFlight: 100,
    next: () => (isOver ? undefined : postOf(place.organizationId, place.audienceId, 'Hello')),
    note: (message) => void acknowledged.set(message.id, message),
    noteAgain: (refused) => void refusals.push(refused),
  })
  return {
    acknowledged,
    refusals,
    end() {
      isOver = true
      return posting
    },
  }
}

/** Exactly what was acknowledged is stored, once and without a hole; each refusal says when to try again. */
async function check({ acknowledged, refusals }: Posting, { audienceId }: Place) {
  const rows = await query<{ id: string; messageNumber: number }>(
    node.databaseUrl,
    `select id, message_number::int as "messageNumber" from message where audience_id = $1 order by number`,
    [audienceId],
  )
  const byNumber = Array.from(acknowledged.values()).toSorted((a, b) => a.number - b.number)
  assert.deepEqual(
    rows.map(({ id }) => id),
    byNumber.map(({ id }) => id),
  )
  assert.deepEqual(
    rows.map(({ messageNumber }) => messageNumber),
    rows.map((_, index) => index + 1),
  )
  for (const { body } of refusals) {
    assert.ok(['server.unavailable', 'server.busy'].includes(body.code), body.code)
    assert.ok((body.retryAfterMs ?? 0) > 0, 'it does not say when to try again')
  }
}

async function isReady(): Promise<boolean> {
  const { ok } = await fetch(`${node.url}/readyz`)
  return ok
}

test('R4 PostgreSQL is killed under load: nothing is called stored that is not, and all goes on without a restart', async () => {
  const place = await found()
  const listener = await listen(node.url, nancyOf(place))
  const { pid } = node
  const posting = startPosting(place)
  for (let round = 1; round <= 2; round++) {
    const enough = posting.acknowledged.size + 500
    await until(() => posting.acknowledged.size > enough, 'posts are stored')
    const refusedBefore = posting.refusals.length
    signalAll(node.databasePids(), 'SIGKILL')
    await until(() => posting.refusals.length > refusedBefore, 'posts are refused')
    const acknowledgedBefore = posting.acknowledged.size
    await until(() => posting.acknowledged.size > acknowledgedBefore + 100, 'posts are stored again', 60_000)
  }
  await posting.end()
  await check(posting, place)
  assert.ok(node.isRunning && node.pid === pid, 'the server was ended by it')
  await until(isReady, 'the server is ready')
  const last = Math.max(...Array.from(posting.acknowledged.values(), ({ number }) => number))
  const isHeard = () => messagesIn(listener.frames).some(({ number }) => number === last)
  await until(isHeard, 'listeners go on hearing', 60_000)
  listener.close()
})

test('R4 after PostgreSQL was killed, stored jobs and reactions go on', async () => {
  signalAll(node.databasePids(), 'SIGKILL')
  const address = `someone.${Date.now()}@house.example`
  await seedAddress(address)
  const asked = await until(() => requestCode(address), 'a code can be asked for', 60_000)
  assert.ok(asked)
  await until(() => node.output.includes(address), 'the job has shown the code', 60_000)
})

test('R4 PostgreSQL stands still for seconds: nothing is acknowledged meanwhile, nothing is lost, all goes on', async () => {
  const place = await found()
  const posting = startPosting(place)
  await until(() => posting.acknowledged.size > 500, 'posts are stored')
  const pids = familyOf(node.databasePids()[0] ?? 0)
  signalAll(pids, 'SIGSTOP')
  try {
    await until(async () => !(await isReady()), 'the server says that it is not ready')
    const during = posting.acknowledged.size
    await until(async () => !(await isReady()), 'it still stands')
    assert.equal(posting.acknowledged.size, during, 'acknowledged while the database stood still')
  } finally {
    signalAll(pids, 'SIGCONT')
  }
  const afterwards = posting.acknowledged.size
  await until(() => posting.acknowledged.size > afterwards + 500, 'posts are stored again', 60_000)
  await posting.end()
  await check(posting, place)
  await until(isReady, 'the server is ready again')
})

async function seedAddress(address: string): Promise<void> {
  await until(async () => {
    const house = await seedHouse(node.databaseUrl, ['somebody']).catch(() => undefined)
    if (!house) return false
    await query(node.databaseUrl, 'update person_address set address = $1 where person_id = $2', [
      address,
      house.people[0]?.personId,
    ])
    return true
  }, 'somebody has this address')
}

async function requestCode(address: string): Promise<boolean> {
  const response = await fetch(`${node.url}/v1/session.request-code`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ address }),
  })
  assert.ok(response.ok || response.status === 503, `it answers ${response.status}`)
  return response.ok
}
