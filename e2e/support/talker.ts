import { once } from 'node:events'
import { v7 as uuidv7 } from 'uuid'
import { WebSocket } from 'ws'
import type { ConversationView, Message } from '../../protocol/conversations.ts'
import type { ErrorBody } from '../../protocol/errors.ts'
import type { Signed } from './people.ts'
import { untilBack } from './until.ts'

/** What the server refused, or what the loss of the connection left open (`connection.lost`). */
export class Refused extends Error {
  readonly body: Pick<ErrorBody, 'code' | 'message' | 'retryAfterMs'>
  constructor(body: Refused['body']) {
    super(`${body.code}: ${body.message}`)
    this.body = body
  }
}

/** A connection as it goes over the wire: what was asked, and every frame that came without being asked for. */
export type Talker = {
  readonly socket: WebSocket
  /** Frames that answer nothing, as text, in the order of their arrival. */
  readonly frames: { text: string; atMs: number }[]
  /** The code of its close. */
  readonly closed: Promise<number>
  ask<T = unknown>(command: string, input: object): Promise<T>
  close(): void
}

const LOST = { code: 'server.unavailable', message: 'The connection was lost.' } as const

export async function talk(url: string, { token }: Pick<Signed, 'token'>): Promise<Talker> {
  const headers = { authorization: `Bearer ${token}` }
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/socket`, { headers, perMessageDeflate: false })
  const frames: Talker['frames'] = []
  const asked = new Map<number, PromiseWithResolvers<unknown>>()
  const { promise: closed, resolve: noteClosed } = Promise.withResolvers<number>()
  let lastId = 0
  socket.on('message', (data: Buffer) => {
    const text = data.toString()
    const frame = JSON.parse(text)
    const waiting = 'ok' in frame || 'error' in frame ? asked.get(frame.id) : undefined
    if (!waiting) frames.push({ text, atMs: performance.now() })
    else if ('ok' in frame) waiting.resolve(frame.ok)
    else waiting.reject(new Refused(frame.error))
    if (waiting) asked.delete(frame.id)
  })
  socket.on('close', (code) => {
    for (const waiting of asked.values()) waiting.reject(new Refused(LOST))
    noteClosed(code)
  })
  const opened = once(socket, 'open')
  socket.on('error', () => undefined) // the close that follows says it
  await opened
  return {
    socket,
    frames,
    closed,
    async ask<T>(command: string, input: object) {
      const id = ++lastId
      const waiting = Promise.withResolvers<unknown>()
      asked.set(id, waiting)
      if (socket.readyState !== WebSocket.OPEN) waiting.reject(new Refused(LOST))
      else socket.send(JSON.stringify({ id, do: command, with: input }))
      return (await waiting.promise) as T // the contract is checked elsewhere
    },
    close: () => socket.close(),
  }
}

/** Connects as often as it takes, for as long as servers may need to come back. */
export async function talkAgain(url: string, who: Pick<Signed, 'token'>): Promise<Talker> {
  return untilBack(() => talk(url, who).catch(() => false as const), 'the server takes connections')
}

/** Connects and begins to listen. */
export async function listen(url: string, who: Pick<Signed, 'token'>): Promise<Talker> {
  const talker = await talk(url, who)
  await talker.ask('sync.open', {})
  return talker
}

/** A group of these people, owned by the first, made as people make one. */
export async function makeGroup(
  url: string,
  { organizationId, people }: { organizationId: string; people: readonly Signed[] },
  kind: 'group' | 'broadcast' = 'group',
): Promise<{ conversationId: string; audienceId: string }> {
  const [owner, ...others] = people
  if (!owner) throw new Error('A group needs an owner.')
  const talker = await talk(url, owner)
  const view = await talker.ask<ConversationView>('conversation.create', {
    organizationId,
    conversationId: uuidv7(),
    kind,
    name: 'Faults',
    personIds: others.map(({ personId }) => personId),
  })
  talker.close()
  return { conversationId: view.id, audienceId: view.audiences[0]?.id ?? '' }
}

export const postOf = (organizationId: string, audienceId: string, words: string) => ({
  organizationId,
  audienceId,
  id: uuidv7(),
  parts: [{ type: 'text', text: words }],
})

/** The messages in what was heard, in order. */
export const messagesIn = (frames: Talker['frames']): Message[] =>
  frames
    .map(({ text }) => JSON.parse(text))
    .filter(({ name }) => name === 'message.posted')
    .map(({ message }) => message)
