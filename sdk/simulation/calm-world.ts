import type { Message } from '../../protocol/conversations.ts'
import type { AudienceId, PersonId } from '../../protocol/ids.ts'
import { fallbackOf } from '../../protocol/parts.ts'
import type { OutboxStorage } from '../outbox-storage.ts'
import { chooseFaults, heal, type Faults } from './faults.ts'
import { makeConversation, post } from './model-commands.ts'
import { createModelServer, type ModelServer } from './model-server.ts'
import { createStore } from './model-store.ts'
import { createRandom, type Random } from './random.ts'
import { openTab, type Tab } from './tab.ts'
import { createTimeline, type Timeline } from './timeline.ts'

/** Two people and their group, in fine weather; a test makes its own. */
export type CalmWorld = {
  timeline: Timeline
  random: Random
  faults: Faults
  server: ModelServer
  ann: PersonId
  bob: PersonId
  groupId: AudienceId
  faultsSeen: unknown[]
  open(personId: PersonId, storage?: OutboxStorage): Tab
  /** Lets time pass. */
  wait(durationMs: number): Promise<void>
  /** Somebody else's client posts to the group. */
  say(personId: PersonId, text: string): Message
}

export function createCalmWorld(seed = 1): CalmWorld {
  const random = createRandom(seed)
  const timeline = createTimeline()
  const faults = chooseFaults(random)
  heal(faults)
  const [ann, bob] = [random.id(), random.id()]
  const server = createModelServer({ timeline, random, faults, store: createStore(random, [ann, bob]) })
  const { model } = server
  const group = makeConversation(model, { kind: 'group', members: [ann, bob], ownerId: ann })
  const faultsSeen: unknown[] = []
  const onFault = (error: unknown) => void faultsSeen.push(error)
  return {
    timeline,
    random,
    faults,
    server,
    ann,
    bob,
    groupId: group.id,
    faultsSeen,
    open: (personId, storage) =>
      openTab({ personId, server, timeline, random, onFault, ...(storage ? { storage } : {}) }),
    wait: (durationMs) => timeline.runUntil(timeline.now() + durationMs),
    say(personId, text) {
      const said: Message[] = []
      server.happen(() => {
        const audience = model.store.audiences.get(group.id)
        const parts = [{ type: 'text' as const, text }]
        if (audience) said.push(post(model, personId, { audience, id: random.id(), parts }))
      })
      const [message] = said
      if (!message) throw new Error('The group is gone.')
      return message
    },
  }
}

/** The content of a message. */
export const words = (text: string) => [{ type: 'text' as const, text }]

/** What a tab shows of an audience. */
export const textsIn = ({ client }: Tab, audienceId: AudienceId) =>
  client.state.logs.get(audienceId)?.messages.map(({ parts }) => (parts.length > 0 ? fallbackOf(parts) : undefined))

/** What the server has stored of the group. */
export const storedTexts = ({ server, groupId }: CalmWorld) =>
  Array.from(server.model.store.audiences.get(groupId)?.texts.values() ?? [])

/** Time passes until the promise is settled. */
export async function whileWaiting<T>(world: CalmWorld, promise: Promise<T>): Promise<T> {
  const settled = { is: false }
  const settle = () => {
    settled.is = true
  }
  promise.then(settle, settle)
  while (!settled.is) await world.wait(10)
  return promise
}
