import { z } from 'zod'
import { AudienceId, MessageId, PersonId } from '../../../protocol/ids.ts'
import type { Job } from '../../platform/feature.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { Tx } from '../../platform/sql.ts'
import { sendFilled } from './send-filled.ts'
import { allowParts } from './part-rules.ts'
import { store } from './post-message.ts'
import { mayPost, type Post } from './rules.ts'
import * as schedules from './schedule-store.ts'
import { findPosted, lockAudiences, rolesIn } from './store.ts'

const Payload = z.object({ audienceId: AudienceId, authorId: PersonId, id: MessageId })

/** Posts a message whose time has come, if its author may post it now. */
export const postScheduled: Job = {
  name: 'conversations.post-scheduled',
  async run(payload, { database, clock }) {
    const key = Payload.parse(payload)
    const hasFields = await database.transaction(async (tx) => {
      const audiences = await lockAudiences(tx, [key.audienceId])
      const scheduled = await schedules.lockScheduled(tx, key)
      if (scheduled?.state !== 'waiting') return false
      if (scheduled.fields) return true
      const { organizationId, parts } = scheduled
      const { audienceId, authorId: actorId, id } = key
      const post = { actorId, input: { organizationId, audienceId, id, parts } }
      const fault = await postOne(tx, post, { audiences, now: clock() })
      await schedules.endScheduled(tx, key, { state: fault ? 'refused' : 'posted', fault: fault?.code ?? null })
      return false
    })
    if (hasFields) await sendFilled(key, { database, clock })
  },
}

type Around = { audiences: Awaited<ReturnType<typeof lockAudiences>>; now: Date }

async function postOne(tx: Tx, post: Post, { audiences, now }: Around): Promise<Refusal | undefined> {
  const [audience] = audiences
  const [role = null] = await rolesIn(tx, [post])
  const mayWrite = mayPost(role, audience?.isOneWay ?? true)
  const allowed = mayWrite === true ? ((await allowParts(tx, [post]))[0] ?? true) : mayWrite
  if (allowed !== true) return allowed || new Refusal('access.refused')
  const { answers } = await store(tx, [post], {
    audiences: new Map(audiences.map((one) => [one.id, one])),
    posted: await findPosted(tx, [post]),
    now,
  })
  return answers.find((answer) => answer instanceof Refusal)
}
