import { clientFrame, FrameScanner, opcodes } from './frames.ts'
import type { Link, MakeSpeech, Speech } from './link.ts'
import { blankId } from './message-id.ts'
import type { SendTo } from './messages.ts'
import { FIRST_REQUEST, TEXT, type Talker } from './talker.ts'
import { openRequest, readOpened, type Missed } from './sync.ts'

type Greeting = { say?: string; isGreeted: boolean; missed?: Missed }

/** What is said over a WebSocket, above its frames. */
export type Dialect = {
  path: string
  /** Lines of the opening request. */
  headers?(link: Link): string
  /** Said first, before anything was heard. */
  hello?(link: Link): string
  /** Hears what comes before the greeting is over; answers with what to say, and whether that was it. */
  greet?(text: string, link: Link): Greeting
  /** Counts a frame, by looking at some of its bytes. False: it is neither a message nor an answer. */
  count(bytes: Buffer, start: number, end: number, talker: Talker): boolean
  /** Anything else: what is to be said to it, if anything. */
  reply?(text: string, talker: Talker): string | undefined
  post(to: SendTo): string
}

const letters = { d: 0x64, e: 0x65, i: 0x69, m: 0x6d, n: 0x6e, o: 0x6f, p: 0x70, quote: 0x22 }
const digits = { two: 0x32, three: 0x33, four: 0x34 }

const SHOPTALK_ID_AT = '{"name":"message.posted","message":{"id":"'.length
const SHOPTALK_REQUEST_AT = '{"id":'.length
const SHOPTALK_OUTCOME_AT = '{"id":123456789,"'.length

export const shoptalk: Dialect = {
  path: '/v1/socket',
  headers: ({ client }) => `authorization: Bearer ${client.token}\r\n`,
  hello: (link) => openRequest(link.known),
  greet(text, link) {
    const { known, missed } = readOpened(text, link.known)
    link.known = known
    return { isGreeted: true, missed }
  },
  count(bytes, start, end, talker) {
    const kind = bytes[start + 2]
    if (kind === letters.n) {
      const isMessage = bytes[start + 9] === letters.m && bytes[start + 17] === letters.p
      if (!isMessage || bytes[start + SHOPTALK_ID_AT - 1] !== letters.quote) return false
      if (talker.deliver(bytes, start + SHOPTALK_ID_AT)) parse(bytes, start, end, talker)
      return true
    }
    if (kind !== letters.i) return false
    const sequence = numberAt(bytes, start + SHOPTALK_REQUEST_AT, 9) - FIRST_REQUEST
    talker.sender?.answer(sequence, bytes[start + SHOPTALK_OUTCOME_AT] === letters.o)
    return true
  },
  /** A client would ask for the difference now. Here it explains why a message did not come. */
  reply(text, { client, meter }) {
    if (text.startsWith('{"state":"heads"')) meter.fault(`client ${client} was given a hint instead of a message`)
    return undefined
  },
  post: ({ organizationId, place }) =>
    JSON.stringify({
      id: FIRST_REQUEST,
      do: 'message.post',
      with: { organizationId, audienceId: place, id: blankId, parts: [{ type: 'text', text: TEXT }] },
    }),
}

function parse(bytes: Buffer, start: number, end: number, { meter, place }: Talker): void {
  meter.parsed++
  const { message } = JSON.parse(bytes.toString('utf8', start, end))
  if (message.parts[0].text !== TEXT || message.parts.length !== 1)
    meter.fault(`a message says something else: ${message.id}`)
  if (place !== '' && message.audienceId !== place) meter.fault(`a message of ${message.audienceId} came to ${place}`)
}

const SOCKET_IO_ID_AT = '42["message",{"id":"'.length
/** As its guide teaches: an event with the message, and a callback that says it is stored. */
export const socketIo: Dialect = {
  path: '/socket.io/?EIO=4&transport=websocket',
  greet(text, { client }) {
    if (text.startsWith('0')) return { say: `40{"room":${JSON.stringify(client.place)}}`, isGreeted: false }
    if (text.startsWith('40')) return { isGreeted: true }
    throw new Error(`Socket.IO said: ${text.slice(0, 200)}`)
  },
  count(bytes, start, end, talker) {
    if (bytes[start] !== digits.four) return false
    const kind = bytes[start + 1]
    if (kind === digits.two) {
      if (talker.deliver(bytes, start + SOCKET_IO_ID_AT)) {
        talker.meter.parsed++
        const [, message] = JSON.parse(bytes.toString('utf8', start + 2, end))
        if (message.text !== TEXT) talker.meter.fault(`a message says something else: ${message.id}`)
      }
      return true
    }
    if (kind !== digits.three) return false
    talker.sender?.answer(numberAt(bytes, start + 2, 9) - FIRST_REQUEST, true)
    return true
  },
  reply: (text) => (text === '2' ? '3' : undefined),
  post: ({ place }) => `42${FIRST_REQUEST}${JSON.stringify(['post', { id: blankId, room: place, text: TEXT }])}`,
}

const PLAIN_ID_AT = '{"id":"'.length
/** Whatever a client says comes to all: the least a server can do. */
export const plain: Dialect = {
  path: '/',
  count(bytes, start, end, talker) {
    if (!talker.deliver(bytes, start + PLAIN_ID_AT)) return true
    talker.meter.parsed++
    const message = JSON.parse(bytes.toString('utf8', start, end))
    if (message.parts[0].text !== TEXT) talker.meter.fault(`a message says something else: ${message.id}`)
    return true
  },
  /** As long as a message of ours, so that the same bytes are carried. */
  post: ({ organizationId, place }) =>
    JSON.stringify({
      id: blankId,
      audienceId: place,
      authorId: organizationId,
      parts: [{ type: 'text', text: TEXT }],
      number: 100_000,
      messageNumber: 100_000,
      postedAt: '2026-01-01T00:00:00.000000Z',
      event: 'message.posted',
    }),
}

function numberAt(bytes: Buffer, at: number, length: number): number {
  let value = 0
  for (let place = at; place < at + length; place++) value = value * 10 + (bytes[place] ?? 0) - 48
  return value
}

/** A refusal ends the attempt; the client tries again later, as a real one does. */
function heed({ greet }: Dialect, text: string, link: Link): Greeting | undefined {
  try {
    return greet?.(text, link)
  } catch (error) {
    link.fail(error instanceof Error ? error : new Error(String(error)))
    return undefined
  }
}

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const HEAD_END = '\r\n\r\n'

/** A WebSocket client by hand: the request that opens it, and then frames. */
export function webSocketSpeech(dialect: Dialect, onMissed?: (link: Link, missed: Missed) => void): MakeSpeech {
  return (link, talker): Speech => {
    let head = ''
    let isGreeted = false
    const greet = (text: string) => {
      const next = heed(dialect, text, link)
      if (next?.missed) onMissed?.(link, next.missed)
      if (next?.say) link.say(clientFrame(opcodes.text, next.say))
      if (!next?.isGreeted) return
      isGreeted = true
      link.greeted()
    }
    const scanner = new FrameScanner((opcode, bytes, start, end) => {
      if (opcode === opcodes.text && isGreeted && dialect.count(bytes, start, end, talker)) return
      if (opcode === opcodes.ping) return link.say(clientFrame(opcodes.pong, bytes.subarray(start, end)))
      if (opcode === opcodes.close) return link.fail(new Error(`closed with ${bytes.readUInt16BE(start)}`))
      const text = bytes.toString('utf8', start, end)
      if (!isGreeted) return greet(text)
      const said = dialect.reply?.(text, talker)
      if (said !== undefined) link.say(clientFrame(opcodes.text, said))
    })
    const upgraded = () => {
      if (!head.startsWith('HTTP/1.1 101')) return link.fail(new Error(`refused: ${head.slice(0, 300)}`))
      const hello = dialect.hello?.(link)
      if (hello !== undefined) link.say(clientFrame(opcodes.text, hello))
      if (dialect.greet) return
      isGreeted = true
      link.greeted()
    }
    return {
      post: (to) => clientFrame(opcodes.text, dialect.post(to)),
      begin: () =>
        link.say(
          Buffer.from(
            `GET ${dialect.path} HTTP/1.1\r\nhost: 127.0.0.1\r\nupgrade: websocket\r\nconnection: Upgrade\r\n` +
              `sec-websocket-version: 13\r\nsec-websocket-key: ${KEY}\r\n${dialect.headers?.(link) ?? ''}\r\n`,
          ),
        ),
      read(bytes, length) {
        if (head.endsWith(HEAD_END)) return scanner.read(bytes, 0, length)
        const before = head.length
        head += bytes.toString('latin1', 0, length)
        const end = head.indexOf(HEAD_END)
        if (end < 0) return
        head = head.slice(0, end + HEAD_END.length)
        upgraded()
        scanner.read(bytes, head.length - before, length)
      },
    }
  }
}
