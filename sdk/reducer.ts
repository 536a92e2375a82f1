import type { OpenedSync } from '../protocol/delivery.ts'
import type { AudienceId } from '../protocol/ids.ts'
import type { OutputOf } from './commands.ts'
import { isSame } from './marks-rules.ts'
import { draftOf, finish, type Draft } from './draft.ts'
import { marksOfPresent, mergeConversation, sorted } from './reduce-conversations.ts'
import { applyEvent } from './reduce-events.ts'
import { applyFrame, expireTyping, moveOwnMark } from './reduce-frames.ts'
import { acknowledge, addPending, changePending, dropPending, failPending } from './reduce-pending.ts'
import { emptyState, type Input, type Need, type State } from './state.ts'

/**
 * The state after an input, and what is missing for it. Pure. An event is applied if it is the next one of its log,
 * dropped if it is known; if others are missing before it, the state stays as it is and `needs` says what to ask for.
 *
 * @example
 * const { state, needs } = reduce(before, { kind: 'event', event })
 */
export function reduce(before: State, input: Input): { state: State; needs: readonly Need[] } {
  const draft = draftOf(input.kind === 'signed-out' ? emptyState : isReset(input) ? forgetful(before) : before)
  apply(draft, input)
  return { state: finish(draft, before), needs: draft.needs }
}

/** Applies many inputs, one after the other. */
export function reduceAll(before: State, inputs: readonly Input[]): { state: State; needs: readonly Need[] } {
  const needs: Need[] = []
  let state = before
  for (const input of inputs) {
    const after = reduce(state, input)
    state = after.state
    needs.push(...after.needs)
  }
  return { state, needs }
}

function isReset(input: Input): boolean {
  return input.kind === 'opened' && input.opened.isReset
}

/** What is still to be sent outlives a reset. What was stored is in the new log, or lost with the old one. */
function forgetful({ pending, progress }: State): State {
  return { ...emptyState, progress, pending: pending.filter(({ status }) => status !== 'sent') }
}

function apply(draft: Draft, input: Input): void {
  switch (input.kind) {
    case 'opened':
      return open(draft, input.opened)
    case 'event':
      return applyEvent(draft, input.event)
    case 'state':
      return applyFrame(draft, input.frame, input.nowMs)
    case 'conversation':
      return mergeConversation(draft, input.conversation, 'snapshot')
    case 'page-asked':
      return askPage(draft, input.audienceId)
    case 'page':
      return takePage(draft, input)
    case 'post':
      return addPending(draft, input.post)
    case 'acknowledged':
      return acknowledge(draft, input.message, input.conversation)
    case 'failed':
      return failPending(draft, input.id, input.failure)
    case 'retried':
      return changePending(draft, input.id, { status: 'waiting' })
    case 'discarded':
      return dropPending(draft, input.ids)
    case 'read':
      return moveOwnMark(draft, input.audienceId, input.messageNumber)
    case 'time':
      return expireTyping(draft, input.nowMs)
    case 'signed-out':
      return undefined
  }
}

/** With more logs than this that have run away, everything is asked for at once. */
const TOO_FAR_MAX = 20

function open(draft: Draft, opened: OpenedSync): void {
  draft.personId = opened.personId
  draft.epoch = opened.epoch
  draft.memberships = sorted(opened.memberships)
  draft.pairings = opened.pairings
  draft.onlineIds = new Set(opened.onlineIds)
  if (opened.isReset) {
    draft.personNumber = opened.person.number
    draft.personLastId = opened.person.id
    draft.coupons = opened.coupons
    opened.conversations.forEach((conversation) => mergeConversation(draft, conversation, 'snapshot'))
    return
  }
  opened.personEvents.forEach((event) => applyEvent(draft, event))
  if (draft.personNumber < opened.person.number) {
    draft.needs.push({ log: 'person', after: draft.personNumber, until: opened.person.number })
  }
  draft.needs.push(...needsOfFar(draft, opened.tooFar))
  opened.events.forEach((event) => applyEvent(draft, event))
  opened.conversations.forEach((conversation) => mergeConversation(draft, conversation, 'snapshot'))
  takeMarks(draft, opened.marks)
}

function takeMarks(draft: Draft, marks: OpenedSync['marks']) {
  const byAudience = Map.groupBy(marks, ({ audienceId }) => audienceId)
  for (const [audienceId, audience] of Array.from(draft.audiences.entries())) {
    const inAudience = byAudience.get(audienceId) ?? []
    const others = inAudience.filter(({ personId }) => personId !== draft.personId)
    const own = inAudience.find(({ personId }) => personId === draft.personId)
    const readNumber = Math.max(audience.readNumber, own?.read ?? 0)
    const today = marksOfPresent(audience.marks, others)
    if (readNumber === audience.readNumber && isSame(today, audience.marks)) continue
    draft.audiences.set(audienceId, { ...audience, readNumber, marks: today })
  }
}

/**
 * A head alone would skip the events that tell names and members, so whole conversations are asked for. Until one
 * comes, its log stays where it is: should the connection be lost first, the next one says again that it is too far.
 */
function needsOfFar(draft: Draft, tooFar: OpenedSync['tooFar']): Need[] {
  if (tooFar.length > TOO_FAR_MAX) return [{ log: 'reset' }]
  return tooFar.flatMap(({ audienceId }) => {
    const audience = draft.audiences.get(audienceId)
    if (!audience) return []
    const { conversationId, organizationId } = audience
    return { log: 'conversation', conversationId, organizationId }
  })
}

function askPage(draft: Draft, audienceId: AudienceId) {
  const log = draft.logs.get(audienceId)
  if (log) draft.logs.set(audienceId, { ...log, asking: new Map() })
}

type PageTaken = { audienceId: AudienceId; before: number; page: OutputOf<'message.history'> | null }

/** The page may be older than the events that came while it was on its way, so these win. */
function takePage(draft: Draft, { audienceId, before, page }: PageTaken) {
  const log = draft.logs.get(audienceId)
  // The log was set back to its head meanwhile, or forgotten.
  if (!log?.asking) return
  const { asking } = log
  if (!page || before !== log.from) return draft.logs.set(audienceId, { ...log, asking: null })
  const older = page.messages.filter(({ number }) => number < before).map((old) => asking.get(old.number) ?? old)
  const first = Math.max(1, draft.audiences.get(audienceId)?.fromNumber ?? 1)
  const from = page.hasMore && older[0] ? older[0].number : Math.min(before, first)
  draft.logs.set(audienceId, { messages: [...older, ...log.messages], from, asking: null })
}
