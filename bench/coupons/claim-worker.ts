import { clientFrame, opcodes } from '../load/frames.ts'
import { webSocketSpeech, type Dialect } from '../load/dialects.ts'
import { latencyOf } from '../load/latency.ts'
import { Link, type Turn } from '../load/link.ts'
import { Meter, Talker } from '../load/talker.ts'
import type { Claiming, Claimed, ClaimCall, Task } from './claims.ts'

/** The process that claims. It is told by its parent what to do, and ends with it. */
const [, , portText = ''] = process.argv
const port = Number(portText)
const FIRST_REQUEST = 100_000_000
const OPENED_IN_PARALLEL = 50

const links: Link[] = []
const turn: Turn = { dirty: new Set(), afterRead: flushAll }
let onAnswer = (_request: number, _answer: Answer) => {}

type Answer = { ok?: { id: string }; error?: { code: string } }

const dialect: Dialect = {
  path: '/v1/socket',
  headers: ({ client }) => `authorization: Bearer ${client.token}\r\n`,
  hello: () => JSON.stringify({ id: 1, do: 'sync.open', with: {} }),
  greet: () => ({ isGreeted: true }),
  count(bytes, start, end) {
    const isAnswer = bytes.toString('latin1', start, start + 6) === '{"id":'
    if (!isAnswer) return true // what they hear in their own logs
    const { id, ...answer } = JSON.parse(bytes.toString('utf8', start, end))
    onAnswer(id, answer)
    return true
  },
  post: () => '',
}
const makeSpeech = webSocketSpeech(dialect)

async function open(tokens: readonly string[]): Promise<void> {
  const meter = new Meter()
  const waiting = tokens.entries()
  const openSome = async () => {
    for (const [index, token] of waiting) {
      const link = new Link({ token, place: '' }, turn)
      links[index] = link
      await link.open(port, (opening) => makeSpeech(opening, new Talker(index, '', meter)))
    }
  }
  await Promise.all(Array.from({ length: OPENED_IN_PARALLEL }, openSome))
}

/** Closed loop: so many tasks are under way at once, each with all of its sendings at the same moment. */
function claim({ tasks, inFlight, ...where }: Claiming): Promise<Claimed> {
  const begin = performance.now()
  const under = new Map<number, { task: Task; index: number; left: number; at: number; outcomes: string[] }>()
  const outcomes: string[][] = []
  const answerMs: number[] = []
  let next = 0
  return new Promise((resolve) => {
    const start = () => {
      const task = tasks[next]
      if (!task) return
      const index = next++
      under.set(index, { task, index, left: task.sends, at: performance.now(), outcomes: [] })
      for (let nth = 0; nth < task.sends; nth++) say(index, nth)
    }
    const say = (index: number, nth: number) => {
      const task = tasks[index]
      if (!task) return
      const request = FIRST_REQUEST + index * 10 + nth
      const asked = { id: request, do: 'coupon.claim', with: { ...where, claimId: task.claimId } }
      links[task.client]?.say(clientFrame(opcodes.text, JSON.stringify(asked)))
    }
    onAnswer = (request, { ok, error }) => {
      const index = Math.floor((request - FIRST_REQUEST) / 10)
      const one = under.get(index)
      if (!one) return
      if (error?.code === 'server.busy') return say(index, (request - FIRST_REQUEST) % 10)
      one.outcomes.push(ok?.id ?? error?.code ?? 'nothing')
      answerMs.push(performance.now() - one.at)
      if (--one.left > 0) return
      under.delete(index)
      outcomes[index] = one.outcomes
      start()
      if (under.size === 0) {
        const seconds = (performance.now() - begin) / 1_000
        resolve({ seconds, outcomes, answerMs: latencyOf(answerMs) })
      }
    }
    for (let nth = 0; nth < inFlight; nth++) start()
    flushAll()
  })
}

function flushAll(): void {
  for (const link of turn.dirty) link.flush()
  turn.dirty.clear()
}

process.on('message', (call: ClaimCall) => {
  const work = 'tokens' in call ? open(call.tokens).then(() => ({})) : claim(call)
  work.then(
    (output) => process.send?.({ output }),
    (error: unknown) => process.send?.({ fault: String(error) }),
  )
})
process.on('disconnect', () => process.exit())
