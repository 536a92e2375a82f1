import type { z } from 'zod'
import {
  CancelSchedule,
  CreateSchedule,
  ListSchedules,
  ScheduledMessage,
  ScheduleList,
} from '../../../protocol/groups.ts'
import type { MessageId, OrganizationId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import { command, personOf, query, type Context } from '../../platform/command.ts'
import { addJob } from '../../platform/jobs.ts'
import { Refusal } from '../../platform/refusal.ts'
import { templateOf } from '../fields/index.ts'
import { filledHash, requirePolicy } from './fill-message.ts'
import { dropTexts, findFilling } from './filled-store.ts'
import { isActive, isParticipant } from './member-store.ts'
import { allowParts } from './part-rules.ts'
import { contentHash, mayPost } from './rules.ts'
import * as schedules from './schedule-store.ts'
import { peekAudiences, rolesIn } from './store.ts'

const AHEAD_MAX_MS = 366 * 24 * 3_600_000
/** Clocks of clients are not exact. */
const PAST_MAX_MS = 60_000

export const createSchedule = command({
  name: 'schedule.create',
  summary: 'Let a message be posted at a later time. Whether one may post it is decided then.',
  input: CreateSchedule,
  output: ScheduledMessage,

  async allow(ctx, input) {
    const [audience] = await peekAudiences(ctx.tx, [input.audienceId])
    const [role = null] = await rolesIn(ctx.tx, [{ actorId: personOf(ctx), input }])
    const mayWrite = mayPost(role, audience?.isOneWay ?? true)
    if (input.fields) requirePolicy(input.fields, audience)
    if (mayWrite !== true) return mayWrite
    if (input.fields && !(await isActive(ctx.tx, input.organizationId, personOf(ctx)))) return false
    return (await allowParts(ctx.tx, [{ actorId: personOf(ctx), input }]))[0] ?? true
  },

  run: schedule,
})

/** Stores it until its time, and the job that posts it then. */
export async function schedule(ctx: Context, input: z.output<typeof CreateSchedule>): Promise<ScheduledMessage> {
  const { organizationId, audienceId, id, parts, fields, postAt } = input
  const key = { audienceId, authorId: personOf(ctx), id }
  const hash = fields ? filledHash({ parts, fields }) : contentHash({ parts })
  const before = await schedules.lockScheduled(ctx.tx, key)
  if (before && before.contentHash !== hash) throw new Refusal('message.id-taken', { path: 'id' })
  if (before) return shown(before)
  const at = new Date(postAt)
  const aheadMs = at.getTime() - ctx.now.getTime()
  if (aheadMs < -PAST_MAX_MS || aheadMs > AHEAD_MAX_MS) throw new Refusal('schedule.time', { path: 'postAt' })
  if ((await schedules.countWaiting(ctx.tx, { ...key, organizationId })) >= limits.schedulesPerPerson)
    throw new Refusal('schedule.limit')
  if (fields) templateOf(parts)
  const scheduled = { ...key, organizationId, parts, fields, contentHash: hash, postAt: at }
  await schedules.insertScheduled(ctx.tx, scheduled, ctx.now)
  const jobKey = `scheduled:${audienceId}:${key.authorId}:${id}`
  await addJob(ctx.tx, 'conversations.post-scheduled', key, { runAt: at, key: jobKey })
  const stored = await schedules.lockScheduled(ctx.tx, key)
  if (!stored) throw new Error('A scheduled message vanished under its lock.')
  return shown(stored)
}

export const listSchedules = query({
  name: 'schedule.list',
  summary: 'One’s own messages that wait for their time, and those that could not be posted.',
  input: ListSchedules,
  output: ScheduleList,
  allow: (ctx, { organizationId }) => isParticipant(ctx.tx, organizationId, personOf(ctx)),

  async run(ctx, { organizationId }) {
    const owned = { organizationId, authorId: personOf(ctx) }
    const rows = await schedules.listScheduled(ctx.tx, owned, limits.schedulesPerPerson)
    return { scheduled: rows.map(shown) }
  },
})

export const cancelSchedule = command({
  name: 'schedule.cancel',
  summary: 'Take back a message of one’s own that waits for its time, or put away one that could not be posted.',
  input: CancelSchedule,
  output: ScheduledMessage,
  lock: holdOwn,
  allow: (_ctx, _input, held) => held !== undefined || new Refusal('schedule.not-found', { path: 'id' }),

  async run(ctx, { id }, held) {
    if (!held) throw new Refusal('schedule.not-found', { path: 'id' })
    if (held.state === 'posted') throw new Refusal('schedule.not-found', { path: 'id' })
    if (held.state === 'cancelled') return shown(held)
    const key = { audienceId: held.audienceId, authorId: personOf(ctx), id }
    const filling = await findFilling(ctx.tx, { ...key, messageId: id })
    if (filling) await dropTexts(ctx.tx, filling.id)
    await schedules.endScheduled(ctx.tx, key, { state: 'cancelled', fault: null })
    return shown({ ...held, state: 'cancelled', fault: null, parts: [] })
  },
})

async function holdOwn(ctx: Context, { organizationId, id }: { organizationId: OrganizationId; id: MessageId }) {
  const authorId = personOf(ctx)
  const audienceId = await schedules.findScheduled(ctx.tx, { organizationId, authorId, id })
  return audienceId && schedules.lockScheduled(ctx.tx, { audienceId, authorId, id })
}

export function shown(row: schedules.ScheduledRow): ScheduledMessage {
  const { id, audienceId, conversationId, parts, fields, postAt, state, fault } = row
  return { id, audienceId, conversationId, parts, postAt, state, fault, ...(fields ? { fields } : {}) }
}
