import { digestOf, type Head } from '../protocol/digest.ts'
import type { State as StateFrame } from '../protocol/delivery.ts'
import type { AudienceId, PersonId } from '../protocol/ids.ts'
import type { Draft } from './draft.ts'
import { showsMarks, withMark } from './marks-rules.ts'
import { putAudience } from './reduce-conversations.ts'
import type { Progress } from './state.ts'

/** How long somebody is shown as writing after the last sign of it. */
const TYPING_SHOWN_MS = 6_000
/** Long commands whose progress is remembered. */
const PROGRESS_MAX = 20

/** Merges a passing fact. */
export function applyFrame(draft: Draft, frame: StateFrame, nowMs: number): void {
  if (frame.state === 'typing') showTyping(draft, frame, nowMs)
  else if (frame.state === 'marked') moveMark(draft, frame)
  else if (frame.state === 'presence') setOnline(draft, frame.personId, frame.isOnline)
  else if (frame.state === 'narrowed') openNarrowed(draft, frame)
  else if (frame.state === 'directory') renewDirectory(draft, frame)
  else if (frame.state === 'campaigns') renewCampaigns(draft, frame)
  else if (frame.state === 'progress') showProgress(draft, frame)
  else if (frame.state === 'heads') compareHeads(draft, frame.heads)
  else if (frame.state === 'beat') compareBeat(draft, frame)
}

type Frame<S extends StateFrame['state']> = Extract<StateFrame, { state: S }>

function showTyping(draft: Draft, { audienceId, personId }: Frame<'typing'>, nowMs: number) {
  if (personId === draft.personId || !draft.audiences.get(audienceId)) return
  draft.typing.set(audienceId, new Map(draft.typing.get(audienceId)).set(personId, nowMs + TYPING_SHOWN_MS))
}

/** Forgets who has not shown for a while that they are writing. */
export function expireTyping(draft: Draft, nowMs: number): void {
  for (const [audienceId, typing] of Array.from(draft.typing.entries())) {
    const still = Array.from(typing).filter(([, untilMs]) => untilMs > nowMs)
    if (still.length === 0) draft.typing.delete(audienceId)
    else if (still.length < typing.size) draft.typing.set(audienceId, new Map(still))
  }
}

function moveMark(draft: Draft, { audienceId, personId, read, delivered }: Frame<'marked'>) {
  const audience = draft.audiences.get(audienceId)
  const conversation = audience && draft.conversations.get(audience.conversationId)
  if (!audience || !conversation) return
  if (personId === draft.personId) {
    // Another device may have read what has not arrived here yet, so this may be above the last message.
    if (read > audience.readNumber) draft.audiences.set(audienceId, { ...audience, readNumber: read })
    return
  }
  const marks = showsMarks(conversation) ? withMark(audience.marks, { personId, read, delivered }) : audience.marks
  if (marks !== audience.marks) draft.audiences.set(audienceId, { ...audience, marks })
}

export function moveOwnMark(draft: Draft, audienceId: AudienceId, messageNumber: number): void {
  const audience = draft.audiences.get(audienceId)
  if (!audience) return
  const readNumber = Math.max(audience.readNumber, Math.min(messageNumber, audience.lastMessageNumber))
  if (readNumber !== audience.readNumber) draft.audiences.set(audienceId, { ...audience, readNumber })
}

function setOnline(draft: Draft, personId: PersonId, isOnline: boolean) {
  if (draft.onlineIds.has(personId) === isOnline) return
  const onlineIds = new Set(draft.onlineIds)
  if (isOnline) onlineIds.add(personId)
  else onlineIds.delete(personId)
  draft.onlineIds = onlineIds
}

/** A fresh audience beside those that are known. */
function openNarrowed(draft: Draft, { conversationId, audienceId }: Frame<'narrowed'>) {
  const conversation = draft.conversations.get(conversationId)
  if (!conversation || draft.audiences.get(audienceId)) return
  const { organizationId, may, audienceIds } = conversation
  const start = { fromNumber: 1, lastNumber: 0, lastId: null, lastMessageNumber: 0, readNumber: 0, lastMessage: null }
  const rule = may.manage ? 'some' : 'everybody'
  putAudience(draft, { ...start, id: audienceId, rule, marks: [], conversationId, organizationId })
  draft.conversations.set(conversationId, { ...conversation, audienceIds: [...audienceIds, audienceId] })
}

function renewDirectory(draft: Draft, { organizationId, version }: Frame<'directory'>) {
  draft.memberships = draft.memberships.map((membership) => {
    const { organization } = membership
    return organization.id === organizationId && organization.directoryVersion < version
      ? { ...membership, organization: { ...organization, directoryVersion: version } }
      : membership
  })
}

function renewCampaigns(draft: Draft, { organizationId }: Frame<'campaigns'>) {
  const version = (draft.campaignVersions.get(organizationId) ?? 0) + 1
  draft.campaignVersions = new Map(draft.campaignVersions).set(organizationId, version)
}

function showProgress(draft: Draft, { id, step, done, total }: Frame<'progress'>) {
  const others = Array.from(draft.progress).filter(([known]) => known !== id)
  const entry: [string, Progress] = [id, { step, done, total }]
  draft.progress = new Map([...others, entry].slice(-PROGRESS_MAX))
}

/**
 * A log that is not known begins with an event in the person's own, which has a number and a place in the beat itself.
 */
function compareHeads(draft: Draft, heads: readonly { audienceId: AudienceId; number: number }[]) {
  for (const { audienceId, number } of heads) {
    const known = draft.audiences.get(audienceId)
    if (known && known.lastNumber < number) {
      draft.needs.push({ log: 'audience', audienceId, after: known.lastNumber, until: number })
    }
  }
}

/**
 * The beat shows what no gap shows: that the last event of a log was lost. Heads that it names are asked for one by
 * one; when its digest still differs from ours, something else is missing. While the person's own log is behind, they
 * need not be equal.
 */
function compareBeat(draft: Draft, { personNumber, heads, digest }: Frame<'beat'>) {
  if (personNumber > draft.personNumber) {
    draft.needs.push({ log: 'person', after: draft.personNumber, until: personNumber })
    compareHeads(
      draft,
      heads.filter(({ audienceId }) => draft.audiences.get(audienceId)),
    )
    return
  }
  if (digestOf(expectedHeads(draft, heads)) === digest) compareHeads(draft, heads)
  else draft.needs.push({ log: 'all' })
}

function expectedHeads(draft: Draft, heads: readonly Head[]): Iterable<Head> {
  const expected = new Map<string, number>()
  for (const [id, { lastNumber }] of draft.audiences.entries()) expected.set(id, lastNumber)
  for (const { audienceId, number } of heads) {
    const known = expected.get(audienceId)
    if (known !== undefined) expected.set(audienceId, Math.max(number, known))
  }
  return Array.from(expected, ([audienceId, number]) => ({ audienceId, number }))
}
