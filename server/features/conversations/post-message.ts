import { randomInt } from 'node:crypto'
import { Message, PostMessage } from '../../../protocol/conversations.ts'
import type { AudienceId } from '../../../protocol/ids.ts'
import { batchCommand, type Allowed } from '../../platform/command.ts'
import { announce } from '../../platform/events.ts'
import type { Tx } from '../../platform/sql.ts'
import { allowParts, keepParts } from './part-rules.ts'
import { admit, mayPost, type Admission, type Audience, type Known, type Post, type StoredMessage } from './rules.ts'
import {
  existingAudiences,
  findPosted,
  findReplied,
  insertMessages,
  lockAudiences,
  lockFreeAudiences,
  rolesIn,
} from './store.ts'

export const postMessage = batchCommand({
  name: 'message.post',
  summary: 'Post a message to an audience.',
  input: PostMessage,
  output: Message,
  key: (input) => input.audienceId,
  share: (input) => input.organizationId,

  async lockBatch(tx, posts, whenHeld) {
    const ids = Array.from(new Set(posts.map(({ input }) => input.audienceId)))
    // One trip, but one statement after the other: what the later ones read is true under the lock.
    const [locked, roles, posted] = await Promise.all([
      whenHeld === 'skip' ? lockFreeAudiences(tx, ids) : lockAudiences(tx, ids),
      rolesIn(tx, posts),
      findPosted(tx, posts),
    ])
    const audiences = new Map(locked.map((audience) => [audience.id, audience]))
    return {
      audiences,
      roles: new Map(posts.map((post, index) => [post, roles[index] ?? null])),
      posted,
      busy: whenHeld === 'skip' ? await findBusy(tx, ids, audiences) : new Set(),
    }
  },

  async allowBatch(tx, posts, { audiences, roles, posted }) {
    const parts = await allowParts(tx, posts)
    const allowed = posts.map((post, index) => {
      const mayWrite = mayPost(roles.get(post) ?? null, audiences.get(post.input.audienceId)?.isOneWay ?? true)
      return mayWrite === true ? (parts[index] ?? true) : mayWrite
    })
    return allowed.every((answer) => answer === true) ? allowed : admitRetries(posts, posted, allowed)
  },

  async runBatch(tx, posts, locked, now) {
    const { answers } = await store(tx, posts, { ...locked, now })
    return answers
  },
})

/** Who has left since gets the answer to what they had sent before: it was stored, and is their own. */
function admitRetries(
  posts: readonly Post[],
  posted: readonly StoredMessage[],
  allowed: readonly Allowed[],
): Allowed[] {
  const known = new Set(posted.map(({ message }) => `${message.audienceId} ${message.authorId} ${message.id}`))
  return posts.map(({ actorId, input }, index) => {
    const answer = allowed[index] ?? false
    return known.has(`${input.audienceId} ${actorId} ${input.id}`) || answer
  })
}

/** Those that exist but were not to be had. */
async function findBusy(
  tx: Tx,
  ids: readonly AudienceId[],
  audiences: ReadonlyMap<AudienceId, Audience>,
): Promise<Set<AudienceId>> {
  const missing = ids.filter((id) => !audiences.has(id))
  return new Set(missing.length === 0 ? [] : await existingAudiences(tx, missing))
}

/** Admits posts to locked audiences, stores them and tells delivery. */
export async function store(
  tx: Tx,
  posts: readonly Post[],
  { audiences, posted, now }: Pick<Known, 'audiences' | 'posted' | 'now'>,
): Promise<Admission> {
  const admission = admit(posts, {
    audiences,
    posted,
    replied: await findReplied(tx, posts),
    now,
    blurMicros: randomInt(1_000),
  })
  if (admission.fresh.length === 0) return admission
  tx.withCommit(insertMessages(tx, admission.fresh, admission.heads))
  const messages = admission.fresh.map(({ message }) => message)
  for (const kept of keepParts(tx, messages)) tx.withCommit(kept)
  announce(
    tx,
    admission.fresh.map(({ message, version }) => ({
      topic: `audience:${message.audienceId}`,
      version,
      body: { name: 'message.posted', message },
    })),
  )
  return admission
}
