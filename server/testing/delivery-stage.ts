import { pino } from 'pino'
import { AudienceId, DeviceId, OrganizationId, PersonId } from '../../protocol/ids.ts'
import type { Announcement } from '../platform/events.ts'
import type { Connection } from '../platform/websocket.ts'
import { textsIn } from './frames.ts'
import { Delivery, type Sources } from '../features/delivery/index.ts'

/** The truth that delivery asks for, in the test's hands. */
export type Truth = {
  /** Who is in the audience, and how often that has changed. */
  members: Set<PersonId>
  version: number
  lastNumber: number
  organizationIds: Map<PersonId, OrganizationId>
  personNumbers: Map<PersonId, number>
  revoked: Set<DeviceId>
  /** Those among them whose place another device has taken. */
  replaced: Set<DeviceId>
  /** What is read for each listener fails. */
  isAway: boolean
}
export type Heard = Connection & {
  readonly personId: PersonId
  readonly deviceId: DeviceId
  /** Every frame, as text. */
  readonly frames: string[]
  readonly closedWith: number | undefined
  readonly isTerminated: boolean
  /** Bytes that it has not taken; frames add to them while it does not read. */
  backlog: number
  isReading: boolean
  heardAt: number
}
/** Holds the answers of one source back until it is let go. */
export type Gate = { readonly waiting: number; open(): void; close(): void }
export type Stage = {
  delivery: Delivery
  truth: Truth
  audienceId: AudienceId
  organizationId: OrganizationId
  gates: { members: Gate; subscriptions: Gate; revoked: Gate; personal: Gate }
  connect(personId: PersonId): Heard
  /** Connects and listens. */
  listen(personId: PersonId): Promise<Heard>
  openSync(heard: Heard): Promise<void>
  /** The next message of the log, as it is announced after its commit. */
  post(words: string): Announcement
  /** The same, of a message that says something else to everybody. */
  postPersonal(): Announcement
  /** Lets go on whatever needs no time. */
  settle(): Promise<void>
}

/** Delivery with connections that only note what they get, and sources that answer when they are told to. */
export function setStage(): Stage {
  const audienceId = AudienceId.parse('00000000-0000-4000-8000-0000000000aa')
  const organizationId = OrganizationId.parse('00000000-0000-4000-8000-0000000000bb')
  const truth: Truth = {
    members: new Set(),
    version: 1,
    lastNumber: 0,
    organizationIds: new Map(),
    personNumbers: new Map(),
    revoked: new Set(),
    replaced: new Set(),
    isAway: false,
  }
  const gates = { members: createGate(), subscriptions: createGate(), revoked: createGate(), personal: createGate() }
  const delivery = new Delivery({ sources: sourcesOf(), log: pino({ level: 'silent' }) })

  const said = (number: number, words: string) => ({
    name: 'message.posted',
    message: { audienceId, number, parts: [{ type: 'text', text: words }] },
  })

  /** Each source reads first and answers later, as a database does. */
  function sourcesOf(): Sources {
    return {
      subscriptionsOf: (personIds) =>
        gates.subscriptions.pass(
          personIds.filter((personId) => truth.members.has(personId)).map((personId) => subscriptionOf(personId)),
        ),
      membersAmong: (_audienceId, personIds) =>
        gates.members.pass({
          version: truth.version,
          personIds: personIds.filter((personId) => truth.members.has(personId)),
        }),
      personEventsAfter: (personId, after) => {
        const lastNumber = truth.personNumbers.get(personId) ?? 0
        const joined = { name: 'conversation.joined', number: lastNumber, lastNumber: truth.lastNumber }
        return Promise.resolve({ events: lastNumber > after ? [joined] : [], lastNumber })
      },
      personalEventOf: ({ number }, personIds) =>
        truth.isAway
          ? Promise.reject(new Error('The database is away.'))
          : gates.personal.pass(new Map(personIds.map((personId) => [personId, said(number, `For ${personId}`)]))),
      headsOf: (ids) =>
        Promise.resolve(ids.map((id) => ({ audienceId: id, number: truth.lastNumber, version: truth.version }))),
      branchesOf: () => Promise.resolve([]),
      personHeadsOf: (personIds) =>
        Promise.resolve(personIds.map((personId) => ({ personId, number: truth.personNumbers.get(personId) ?? 0 }))),
      revokedSince: () => {
        const revoked = Array.from(truth.revoked, (deviceId) => ({
          deviceId,
          isReplaced: truth.replaced.has(deviceId),
        }))
        return gates.revoked.pass(revoked)
      },
      revokedAmong: (deviceIds) => {
        const revoked = deviceIds.filter((deviceId) => truth.revoked.has(deviceId))
        return gates.revoked.pass(revoked.map((deviceId) => ({ deviceId, isReplaced: truth.replaced.has(deviceId) })))
      },
    }
  }

  const subscriptionOf = (personId: PersonId) => ({
    personId,
    organizationId: truth.organizationIds.get(personId) ?? organizationId,
    audience: { id: audienceId, version: truth.version, isSocial: true, lastNumber: truth.lastNumber },
  })

  async function openSync(heard: Heard) {
    const opened = { person: { number: 0, id: null } }
    await delivery.handle(
      heard,
      { name: 'sync.open', input: {} },
      () => Promise.resolve(opened),
      () => undefined,
    )
  }
  function connect(personId: PersonId): Heard {
    const heard = createHeard(personId)
    delivery.onOpen(heard)
    return heard
  }
  return {
    delivery,
    truth,
    audienceId,
    organizationId,
    gates,
    connect,
    openSync,
    async listen(personId) {
      const heard = connect(personId)
      await openSync(heard)
      await delivery.settled()
      heard.frames.splice(0)
      return heard
    },
    post(words) {
      truth.lastNumber++
      return { topic: `audience:${audienceId}`, version: truth.version, body: said(truth.lastNumber, words) }
    },
    postPersonal() {
      const number = ++truth.lastNumber
      const place = { audienceId, number, id: audienceId, messageNumber: number }
      const body = { isPersonal: true, name: 'message.posted', ...place }
      return { topic: `audience:${audienceId}`, version: truth.version, body }
    },
    async settle() {
      for (let turn = 0; turn < 50; turn++) await Promise.resolve()
    },
  }
}

export const personCalled = (digit: number) => PersonId.parse(`00000000-0000-4000-8000-00000000000${digit}`)

type Passing = Gate & { pass<T>(answer: T): Promise<T> }
function createGate(): Passing {
  let held: (() => void)[] | undefined
  return {
    get waiting() {
      return held?.length ?? 0
    },
    close: () => void (held = []),
    open() {
      for (const release of held ?? []) release()
      held = undefined
    },
    pass: (answer) =>
      held ? new Promise((resolve) => void held?.push(() => resolve(answer))) : Promise.resolve(answer),
  }
}

let devices = 0
function createHeard(personId: PersonId): Heard {
  const deviceId = DeviceId.parse(`00000000-0000-4000-9000-${String(++devices).padStart(12, '0')}`)
  const heard = {
    actor: { kind: 'person' as const, personId, deviceId },
    personId,
    deviceId,
    frames: [] as string[],
    closedWith: undefined as number | undefined,
    isTerminated: false,
    backlog: 0,
    isReading: true,
    heardAt: Date.now(),
    send(bytes: Buffer) {
      if (!heard.isReading) heard.backlog += bytes.length
      heard.frames.push(...textsIn(bytes))
    },
    ping: () => undefined,
    close: (code: number) => void (heard.closedWith ??= code),
    terminate: () => void (heard.isTerminated = true),
  }
  return heard
}
