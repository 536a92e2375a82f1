import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { AudienceEvent, PersonEvent } from '../protocol/delivery.ts'
import type { AudienceId, PersonId } from '../protocol/ids.ts'
import { reduce, reduceAll } from './reducer.ts'
import * as commands from './simulation/model-commands.ts'
import type { Model } from './simulation/model-commands.ts'
import { createStore, isMember, type StoredAudience } from './simulation/model-store.ts'
import { difference, historyPage, openSync, personDifference } from './simulation/model-sync.ts'
import { visibleMessages } from './simulation/model-views.ts'
import { createRandom } from './simulation/random.ts'
import { emptyState, type Input, type State } from './state.ts'
import { viewOf, viewOfSnapshot } from './view.ts'

type Step =
  | { kind: 'post' | 'edit' | 'delete' | 'react'; who: number; where: number; which: number }
  | { kind: 'turn'; who: number; where: number }
  | { kind: 'direct'; who: number }
const index = fc.nat({ max: 20 })
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('post' as const), who: index, where: index, which: index }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('edit', 'delete', 'react'), who: index, where: index, which: index }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('turn' as const), who: index, where: index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('direct' as const), who: index }) },
)
/** Which of the events arrive, in which order; one may arrive several times, and many do not. */
const arrivalsArbitrary = fc.array(fc.nat({ max: 60 }), { maxLength: 120 })

type Story = { model: Model; personId: PersonId; before: State; events: (AudienceEvent | PersonEvent)[] }

/** Three people, two groups: what happens in them, and what the first of them is told. */
function tell(steps: readonly Step[], seed: number): Story {
  const random = createRandom(seed)
  const people = [random.id(), random.id(), random.id()] as const
  const model: Model = { store: createStore(random, people), random, nowMs: 0, announced: [], refused: new Set() }
  const [personId] = people
  commands.makeConversation(model, { kind: 'group', members: people, ownerId: personId })
  commands.makeConversation(model, { kind: 'group', members: people.slice(1), ownerId: people[1] })
  model.announced.length = 0
  const before = reduce(emptyState, { kind: 'opened', opened: openSync(model, personId, {}) }).state
  for (const step of steps) allowRefusal(() => happen(model, people, step))
  const events = model.announced.flatMap((one) => (one.personId === personId ? [one.frame as AudienceEvent] : []))
  return { model, personId, before, events }
}

function happen(model: Model, people: readonly PersonId[], step: Step) {
  const who = people[step.who % people.length]
  const text = `text ${model.store.commits}`
  const parts = [{ type: 'text' as const, text }]
  if (!who) return
  if (step.kind === 'direct') {
    const other = people[(step.who + 1) % people.length]
    const { organizationId } = model.store
    if (other) commands.postDirect(model, who, { organizationId, personId: other, id: model.random.id(), parts })
    return
  }
  const audiences = Array.from(model.store.audiences.values())
  const audience = audiences[step.where % audiences.length]
  if (!audience) return
  if (step.kind === 'turn') return commands.changeMember(model, audience, who)
  if (step.kind === 'post') return void commands.post(model, who, { audience, id: model.random.id(), parts })
  const messages = Array.from(audience.messages.values())
  const number = messages[step.which % Math.max(1, messages.length)]?.number ?? 0
  const changes = {
    edit: { name: 'message.edited' as const, change: { parts } },
    delete: { name: 'message.deleted' as const, change: { parts: [], deletedAt: 'then' } },
    react: { name: 'message.reacted' as const, change: { reactions: [{ emoji: '👍', personIds: [who] }] } },
  }
  commands.changeMessage(model, who, { audience, number, ...changes[step.kind] })
}

function allowRefusal(run: () => void) {
  try {
    run()
  } catch (error) {
    if (!(error instanceof commands.ModelRefusal)) throw error
  }
}

/** Asks for the differences until nothing is missing, as a client does that hears all heads. */
function repair(state: State, { model, personId }: Story): State {
  const own = personDifference(model, personId, state.personNumber)
  if (own.isTooFar) return reduce(state, { kind: 'opened', opened: openSync(model, personId, {}) }).state
  let repaired = reduceAll(state, own.events.map(toInput)).state
  for (const audience of model.store.audiences.values()) {
    if (isMember(audience, personId)) repaired = repairLog(repaired, audience, personId)
  }
  return repaired
}

function repairLog(state: State, audience: StoredAudience, personId: PersonId): State {
  const after = state.audiences.get(audience.id)?.lastNumber ?? 0
  const { events, lastNumber } = difference(audience, personId, { after })
  const next = reduceAll(state, events.map(toInput)).state
  return (next.audiences.get(audience.id)?.lastNumber ?? lastNumber) < lastNumber
    ? repairLog(next, audience, personId)
    : next
}

const toInput = (event: AudienceEvent | PersonEvent): Input => ({ kind: 'event', event })

function checkSame(state: State, { model, personId }: Story) {
  assert.deepEqual(viewOf(state), viewOfSnapshot(openSync(model, personId, {})))
  for (const [audienceId, log] of state.logs) {
    const audience = model.store.audiences.get(audienceId)
    const visible = audience ? visibleMessages(audience, personId) : []
    assert.deepEqual(
      log.messages,
      visible.filter(({ number }) => number >= log.from),
    )
  }
}

test('the old snapshot and all events give the new snapshot', () => {
  fc.assert(
    fc.property(fc.array(stepArbitrary, { maxLength: 40 }), fc.nat(), (steps, seed) => {
      const story = tell(steps, seed)
      const { state, needs } = reduceAll(story.before, story.events.map(toInput))
      assert.deepEqual(needs, [])
      checkSame(state, story)
    }),
    { numRuns: 300 },
  )
})

/** One who has read leaves while the first is away. */
const othersLeaveMeanwhile: Step[] = [
  { kind: 'post', who: 1, where: 0, which: 0 },
  ...[0, 1, 0].map((who): Step => ({ kind: 'turn', who, where: 0 })),
]

test('events repeated, in any order and with losses give the same state, once the differences have been asked for', () => {
  fc.assert(
    fc.property(fc.array(stepArbitrary, { maxLength: 40 }), arrivalsArbitrary, fc.nat(), (steps, arrivals, seed) => {
      const story = tell(steps, seed)
      const arrived = arrivals.flatMap((at) => story.events[at] ?? [])
      const { state } = reduceAll(story.before, arrived.map(toInput))
      checkSame(repair(state, story), story)
    }),
    { numRuns: 300, examples: [[othersLeaveMeanwhile, [], 0]] },
  )
})

test('an event is applied only when all before it have been', () => {
  fc.assert(
    fc.property(fc.array(stepArbitrary, { maxLength: 40 }), arrivalsArbitrary, (steps, arrivals) => {
      const story = tell(steps, 1)
      let state = story.before
      for (const at of arrivals) {
        const event = story.events[at]
        if (!event) continue
        const after = reduce(state, toInput(event)).state
        for (const [audienceId, { lastNumber }] of after.audiences) {
          const before = state.audiences.get(audienceId)?.lastNumber
          assert.ok(before === undefined || lastNumber - before <= 1)
        }
        state = after
      }
    }),
    { numRuns: 200 },
  )
})

test('a page of history that is older than events which came before it changes none of them', () => {
  fc.assert(
    fc.property(fc.array(stepArbitrary, { maxLength: 30 }), fc.nat({ max: 30 }), (steps, split) => {
      const early = tell(steps.slice(0, split), 1)
      const [audience] = early.model.store.audiences.values()
      if (!audience || !isMember(audience, early.personId)) return
      // The client connects when the first steps have happened; the page is read at once and comes after all others.
      const opened = reduce(emptyState, { kind: 'opened', opened: openSync(early.model, early.personId, {}) }).state
      const audienceId: AudienceId = audience.id
      const before = opened.logs.get(audienceId)?.from ?? 0
      const page = structuredClone(historyPage(audience, early.personId, { before, limit: 3 }))
      early.model.announced.length = 0
      const people = Array.from(early.model.store.persons.keys())
      for (const step of steps.slice(split)) allowRefusal(() => happen(early.model, people, step))
      const events = early.model.announced.flatMap((one) =>
        one.personId === early.personId ? [one.frame as AudienceEvent] : [],
      )
      const { state } = reduceAll(opened, [
        { kind: 'page-asked', audienceId },
        ...events.map(toInput),
        { kind: 'page', audienceId, before, page },
      ])
      checkSame(state, { ...early, before: opened, events })
    }),
    { numRuns: 300 },
  )
})
