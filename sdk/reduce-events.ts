import type { Message } from '../protocol/conversations.ts'
import type { AudienceEvent, PersonEvent } from '../protocol/delivery.ts'
import type { Coupon } from '../protocol/coupons.ts'
import type { AudienceId, ConversationId } from '../protocol/ids.ts'
import type { Draft } from './draft.ts'
import { showsMarks, withMark, withoutMarks } from './marks-rules.ts'
import { dropConversation, forgetSent, mergeConversation, putMembership } from './reduce-conversations.ts'
import type { Audience, Conversation } from './state.ts'

/** Where an event stands: in the log of an audience, or in the person's own. */
export function placeOf(event: AudienceEvent | PersonEvent) {
  if (event.name === 'message.posted') {
    const { audienceId, number, id } = event.message
    return { audienceId, number, id }
  }
  return 'audienceId' in event
    ? { audienceId: event.audienceId, number: event.number, id: event.id }
    : { audienceId: null, number: event.number, id: event.id }
}

export function isPersonEvent(event: AudienceEvent | PersonEvent): event is PersonEvent {
  return event.name !== 'message.posted' && 'personId' in event
}

/** Applies the event that is next in its log; drops what is known, and wishes for what lies between. */
export function applyEvent(draft: Draft, event: AudienceEvent | PersonEvent): void {
  if (isPersonEvent(event)) applyPersonEvent(draft, event)
  else applyAudienceEvent(draft, event)
}

function applyPersonEvent(draft: Draft, event: PersonEvent): void {
  if (event.number <= draft.personNumber) return
  if (event.number > draft.personNumber + 1) {
    draft.needs.push({ log: 'person', after: draft.personNumber, until: event.number - 1 })
    return
  }
  draft.personNumber = event.number
  draft.personLastId = event.id
  if (event.name === 'conversation.joined') mergeConversation(draft, event.conversation, 'log')
  else if (event.name === 'conversation.left') dropConversation(draft, event.conversationId)
  else if (event.name === 'membership.changed') putMembership(draft, event.membership)
  else if (event.name === 'pairing.asked') draft.pairings = [event.pairing, ...without(draft, event.pairing.id)]
  else if (event.name === 'pairing.ended') draft.pairings = without(draft, event.pairingId)
  else if (event.name === 'coupon.removed') draft.coupons = draft.coupons.filter(({ id }) => id !== event.couponId)
  else if ('coupon' in event) putCoupon(draft, event.coupon)
}

const without = (draft: Draft, pairingId: string) => draft.pairings.filter(({ id }) => id !== pairingId)

/** What is over leaves the open ones. */
function putCoupon(draft: Draft, coupon: Coupon) {
  const others = draft.coupons.filter(({ id }) => id !== coupon.id)
  const isOpen = coupon.state === 'issued' || coupon.state === 'saved' || coupon.state === 'locked'
  draft.coupons = isOpen ? [...others, coupon].toSorted(newestFirst) : others
}
const newestFirst = (a: Coupon, b: Coupon) =>
  a.issuedAt === b.issuedAt ? (a.id < b.id ? 1 : -1) : a.issuedAt < b.issuedAt ? 1 : -1

function applyAudienceEvent(draft: Draft, event: AudienceEvent): void {
  const { audienceId, number, id } = placeOf(event)
  const audience = audienceId === null ? undefined : draft.audiences.get(audienceId)
  // Not heard any more, or not yet: the person's own log says which.
  if (!audience || number <= audience.lastNumber) return
  if (number > audience.lastNumber + 1) {
    draft.needs.push({ log: 'audience', audienceId: audience.id, after: audience.lastNumber, until: number - 1 })
    return
  }
  const moved = { ...audience, lastNumber: number, lastId: id }
  draft.audiences.set(audience.id, moved)
  tell(draft, event, moved)
  forgetSent(draft, audience.id, number)
}

/** Events of a kind that is not known here, from a newer server, only move the number, as `hidden` does. */
function tell(draft: Draft, event: AudienceEvent, audience: Audience): void {
  if (event.name === 'message.posted') return addMessage(draft, event.message, audience)
  if ('message' in event) return replaceMessage(draft, event.message, audience)
  if (event.name === 'members.changed') return changeMembers(draft, event)
  if (event.name === 'owners.changed') change(draft, event.conversationId, { ownerIds: event.ownerIds })
  if (event.name === 'conversation.renamed') change(draft, event.conversationId, { name: event.title })
  if (event.name === 'conversation.closed') close(draft, event.conversationId)
  if (event.name === 'conversation.reopened') reopen(draft, event.conversationId)
  if (event.name === 'conversation.reach-changed') change(draft, event.conversationId, { isExternal: event.isExternal })
}

function addMessage(draft: Draft, message: Message, audience: Audience): void {
  const { authorId, messageNumber } = message
  const isOwn = authorId === draft.personId
  const conversation = draft.conversations.get(audience.conversationId)
  // Of what lies behind one's own mark the marks are known, and whoever has none has left while one was away.
  const isNews = messageNumber > audience.lastMessageNumber
  const isMarked = !isOwn && isNews && conversation !== undefined && showsMarks(conversation)
  draft.audiences.set(audience.id, {
    ...audience,
    lastMessage: message,
    lastMessageNumber: Math.max(audience.lastMessageNumber, messageNumber),
    // Whoever writes has read.
    readNumber: isOwn ? Math.max(audience.readNumber, messageNumber) : audience.readNumber,
    marks: isMarked
      ? withMark(audience.marks, { personId: authorId, read: messageNumber, delivered: messageNumber })
      : audience.marks,
  })
  const log = draft.logs.get(audience.id)
  if (log) draft.logs.set(audience.id, { ...log, messages: [...log.messages, message] })
  stopTyping(draft, audience.id, authorId)
  if (isOwn) forgetPending(draft, message)
}

function forgetPending(draft: Draft, { id, audienceId }: Message) {
  const isIt = (post: Draft['pending'][number]) =>
    post.id === id && (post.kind === 'direct' || post.audienceId === audienceId)
  if (draft.pending.some(isIt)) draft.pending = draft.pending.filter((post) => !isIt(post))
}

function stopTyping(draft: Draft, audienceId: AudienceId, personId: Message['authorId']) {
  const typing = draft.typing.get(audienceId)
  if (!typing?.has(personId)) return
  const others = new Map(Array.from(typing).filter(([id]) => id !== personId))
  if (others.size > 0) draft.typing.set(audienceId, others)
  else draft.typing.delete(audienceId)
}

function replaceMessage(draft: Draft, message: Message, audience: Audience): void {
  if (audience.lastMessage?.number === message.number) {
    draft.audiences.set(audience.id, { ...audience, lastMessage: message })
  }
  const log = draft.logs.get(audience.id)
  if (!log) return
  if (message.number >= log.from) {
    const index = log.messages.findLastIndex(({ number }) => number === message.number)
    if (index >= 0) draft.logs.set(audience.id, { ...log, messages: log.messages.with(index, message) })
  } else if (log.asking) {
    draft.logs.set(audience.id, { ...log, asking: new Map(log.asking).set(message.number, message) })
  }
}

type MembersChanged = Extract<AudienceEvent, { name: 'members.changed' }>
function changeMembers(draft: Draft, { conversationId, ownerIds, memberCount, leftIds }: MembersChanged): void {
  change(draft, conversationId, { ownerIds, memberCount })
  const conversation = draft.conversations.get(conversationId)
  for (const audienceId of conversation?.audienceIds ?? []) {
    const audience = draft.audiences.get(audienceId)
    if (!conversation || !audience || audience.marks.length === 0) continue
    const marks = showsMarks(conversation) ? withoutMarks(audience.marks, leftIds) : []
    if (marks !== audience.marks) draft.audiences.set(audienceId, { ...audience, marks })
  }
}

function close(draft: Draft, conversationId: ConversationId) {
  const conversation = draft.conversations.get(conversationId)
  if (!conversation) return
  const leave = conversation.kind !== 'direct' || conversation.may.leave
  change(draft, conversationId, { isClosed: true, may: { ...conversation.may, post: false, leave } })
}

/** Only direct conversations open again. */
function reopen(draft: Draft, conversationId: ConversationId) {
  const conversation = draft.conversations.get(conversationId)
  if (conversation)
    change(draft, conversationId, { isClosed: false, may: { ...conversation.may, post: conversation.may.seeMembers } })
}

function change(draft: Draft, conversationId: ConversationId, changes: Partial<Conversation>) {
  const conversation = draft.conversations.get(conversationId)
  if (conversation) draft.conversations.set(conversationId, { ...conversation, ...changes })
}
