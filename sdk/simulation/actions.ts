import type { Message } from '../../protocol/conversations.ts'
import type { MessageId, PersonId } from '../../protocol/ids.ts'
import { fallbackOf } from '../../protocol/parts.ts'
import type { Audience, MessageLog } from '../state.ts'
import type { Faults } from './faults.ts'
import { changeMember, post, type Model } from './model-commands.ts'
import type { ModelServer } from './model-server.ts'
import { membersOf, type StoredAudience } from './model-store.ts'
import type { Random } from './random.ts'
import type { Tab } from './tab.ts'

export type World = {
  random: Random
  faults: Faults
  server: ModelServer
  tabs: Tab[]
  personIds: readonly PersonId[]
  isRestored: boolean
  textCount: number
  /** Promises that were broken between two steps. */
  broken: string[]
  /** Logs that have been looked at: they do not change any more. */
  checkedLogs: WeakSet<MessageLog>
}

/** Something goes wrong, or somebody does something. */
export function act(world: World): void {
  const { random, faults, server, tabs } = world
  const tab = random.pick(tabs)
  if (!tab) return
  if (random.chance(faults.cut)) return server.cut(random.pick(world.personIds) ?? null)
  if (random.chance(faults.drain)) return server.drain()
  if (random.chance(faults.reload)) return tab.reload()
  if (tab.session.isRevoked && random.chance(0.3)) return tab.signIn()
  if (random.chance(faults.revoke)) return server.revoke(tab.session)
  if (random.chance(faults.membership)) return changeSomebody(world)
  if (random.chance(faults.prune)) return prune(world)
  if (random.chance(faults.restore)) return restore(world)
  if (faults.restore > 0 && random.chance(0.1)) server.backUp()
  behave(world, tab)
}

function changeSomebody({ random, server, personIds }: World) {
  server.happen((model) => {
    const audience = random.pick(Array.from(model.store.audiences.values()))
    const personId = random.pick(personIds)
    if (!audience || !personId) return
    changeMember(model, audience, personId)
    if (!random.chance(0.4)) return
    // Gone and back, or the other way round, before anybody has noticed.
    say(model, audience)
    changeMember(model, audience, personId)
  })
}

/** One of the members writes, from somewhere else. */
export function say(model: Model, audience: StoredAudience): void {
  const authorId = model.random.pick(membersOf(audience))
  const id = model.random.id()
  if (authorId) post(model, authorId, { audience, id, parts: [{ type: 'text', text: `from elsewhere ${id}` }] })
}

/** What has been kept long enough is thrown away. */
function prune({ random, server }: World) {
  const audience = random.pick(Array.from(server.model.store.audiences.values()))
  if (audience) audience.floor = Math.max(audience.floor, random.below(audience.events.length + 1))
}

function restore(world: World) {
  world.isRestored = true
  world.server.restore()
}

function behave(world: World, tab: Tab) {
  const { random } = world
  const { client } = tab
  const audience = random.pick(Array.from(client.state.audiences.values()))
  const dice = random.below(100)
  if (!audience || dice < 8) return writeDirectly(world, tab)
  if (dice < 60) return write(world, tab, audience)
  if (dice < 70) return client.markRead(audience.id, 1 + random.below(audience.lastMessageNumber + 1))
  if (dice < 78) return client.typing(audience.id)
  if (dice < 86) return expectRefusals(client.history(audience.id, { limit: 1 + random.below(8) }))
  const message = random.pick(client.state.logs.get(audience.id)?.messages ?? [])
  if (message) change(world, tab, { audience, message, dice })
}

function newText(world: World, tab: Tab): string {
  const text = `text ${++world.textCount}`
  tab.written.push(text)
  return text
}

function write(world: World, tab: Tab, audience: Audience) {
  const times = world.random.chance(0.2) ? 5 : 1
  for (let time = 0; time < times; time++) {
    const parts = [{ type: 'text' as const, text: newText(world, tab) }]
    expectStored(world, tab, tab.client.post({ audienceId: audience.id, parts }))
  }
}

function writeDirectly(world: World, tab: Tab) {
  const personId = world.random.pick(world.personIds.filter((id) => id !== tab.personId))
  if (!personId || tab.client.state.personId === null) return
  const { organizationId } = world.server.model.store
  const parts = [{ type: 'text' as const, text: newText(world, tab) }]
  expectStored(world, tab, tab.client.postDirect({ organizationId, personId, parts }))
}

/** Whatever becomes of it: an acknowledged message is one that the server has. */
function expectStored({ server, broken }: World, { client }: Tab, id: MessageId) {
  const look = ({ audienceId, number }: Message) => {
    const stored = server.model.store.audiences.get(audienceId)?.messages.get(number)
    if (stored?.id !== id) broken.push(`message ${id} was acknowledged and is not stored`)
  }
  expectRefusals(client.acknowledged(id).then(look))
}

type Changing = { audience: Audience; message: Message; dice: number }
function change({ server }: World, { client, personId }: Tab, { audience, message, dice }: Changing) {
  const { organizationId } = server.model.store
  const place = { organizationId, audienceId: audience.id, number: message.number }
  if (dice < 94 || message.authorId !== personId) {
    expectRefusals(client.do('message.react', { ...place, emoji: dice % 2 ? '👍' : '🎉', isOn: true }))
  } else if (dice < 97) {
    const parts = [{ type: 'text' as const, text: `${fallbackOf(message.parts)} (edited)` }]
    if (message.parts.length > 0) expectRefusals(client.do('message.edit', { ...place, parts }))
  } else expectRefusals(client.do('message.delete', place))
}

/** Nobody looks at these answers; that they may be refused belongs to the weather. */
function expectRefusals(asked: Promise<unknown>) {
  asked.catch(() => {})
}
