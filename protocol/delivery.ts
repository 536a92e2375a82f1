import { z } from 'zod'
import { Coupon } from './coupons.ts'
import { ConversationView, Mark, Message } from './conversations.ts'
import { AudienceId, ConversationId, CouponId, LogNumber, OrganizationId, PersonId } from './ids.ts'
import { Pairing, PairingOutcome } from './identity.ts'
import { limits } from './limits.ts'
import { Membership } from './organization.ts'

const inLog = { audienceId: AudienceId, number: LogNumber, id: z.uuid() }

/** What stands in the log of an audience. A posted message is its own event: its number and id are the message's. */
export const AudienceEvent = z.discriminatedUnion('name', [
  z.object({ name: z.literal('message.posted'), message: Message }),
  z.object({ name: z.literal('message.edited'), ...inLog, message: Message }),
  z.object({ name: z.literal('message.deleted'), ...inLog, message: Message }),
  z.object({ name: z.literal('message.reacted'), ...inLog, message: Message }),
  z.object({
    name: z.literal('members.changed'),
    ...inLog,
    conversationId: ConversationId,
    joinedIds: z.array(PersonId),
    leftIds: z.array(PersonId),
    ownerIds: z.array(PersonId),
    memberCount: z.int(),
  }),
  /** In broadcasts, whose members learn of nobody but the owners. */
  z.object({
    name: z.literal('owners.changed'),
    ...inLog,
    conversationId: ConversationId,
    ownerIds: z.array(PersonId),
  }),
  z.object({ name: z.literal('conversation.closed'), ...inLog, conversationId: ConversationId }),
  z.object({ name: z.literal('conversation.reopened'), ...inLog, conversationId: ConversationId }),
  /** Somebody from outside is in it from now on, or an owner has said that it is internal again. */
  z.object({
    name: z.literal('conversation.reach-changed'),
    ...inLog,
    conversationId: ConversationId,
    isExternal: z.boolean(),
  }),
  z.object({ name: z.literal('conversation.renamed'), ...inLog, conversationId: ConversationId, title: z.string() }),
  /** Something this person may not see; it only keeps the numbers dense. */
  z.object({ name: z.literal('hidden'), ...inLog }),
])
export type AudienceEvent = z.infer<typeof AudienceEvent>

const inPersonLog = { personId: PersonId, number: LogNumber, id: z.uuid() }
/** What stands in a person's own log. */
export const PersonEvent = z.discriminatedUnion('name', [
  z.object({ name: z.literal('conversation.joined'), ...inPersonLog, conversation: ConversationView }),
  z.object({ name: z.literal('conversation.left'), ...inPersonLog, conversationId: ConversationId }),
  z.object({ name: z.literal('membership.changed'), ...inPersonLog, membership: Membership }),
  /** Another device wants to sign in as this person, and waits to be let in. */
  z.object({ name: z.literal('pairing.asked'), ...inPersonLog, pairing: Pairing }),
  z.object({ name: z.literal('pairing.ended'), ...inPersonLog, pairingId: z.uuid(), outcome: PairingOutcome }),
  /** A coupon of this person's, as it is now. */
  z.object({ name: z.literal('coupon.changed'), ...inPersonLog, coupon: Coupon }),
  /** A coupon of theirs ends soon. */
  z.object({ name: z.literal('coupon.reminded'), ...inPersonLog, coupon: Coupon }),
  /** It is somebody else's now. */
  z.object({ name: z.literal('coupon.removed'), ...inPersonLog, couponId: CouponId }),
])
export type PersonEvent = z.infer<typeof PersonEvent>

/** Passing facts without a number: merged by maximum, or forgotten. */
export const State = z.discriminatedUnion('state', [
  z.object({ state: z.literal('typing'), audienceId: AudienceId, personId: PersonId }),
  z.object({ state: z.literal('marked'), audienceId: AudienceId, ...Mark.shape }),
  z.object({ state: z.literal('presence'), personId: PersonId, isOnline: z.boolean() }),
  /** The owner of a broadcast has narrowed it, and this person hears it still. Nothing was said there yet. */
  z.object({ state: z.literal('narrowed'), conversationId: ConversationId, audienceId: AudienceId }),
  /** The directory of an organization has changed: ask again for what is shown. */
  z.object({ state: z.literal('directory'), organizationId: OrganizationId, version: z.int() }),
  /** Campaigns of an organization have changed, or coupons were redeemed: ask again for what is shown. */
  z.object({ state: z.literal('campaigns'), organizationId: OrganizationId }),
  z.object({ state: z.literal('progress'), id: z.uuid(), step: z.string(), done: z.int(), total: z.int() }),
  /** Heads that moved, without their events: ask for the differences. */
  z.object({ state: z.literal('heads'), heads: z.array(z.object({ audienceId: AudienceId, number: LogNumber })) }),
  /** Every 25 seconds. `personNumber` is the head of the person's log. Two missing ones mean a dead connection. */
  z.object({
    state: z.literal('beat'),
    personNumber: LogNumber,
    heads: z.array(z.object({ audienceId: AudienceId, number: LogNumber })),
    /** FNV-1a over `audienceId:number` of all heads, sorted: differs when anything is missing. */
    digest: z.string(),
  }),
  z.object({ state: z.literal('drain'), reconnectAfterMs: z.int() }),
])
export type State = z.infer<typeof State>

/** Where a client stands in a log: the last event it applied. */
export const Position = z.object({ audienceId: AudienceId, number: LogNumber, id: z.uuid().nullable() })

/** The first thing said on a connection. Without positions it answers with everything. */
export const OpenSync = z.strictObject({
  epoch: z.uuid().nullable().default(null),
  person: z.object({ number: LogNumber, id: z.uuid().nullable() }).default({ number: 0, id: null }),
  positions: z.array(Position).max(10_000).default([]),
})
export const OpenedSync = z.object({
  personId: PersonId,
  /** Changes when a backup has been restored. */
  epoch: z.uuid(),
  /** `true`: forget what you have and take `conversations` as the whole truth. */
  isReset: z.boolean(),
  person: z.object({ number: LogNumber, id: z.uuid().nullable() }),
  memberships: z.array(Membership),
  /** Sign-ins that wait to be let in; those past their `expiresAt` may be among them. */
  pairings: z.array(Pairing),
  /** On a reset this person's coupons that can be used yet, as `booklet.read` lists them; else none. */
  coupons: z.array(Coupon),
  /** All of them on a reset, else those with narrowed audiences that the client has not named. */
  conversations: z.array(ConversationView),
  /** What happened since, most recently active conversation first. */
  personEvents: z.array(PersonEvent),
  events: z.array(AudienceEvent),
  /** Logs whose difference was too long: here is the head; the hole is filled by `message.history`. */
  tooFar: z.array(z.object({ audienceId: AudienceId, head: z.lazy(() => AudienceHead) })),
  /** Today's marks, without a reset: one's own, and those of the others where they show. */
  marks: z.array(z.object({ audienceId: AudienceId, ...Mark.shape })),
  onlineIds: z.array(PersonId),
})
export const AudienceHead = z.object({
  number: LogNumber,
  id: z.uuid().nullable(),
  messageNumber: LogNumber,
  readNumber: LogNumber,
  lastMessage: Message.nullable(),
})
export type OpenSync = z.infer<typeof OpenSync>
export type OpenedSync = z.infer<typeof OpenedSync>

export const Difference = z.strictObject({
  audienceId: AudienceId,
  after: LogNumber,
  limit: z.int().min(1).max(1_000).default(limits.page),
})
export const DifferencePage = z.object({ events: z.array(AudienceEvent), lastNumber: LogNumber })
export const PersonDifference = z.strictObject({ after: LogNumber })
export const PersonDifferencePage = z.object({
  events: z.array(PersonEvent),
  lastNumber: LogNumber,
  isTooFar: z.boolean(),
})
