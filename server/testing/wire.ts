import { once } from 'node:events'
import { BlockList } from 'node:net'
import { pino } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import { WebSocket } from 'ws'
import type { ErrorBody } from '../../protocol/errors.ts'
import { createIdentify } from '../platform/caller.ts'
import type { Actor } from '../platform/command.ts'
import type { Executor } from '../platform/execute.ts'
import { createHttp } from '../platform/http.ts'
import { createMetrics } from '../platform/metrics.ts'
import { Refusal } from '../platform/refusal.ts'
import { attachWebSockets } from '../platform/websocket.ts'

/** Asks from outside: over a WebSocket, one for each who asks; by HTTP what goes that way alone. */
export type Wire = {
  ask(actor: Actor, command: string, input: object): Promise<unknown>
  [Symbol.asyncDispose](): Promise<void>
}

type Line = { socket: WebSocket; waiting: Map<string, PromiseWithResolvers<unknown>> }
type Answer = { id: string; ok?: unknown; error?: ErrorBody }

export async function openWire(executor: Executor): Promise<Wire> {
  const actors = new Map<string, Actor>()
  const publicUrl = 'https://talk.example.com'
  const identify = createIdentify({
    authenticate: async (token) => actors.get(token),
    operatorToken: uuidv7(),
    publicUrl,
    trustedProxies: new BlockList(),
  })
  const log = pino({ level: 'silent' })
  const shared = { executor, identify, log, metrics: createMetrics(), isDraining: () => false }
  const http = await createHttp({ ...shared, publicUrl, webFolder: import.meta.dirname })
  const sockets = attachWebSockets(http.server, {
    ...shared,
    handle: async (_connection, _request, run, answer) => answer(await run()),
    onOpen: () => undefined,
    onClose: () => undefined,
  })
  const url = await http.listen({ port: 0, host: '127.0.0.1' })

  function headersOf(actor: Actor): Record<string, string> {
    if (actor.kind === 'nobody') return {}
    const token = uuidv7()
    actors.set(token, actor)
    return { authorization: `Bearer ${token}` }
  }

  async function askByHttp(actor: Actor, command: string, input: object): Promise<unknown> {
    const headers = { ...headersOf(actor), 'content-type': 'application/json' }
    const response = await fetch(`${url}/v1/${command}`, { method: 'POST', headers, body: JSON.stringify(input) })
    const body: unknown = await response.json()
    if (response.ok) return body
    throw refusalOf(body as ErrorBody)
  }

  const lines = new Map<Actor, Promise<Line>>()
  function lineOf(actor: Actor): Promise<Line> {
    const line = lines.get(actor) ?? connect(`${url.replace('http', 'ws')}/v1/socket`, headersOf(actor))
    lines.set(actor, line)
    return line
  }

  return {
    async ask(actor, command, input) {
      if (executor.find(command)?.over === 'http') return askByHttp(actor, command, input)
      const { socket, waiting } = await lineOf(actor)
      const id = uuidv7()
      const answer = Promise.withResolvers<unknown>()
      waiting.set(id, answer)
      socket.send(JSON.stringify({ id, do: command, with: input }))
      return answer.promise
    },
    async [Symbol.asyncDispose]() {
      for (const line of lines.values()) (await line).socket.terminate()
      sockets.close()
      await http.close()
    },
  }
}

async function connect(url: string, headers: Record<string, string>): Promise<Line> {
  const socket = new WebSocket(url, { headers })
  await once(socket, 'open')
  const waiting: Line['waiting'] = new Map()
  socket.on('message', (data) => {
    if (!Buffer.isBuffer(data)) return
    const { id, ok, error } = JSON.parse(data.toString('utf8')) as Answer
    const asked = waiting.get(id)
    waiting.delete(id)
    if (error) asked?.reject(refusalOf(error))
    else asked?.resolve(ok)
  })
  return { socket, waiting }
}

const refusalOf = ({ code, ...more }: ErrorBody) => new Refusal(code, more)
