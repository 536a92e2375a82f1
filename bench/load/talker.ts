import { blankId, ID_LENGTH, originIn, roll, writeOrigin, writeTime } from './message-id.ts'
import type { AnsweredBy, SendTo } from './messages.ts'

export const TEXT = 'hello world this is a message of usual length, about 80 chars or so.'
/** Stands in a sender's frame where the number of the request is written; requests are told apart by nine digits. */
export const FIRST_REQUEST = 100_000_000
const REQUEST_DIGITS = 9
/** Of one sender that can be unanswered at once. */
const UNANSWERED_MAX = 8_192
/** One frame of so many is parsed; one copy of so many is timed. */
const PARSED_EVERY = 1_024
const TIMED_EVERY = 64

/** What all connections of this process count together. */
export class Meter {
  answered = 0
  delivered = 0
  refused = 0
  parsed = 0
  isSending = false
  isMeasuring = false
  /** When a message or an answer last came, in milliseconds. */
  heardAt = 0
  #heard = 0
  answeredBy: AnsweredBy = 'server'
  answerMs: number[] = []
  deliveryMs: number[] = []
  faults: string[] = []
  readonly senders = new Map<number, Sender>()

  /** After every read, so that the clock is asked once for all that came with it. */
  heard(): void {
    const heard = this.delivered + this.answered + this.refused
    if (heard === this.#heard) return
    this.#heard = heard
    this.heardAt = performance.now()
  }

  fault(text: string): void {
    if (this.faults.length < 20) this.faults.push(text)
  }
}

/** One client: what it has got, and in which order. */
export class Talker {
  readonly client: number
  readonly place: string
  readonly meter: Meter
  count = 0
  hash = 0
  sender: Sender | undefined

  constructor(client: number, place: string, meter: Meter) {
    this.client = client
    this.place = place
    this.meter = meter
  }

  /** A message has come, with its id at `idAt`. Answers whether its frame is to be parsed too. */
  deliver(bytes: Buffer, idAt: number): boolean {
    const { meter } = this
    this.count++
    this.hash = roll(this.hash, bytes, idAt)
    const nth = ++meter.delivered
    if (meter.answeredBy !== 'server') this.#acknowledge(bytes, idAt)
    if (nth % TIMED_EVERY === 0 && meter.isMeasuring) time(bytes, idAt, meter)
    return nth % PARSED_EVERY === 0
  }

  #acknowledge(bytes: Buffer, idAt: number): void {
    const { meter, sender } = this
    if (meter.answeredBy === 'echo' && !sender?.isOwn(bytes, idAt)) return
    const origin = originIn(bytes, idAt)
    meter.senders.get(origin.sender)?.answer(origin.sequence, true)
  }
}

function time(bytes: Buffer, idAt: number, meter: Meter): void {
  const { sender, sequence } = originIn(bytes, idAt)
  const begin = meter.senders.get(sender)?.beganAt(sequence)
  if (begin !== undefined) meter.deliveryMs.push(performance.now() - begin)
}

export type SenderOptions = {
  write(frame: Buffer): void
  /** Sends what all senders have written. */
  flushAll(): void
  meter: Meter
}

/** Says the same message again and again, each time under a new id. */
export class Sender {
  readonly client: number
  readonly place: string
  readonly #write: (frame: Buffer) => void
  readonly flushAll: () => void
  readonly #meter: Meter
  readonly #template: Buffer
  readonly #idAt: number
  readonly #requestAt: number
  readonly #ownDigits = Buffer.alloc(4)
  readonly #began = new Float64Array(UNANSWERED_MAX)
  readonly #pending = new Set<number>()
  /** The running number of the next message; goes on from run to run, so that no id comes twice. */
  next = 0
  first = 0
  /** Messages of this run still to be sent, where they are counted. */
  left = Number.POSITIVE_INFINITY
  refused: number[] = []

  constructor(to: SendTo, template: Buffer, options: SenderOptions) {
    this.client = to.client
    this.place = to.place
    this.#write = options.write
    this.flushAll = options.flushAll
    this.#meter = options.meter
    this.#template = template
    this.#idAt = template.indexOf(blankId)
    this.#requestAt = template.indexOf(String(FIRST_REQUEST))
    const id = Buffer.from(blankId)
    writeOrigin(id, 0, { sender: to.client, sequence: 0 })
    id.copy(this.#ownDigits, 0, ID_LENGTH - 12, ID_LENGTH - 8)
  }

  /** `at` is when it should have been sent: what an overloaded machine delays counts as latency. */
  post(at: number): void {
    const sequence = this.next++
    this.left--
    this.#began[sequence % UNANSWERED_MAX] = at
    this.#pending.add(sequence)
    const frame = Buffer.from(this.#template)
    writeTime(frame, this.#idAt, Date.now())
    writeOrigin(frame, this.#idAt, { sender: this.client, sequence })
    if (this.#requestAt >= 0) writeDigits(frame, this.#requestAt, FIRST_REQUEST + sequence)
    this.#write(frame)
  }

  /** The answer to one message makes room for the next. */
  answer(sequence: number, isAccepted: boolean): void {
    const meter = this.#meter
    if (!this.#pending.delete(sequence)) return meter.fault(`sender ${this.client} was answered twice for ${sequence}`)
    if (isAccepted) meter.answered++
    else {
      meter.refused++
      this.refused.push(sequence)
    }
    const now = performance.now()
    if (meter.isMeasuring) meter.answerMs.push(now - (this.#began[sequence % UNANSWERED_MAX] ?? now))
    if (meter.isSending && this.left > 0) this.post(now)
  }

  beganAt(sequence: number): number | undefined {
    return sequence >= this.first && sequence < this.next ? this.#began[sequence % UNANSWERED_MAX] : undefined
  }

  isOwn(bytes: Buffer, idAt: number): boolean {
    const at = idAt + ID_LENGTH - 12
    const own = this.#ownDigits
    return bytes[at + 3] === own[3] && bytes[at + 2] === own[2] && bytes[at + 1] === own[1] && bytes[at] === own[0]
  }

  get unanswered(): readonly number[] {
    return Array.from(this.#pending)
  }
}

function writeDigits(frame: Buffer, at: number, value: number): void {
  let rest = value
  for (let place = REQUEST_DIGITS - 1; place >= 0; place--) {
    frame[at + place] = 48 + (rest % 10)
    rest = Math.floor(rest / 10)
  }
}
