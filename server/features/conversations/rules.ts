import { hash } from 'node:crypto'
import type { z } from 'zod'
import type { AudienceId, ConversationId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Message, PostMessage } from '../../../protocol/conversations.ts'
import { fromMicros, toMicros } from '../../platform/instant.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { MemberRole } from './member-rules.ts'

export type Post = { actorId: PersonId; input: z.output<typeof PostMessage> }
/** An audience under lock. `version` and `lastPostedAt` are those of the conversation's first audience. */
export type Audience = {
  id: AudienceId
  firstId: AudienceId
  organizationId: OrganizationId
  conversationId: ConversationId
  isOneWay: boolean
  lastNumber: number
  lastMessageNumber: number
  version: number
  lastPostedAt: string
  closedAt: string | null
}
/** A message as it is stored: with the membership's version, and with what recognises a retry. */
export type StoredMessage = { message: Message; version: number; contentHash: string }
/** Where an audience stands after a batch. */
export type Head = {
  id: AudienceId
  lastNumber: number
  lastId: string | null
  lastMessageNumber: number
  /** Of the conversation, in its first audience: its clock. */
  lastPostedAt: string | null
  /** Of this audience: when its own last message was posted. */
  lastMessageAt: string | null
}
export type Admission = { fresh: StoredMessage[]; heads: Head[]; answers: (Message | Refusal)[] }

/** Whether a member may write into an audience: in a one-way one only its owners. Null: is not in it. */
export function mayPost(role: MemberRole | null, isOneWay: boolean): boolean | Refusal {
  if (role === null) return false
  return !isOneWay || role === 'owner' || new Refusal('broadcast.one-way')
}

/** Recognises a retry. Outlives an erasure of the content. */
export function contentHash({ parts, replyTo }: Pick<Message, 'parts' | 'replyTo'>): string {
  return hash('sha256', JSON.stringify([parts, replyTo ?? null]), 'base64')
}

export type Known = {
  audiences: ReadonlyMap<AudienceId, Audience>
  /** What is stored already under the audience, author and id of these posts. */
  posted: readonly StoredMessage[]
  /** The messages that replies name, as `audience number`. */
  replied: ReadonlySet<string>
  now: Date
  /**
   * Under a millisecond, from chance: blurs the sort times of broadcasts. Of two messages within a millisecond the
   * later one would otherwise show whoever was left out of the earlier that there was one.
   */
  blurMicros?: number
}

/**
 * Pure: numbers the posts of a batch in the logs of their audiences. The same post twice, in this batch or before it,
 * has one answer; another content under the same id has none. Ids are chosen by clients, so they mean something only
 * with their author.
 */
export function admit(posts: readonly Post[], { audiences, posted, replied, now, blurMicros = 0 }: Known): Admission {
  const known = new Map(posted.map((stored) => [keyOf(stored.message, stored.message.authorId), stored]))
  const heads = new Heads(audiences, now, blurMicros)
  const fresh: StoredMessage[] = []
  const answers = posts.map(({ actorId, input }) => {
    const key = keyOf(input, actorId)
    const ownHash = contentHash(input)
    const before = known.get(key)
    if (before) return before.contentHash === ownHash ? before.message : new Refusal('message.id-taken', { path: 'id' })
    const audience = audiences.get(input.audienceId)
    if (!audience || audience.closedAt !== null) return new Refusal('conversation.closed')
    if (input.replyTo !== undefined && !replied.has(`${input.audienceId} ${input.replyTo}`)) {
      return new Refusal('message.not-found', { path: 'replyTo' })
    }
    const stored = { message: heads.next(audience, actorId, input), version: audience.version, contentHash: ownHash }
    known.set(key, stored)
    fresh.push(stored)
    return stored.message
  })
  return { fresh, heads: heads.moved(), answers }
}

/** Numbers and sort times run on within a batch; sort times of one conversation, through all of its audiences. */
class Heads {
  readonly #heads: Map<AudienceId, Head>
  readonly #lastMicros: Map<AudienceId, number>
  readonly #moved = new Set<AudienceId>()
  readonly #nowMicros: number
  readonly #blurMicros: number

  constructor(audiences: ReadonlyMap<AudienceId, Audience>, now: Date, blurMicros: number) {
    const all = Array.from(audiences.values())
    this.#heads = new Map(
      all.map(({ id, lastNumber, lastMessageNumber }) => [
        id,
        { id, lastNumber, lastMessageNumber, lastId: null, lastPostedAt: null, lastMessageAt: null },
      ]),
    )
    this.#lastMicros = new Map(all.map(({ firstId, lastPostedAt }) => [firstId, toMicros(lastPostedAt)]))
    this.#nowMicros = now.getTime() * 1_000
    this.#blurMicros = blurMicros
  }

  next({ id, firstId, isOneWay }: Audience, authorId: PersonId, input: Post['input']): Message {
    const head = this.#headOf(id)
    const nowMicros = this.#nowMicros + (isOneWay ? this.#blurMicros : 0)
    const micros = Math.max((this.#lastMicros.get(firstId) ?? 0) + 1, nowMicros)
    const postedAt = fromMicros(micros)
    this.#lastMicros.set(firstId, micros)
    head.lastId = input.id
    head.lastMessageAt = postedAt
    this.#moved.add(id)
    this.#headOf(firstId).lastPostedAt = postedAt
    this.#moved.add(firstId)
    return {
      id: input.id,
      audienceId: id,
      authorId,
      parts: input.parts,
      number: ++head.lastNumber,
      messageNumber: ++head.lastMessageNumber,
      postedAt,
      ...(input.replyTo === undefined ? {} : { replyTo: input.replyTo }),
    }
  }

  moved(): Head[] {
    return Array.from(this.#moved, (id) => this.#headOf(id))
  }

  /** The first audience of a narrower one is not among those posted to; its numbers stay as they are. */
  #headOf(id: AudienceId): Head {
    const nothing = { lastNumber: 0, lastMessageNumber: 0, lastId: null, lastPostedAt: null, lastMessageAt: null }
    const head = this.#heads.get(id) ?? { id, ...nothing }
    this.#heads.set(id, head)
    return head
  }
}

const keyOf = ({ audienceId, id }: { audienceId: string; id: string }, authorId: string) =>
  `${audienceId} ${authorId} ${id}`
