import { randomInt } from 'node:crypto'
import { Message, PostMessage } from '../../../protocol/conversations.ts'
import type { AudienceId } from '../../../protocol/ids.ts'
import { batchCommand, type Allowed, type Locked } from '../../platform/command.ts'
import { announce } from '../../platform/events.ts'
import type { Tx } from '../../platform/sql.ts'
import { admit, mayPost, type Admission, type Audience, type Post } from './rules.ts'
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
    const locked = await (whenHeld === 'skip' ? lockFreeAudiences(tx, ids) : lockAudiences(tx, ids))
    const audiences = new Map(locked.map((audience) => [audience.id, audience]))
    return { audiences, busy: whenHeld === 'skip' ? await findBusy(tx, ids, audiences) : new Set() }
  },

  async allowBatch(tx, posts, { audiences }) {
    const roles = await rolesIn(tx, posts)
    const allowed = posts.map(({ input }, index) =>
      mayPost(roles[index] ?? null, audiences.get(input.audienceId)?.isOneWay ?? true),
    )
    return allowed.every((answer) => answer === true) ? allowed : admitRetries(tx, posts, allowed)
  },

  async runBatch(tx, posts, { audiences }, now) {
    const { answers } = await store(tx, posts, { audiences, now })
    return answers
  },
})

/** Who has left since gets the answer to what they had sent before: it was stored, and is their own. */
async function admitRetries(tx: Tx, posts: readonly Post[], allowed: readonly Allowed[]): Promise<Allowed[]> {
  const posted = await findPosted(
    tx,
    posts.filter((_, index) => allowed[index] !== true),
  )
  const known = new Set(posted.map(({ message }) => `${message.audienceId} ${message.authorId} ${message.id}`))
  return posts.map(({ actorId, input }, index) => {
    const answer = allowed[index] ?? false
    return known.has(`${input.audienceId} ${actorId} ${input.id}`) || answer
  })
}

type LockedAudiences = Locked & { audiences: ReadonlyMap<AudienceId, Audience> }

/** Those that exist but were not to be had. */
async function findBusy(
  tx: Tx,
  ids: readonly AudienceId[],
  audiences: LockedAudiences['audiences'],
): Promise<Set<AudienceId>> {
  const missing = ids.filter((id) => !audiences.has(id))
  return new Set(missing.length === 0 ? [] : await existingAudiences(tx, missing))
}

/** Admits posts to locked audiences, stores them and tells delivery. */
export async function store(
  tx: Tx,
  posts: readonly Post[],
  { audiences, now }: { audiences: ReadonlyMap<AudienceId, Audience>; now: Date },
): Promise<Admission> {
  const posted = await findPosted(tx, posts)
  const admission = admit(posts, {
    audiences,
    posted,
    replied: await findReplied(tx, posts),
    now,
    blurMicros: randomInt(1_000),
  })
  if (admission.fresh.length === 0) return admission
  await insertMessages(tx, admission.fresh, admission.heads)
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
