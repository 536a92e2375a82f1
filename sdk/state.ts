import type { AudienceView, ConversationView, Mark, Message } from '../protocol/conversations.ts'
import type { AudienceEvent, OpenedSync, PersonEvent, State as StateFrame } from '../protocol/delivery.ts'
import type { AudienceId, ConversationId, MessageId, OrganizationId, PersonId } from '../protocol/ids.ts'
import type { Coupon } from '../protocol/coupons.ts'
import type { Pairing } from '../protocol/identity.ts'
import type { Membership } from '../protocol/organization.ts'
import type { Part } from '../protocol/parts.ts'
import type { OutputOf } from './commands.ts'
import type { RequestError } from './request-error.ts'
import { ShardedMap } from './sharded-map.ts'

/**
 * All that a client knows. Never changed in place: what has not changed is the same object as before, so that a screen
 * can compare by identity (`useSyncExternalStore(client.subscribe, () => client.state)`).
 */
export type State = {
  /** Null until the first synchronisation. */
  readonly personId: PersonId | null
  /** Changes when a backup of the server has been restored. */
  readonly epoch: string | null
  /** Where this client stands in the person's own log. */
  readonly personNumber: number
  readonly personLastId: string | null
  /** `organization.directoryVersion` grows when people or chart have changed: ask again for what is shown. */
  readonly memberships: readonly Membership[]
  /** Other devices that wait to be let in as this person, until `expiresAt`; `pairing.show-code` does it. */
  readonly pairings: readonly Pairing[]
  /** Coupons of this person that can be used yet, the newest first; `booklet.read` tells what each gives. */
  readonly coupons: readonly Coupon[]
  /** Grows whenever something about an organization's campaigns may have changed: ask again for what is shown. */
  readonly campaignVersions: ReadonlyMap<OrganizationId, number>
  readonly conversations: ReadonlyMap<ConversationId, Conversation>
  readonly audiences: ReadonlyMap<AudienceId, Audience>
  readonly logs: ReadonlyMap<AudienceId, MessageLog>
  /** The outbox, in the order of sending. */
  readonly pending: readonly PendingPost[]
  /** Who is writing, and until when (milliseconds since 1970); see `typingIn`. */
  readonly typing: ReadonlyMap<AudienceId, ReadonlyMap<PersonId, number>>
  readonly onlineIds: ReadonlySet<PersonId>
  /** Of long commands, by the id the client gave them (`importId`). */
  readonly progress: ReadonlyMap<string, Progress>
}

export type Conversation = Readonly<Omit<ConversationView, 'audiences'>> & {
  readonly audienceIds: readonly AudienceId[]
}

/**
 * `marks` are of the other members, sorted by their ids; those who have neither received nor read anything are absent.
 */
export type Audience = Readonly<Omit<AudienceView, 'marks'>> & {
  readonly marks: readonly Mark[]
  readonly conversationId: ConversationId
  readonly organizationId: OrganizationId
}

/** The messages of an audience that are loaded: all from the log number `from` up to the head, in ascending order. */
export type MessageLog = {
  readonly messages: readonly Message[]
  /** `from > 1` and above the audience's `fromNumber`: there may be older ones; `client.history` loads them. */
  readonly from: number
  /** While a page is being asked for: what has changed meanwhile, by log number. */
  readonly asking: ReadonlyMap<number, Message> | null
}

type Sending = {
  readonly id: MessageId
  readonly organizationId: OrganizationId
  readonly parts: readonly Part[]
  /** Milliseconds since 1970, by this machine's clock. */
  readonly createdAtMs: number
  /** `sent`: stored by the server, its event is still under way. */
  readonly status: 'waiting' | 'sent' | 'failed'
  /** Where a `sent` one stands. */
  readonly place?: { readonly audienceId: AudienceId; readonly number: number }
  /** Why it `failed`. */
  readonly failure?: Failure
}
/** A message of one's own that is not in the log yet. */
export type PendingPost =
  | (Sending & { readonly kind: 'post'; readonly audienceId: AudienceId; readonly replyTo?: number })
  | (Sending & { readonly kind: 'direct'; readonly personId: PersonId })

export type Failure = Pick<RequestError, 'code' | 'message' | 'path'>
export type Progress = { readonly step: string; readonly done: number; readonly total: number }

/** Everything that can change the state. */
export type Input =
  | { kind: 'opened'; opened: OpenedSync }
  | { kind: 'event'; event: AudienceEvent | PersonEvent }
  | { kind: 'state'; frame: StateFrame; nowMs: number }
  /** A fresh snapshot of one conversation; where it is ahead of the log, it is believed. */
  | { kind: 'conversation'; conversation: ConversationView }
  | { kind: 'page-asked'; audienceId: AudienceId }
  /** `before` is what was asked with; null: no page came. */
  | { kind: 'page'; audienceId: AudienceId; before: number; page: OutputOf<'message.history'> | null }
  | { kind: 'post'; post: PendingPost }
  | { kind: 'acknowledged'; id: MessageId; message: Message; conversation?: ConversationView }
  | { kind: 'failed'; id: MessageId; failure: Failure }
  | { kind: 'retried'; id: MessageId }
  | { kind: 'discarded'; ids: readonly MessageId[] }
  /** One's own read mark, before the server knows it. */
  | { kind: 'read'; audienceId: AudienceId; messageNumber: number }
  /** Forgets what has expired. */
  | { kind: 'time'; nowMs: number }
  /** Another person, or nobody, uses this client. */
  | { kind: 'signed-out' }

/**
 * What is missing: differences to ask for, from the event after `after` to `until`. `conversation`: its log has run too
 * far away, a snapshot of it takes the difference's place. `all`: present all positions again; `reset`: ask for
 * everything, because a whole organization has opened, or too much is missing.
 */
export type Need =
  | { log: 'audience'; audienceId: AudienceId; after: number; until: number }
  | { log: 'person'; after: number; until: number }
  | { log: 'conversation'; conversationId: ConversationId; organizationId: OrganizationId }
  | { log: 'all' }
  | { log: 'reset' }

/** What is known before anything is known. */
export const emptyState: State = {
  personId: null,
  epoch: null,
  personNumber: 0,
  personLastId: null,
  memberships: [],
  pairings: [],
  coupons: [],
  campaignVersions: new Map(),
  conversations: ShardedMap.empty(),
  audiences: ShardedMap.empty(),
  logs: ShardedMap.empty(),
  pending: [],
  typing: ShardedMap.empty(),
  onlineIds: new Set(),
  progress: new Map(),
}
