import type { PersonId } from '../../protocol/ids.ts'
import type { Client } from '../api.ts'
import { connect } from '../client.ts'
import { isQuery, type CommandName } from '../commands.ts'
import { memoryStorage, type OutboxStorage } from '../outbox-storage.ts'
import type { ModelServer, Session } from './model-server.ts'
import type { Random } from './random.ts'
import type { Timeline } from './timeline.ts'

/** A browser tab: a client that may be loaded anew, and an outbox that outlives it and that other tabs may share. */
export type Tab = {
  personId: PersonId
  storage: OutboxStorage
  client: Client
  /** The texts that were written here, in order. */
  written: string[]
  session: Session
  reload(): void
  /** A new session, after the last one was revoked. */
  signIn(): void
}

type TabOptions = {
  personId: PersonId
  storage?: OutboxStorage
  server: ModelServer
  timeline: Timeline
  random: Random
  onFault(error: unknown): void
}

export function openTab({ personId, server, timeline, random, onFault, ...options }: TabOptions): Tab {
  const { storage = memoryStorage() } = options
  const load = (session: Session) =>
    connect({
      url: 'http://model',
      storage,
      clock: timeline,
      random: random.next,
      newId: () => random.id(),
      createSocket: () => server.connect(session),
      fetch: (url, init) => fetchFrom(server, session, { url: textIn(url), body: textIn(init?.body) }),
      onFault,
    })
  const session = { personId, isRevoked: false }
  const tab: Tab = {
    personId,
    storage,
    session,
    client: load(session),
    written: [],
    reload() {
      tab.client.close()
      tab.client = load(tab.session)
    },
    signIn() {
      tab.session = { personId, isRevoked: false }
      tab.reload()
    },
  }
  return tab
}

async function fetchFrom(
  server: ModelServer,
  session: Session,
  { url, body: text }: { url: string; body: string },
): Promise<Response> {
  const { pathname, searchParams } = new URL(url)
  const name = pathname.slice('/v1/'.length) as CommandName
  const body: object = isQuery(name) ? fromQuery(searchParams) : JSON.parse(text)
  const answer = await server.ask(session, name, body)
  const isOk = 'ok' in answer
  const json = () => Promise.resolve(isOk ? answer.ok : 'error' in answer ? answer.error : answer)
  return { ok: isOk, status: isOk ? 200 : 400, json } as Response // all that the client looks at
}

function fromQuery(query: URLSearchParams): object {
  return Object.fromEntries(Array.from(query, ([name, value]) => [name, /^\d+$/.test(value) ? Number(value) : value]))
}

/** The client gives nothing but text. */
const textIn = (given: unknown) => (typeof given === 'string' ? given : '')
