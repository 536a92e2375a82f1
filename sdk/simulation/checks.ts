import assert from 'node:assert/strict'
import type { Message } from '../../protocol/conversations.ts'
import type { PersonId } from '../../protocol/ids.ts'
import { emptyState, type State } from '../state.ts'
import { viewOf, viewOfSnapshot, type View } from '../view.ts'
import type { World } from './actions.ts'
import { openSync } from './model-sync.ts'
import { textOf, type Model } from './model-commands.ts'
import { isVisible, membersOf, type Store, type StoredAudience } from './model-store.ts'
import { visibleMessages } from './model-views.ts'

/** What must hold at every moment. Nobody shows what the server does not have there, or what is not theirs to see. */
export function checkStep({ tabs, server, broken, checkedLogs }: World): void {
  const { store } = server.model
  assert.deepEqual(broken, [], 'what is acknowledged is stored')
  for (const { client, personId } of tabs) {
    const { state, status } = client
    if (status === 'signed-out') assert.deepEqual(state, emptyState, 'who is signed out sees nothing')
    // Before the first connection after a backup was restored it shows what is lost.
    if (state.epoch !== store.epoch) continue
    for (const [audienceId, log] of state.logs) {
      if (checkedLogs.has(log)) continue
      checkedLogs.add(log)
      checkLog(log.messages, store.audiences.get(audienceId), personId)
    }
  }
}

function checkLog(messages: readonly Message[], audience: StoredAudience | undefined, personId: PersonId) {
  let before = 0
  for (const { id, number } of messages) {
    assert.ok(number > before, 'messages stand in the order of the log, each once')
    assert.equal(audience?.messages.get(number)?.id, id, 'a message stands where the server has it')
    assert.ok(audience && isVisible(audience, personId, number), 'nobody sees what was said in their absence')
    before = number
  }
}

/** Every client is connected and has nothing to send; everything that stands in a log is the same as on the server. */
export function checkLogs({ tabs, server }: World): void {
  for (const { client, personId } of tabs) {
    assert.equal(client.status, 'open', 'a client found back')
    const unsent = client.state.pending.filter(({ status }) => status !== 'failed')
    assert.deepEqual(unsent, [], 'nothing waits to be sent')
    const { view, fresh } = compared(server.model, client.state, personId)
    assert.deepEqual(withoutMarks(view), withoutMarks(fresh), 'the state is what the server says')
    checkMessages(client.state, server.model.store, personId)
  }
}

/** After a new connection the marks are the same, too. They are no log: single ones may get lost. */
export function checkMarks({ tabs, server }: World): void {
  for (const { client, personId } of tabs) {
    const { view, fresh } = compared(server.model, client.state, personId)
    assert.deepEqual(
      ofStayed(view, server.model.store),
      ofStayed(fresh, server.model.store),
      'after a new connection everything is the same',
    )
  }
}

/** Everything that was written stands in a log exactly once, in the order of writing, or was refused. */
export function checkWritten({ tabs, server, isRestored }: World): void {
  const { store, refused } = server.model
  const commits = commitsByText(store)
  for (const tab of tabs) {
    const failed = new Set(tab.client.state.pending.map(({ parts }) => textOf([...parts])))
    const found = tab.written.map((text) => ({ text, commits: commits.get(text) ?? [] }))
    for (const { text, commits: places } of found) {
      assert.ok(places.length <= 1, `${text} stands ${places.length} times in the logs`)
      // What was refused may have been stored before, when its author was still allowed to and the answer got lost.
      if (!isRestored && !failed.has(text)) assert.equal(places.length, 1, `${text} is not in the logs`)
    }
    // What was refused once may still have a twin under way, or wait in another tab.
    const order = found.flatMap(({ text, commits: places }) => (refused.has(text) ? [] : places))
    if (!isRestored)
      assert.deepEqual(
        order,
        order.toSorted((a, b) => a - b),
        'what was written first was stored first',
      )
  }
}

function compared(model: Model, state: State, personId: PersonId) {
  return { view: viewOf(state), fresh: viewOfSnapshot(openSync(model, personId, {})) }
}

function withoutMarks(view: View) {
  return mapAudiences(view, (audience) => ({ ...audience, marks: [], readNumber: 0 }))
}

/** A mark that arrives after its owner has left stays until the next reset, also when the owner comes back. */
function ofStayed(view: View, store: Store) {
  return mapAudiences(view, (audience) => {
    const found = store.audiences.get(audience.id)
    const members = new Set(found ? membersOf(found).filter((id) => !hasReturned(found, id)) : [])
    return { ...audience, marks: audience.marks.filter(({ personId }) => members.has(personId)) }
  })
}

const hasReturned = ({ intervals }: StoredAudience, personId: PersonId) =>
  intervals.filter((span) => span.personId === personId).length > 1

type AudienceOfView = View['conversations'][number]['audiences'][number]
function mapAudiences(view: View, change: (audience: AudienceOfView) => AudienceOfView): View {
  const conversations = view.conversations.map((one) => ({ ...one, audiences: one.audiences.map(change) }))
  return { ...view, conversations }
}

/** What is loaded has no hole, nothing twice and nothing old. */
function checkMessages(state: State, store: Store, personId: PersonId) {
  for (const [audienceId, log] of state.logs) {
    const audience = store.audiences.get(audienceId)
    assert.ok(audience, 'every log is one of the server’s')
    const expected = visibleMessages(audience, personId).filter(({ number }) => number >= log.from)
    assert.deepEqual(log.messages, expected, 'the loaded messages are those of the server')
  }
}

function commitsByText(store: Store): Map<string, number[]> {
  const found = new Map<string, number[]>()
  for (const { texts, events } of store.audiences.values()) {
    for (const [number, text] of texts) {
      const commit = events[number - 1]?.commit
      if (commit !== undefined) found.set(text, [...(found.get(text) ?? []), commit])
    }
  }
  return found
}
