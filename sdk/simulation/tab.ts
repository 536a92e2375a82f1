import type { PersonId } from '../../protocol/ids.ts'
import type { Client } from '../api.ts'
import { connect } from '../client.ts'
import { isQuery, type CommandName } from '../commands.ts'
import { memoryStorage, type OutboxStorage } from '../outbox-storage.ts'
import type { ModelServer } from './model-server.ts'
import type { Random } from './random.ts'
import type { Timeline } from './timeline.ts'

/** A browser tab: a client that may be loaded anew, and an outbox that outlives it and that other tabs may share. */
export type Tab = {
  personId: PersonId
  storage: OutboxStorage
  client: Client
  /** The texts that were written here, in order. */
  written: string[]
  reload(): void
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
  const load = () =>
    connect({
      url: 'http://model',
      storage,
      clock: timeline,
      random: random.next,
      newId: () => random.id(),
      createSocket: () => server.connect(personId),
      fetch: (url, init) => fetchFrom(server, personId, { url: textIn(url), body: textIn(init?.body) }),
      onFault,
    })
  const tab: Tab = {
    personId,
    storage,
    client: load(),
    written: [],
    reload() {
      tab.client.close()
      tab.client = load()
    },
  }
  return tab
}

async function fetchFrom(
  server: ModelServer,
  personId: PersonId,
  { url, body: text }: { url: string; body: string },
): Promise<Response> {
  const { pathname, searchParams } = new URL(url)
  const name = pathname.slice('/v1/'.length) as CommandName
  const body: object = isQuery(name) ? fromQuery(searchParams) : JSON.parse(text)
  const answer = await server.ask(personId, name, body)
  const isOk = 'ok' in answer
  const json = () => Promise.resolve(isOk ? answer.ok : 'error' in answer ? answer.error : answer)
  return { ok: isOk, status: isOk ? 200 : 400, json } as Response // all that the client looks at
}

function fromQuery(query: URLSearchParams): object {
  return Object.fromEntries(Array.from(query, ([name, value]) => [name, /^\d+$/.test(value) ? Number(value) : value]))
}

/** The client gives nothing but text. */
const textIn = (given: unknown) => (typeof given === 'string' ? given : '')
