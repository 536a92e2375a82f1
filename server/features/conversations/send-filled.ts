import { limits } from '../../../protocol/limits.ts'
import type { Tools } from '../../platform/feature.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { Tx } from '../../platform/sql.ts'
import { beginFilling, fillPortion, postFilled, type Sending } from './fill-message.ts'
import * as filled from './filled-store.ts'
import { isActive } from './member-store.ts'
import { allowParts } from './part-rules.ts'
import { mayPost } from './rules.ts'
import * as schedules from './schedule-store.ts'
import { lockAudiences, rolesIn } from './store.ts'

type Around = Pick<Tools, 'database' | 'clock'>
type Waiting = { id: string; sending: Sending; now: Date }

/**
 * Fills the texts of a message that waits, portion by portion, each in a transaction of its own; then posts it.
 * Wherever it is cut off, the next run goes on: texts that are stored stay, and nobody hears of it before all are.
 */
export async function sendFilled(key: schedules.Key, { database, clock }: Around): Promise<void> {
  try {
    while (await database.transaction((tx) => fillNext(tx, key, clock()))) continue
    while (await database.transaction((tx) => fillLastAndPost(tx, key, clock()))) continue
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    await database.transaction((tx) => giveUp(tx, key, error))
  }
}

/** Whether there was something to fill. */
async function fillNext(tx: Tx, key: schedules.Key, now: Date): Promise<boolean> {
  const waiting = await hold(tx, key, now)
  if (!waiting) return false
  const after = await filled.lastFilled(tx, waiting.id)
  const portion = await filled.recipientsOf(tx, { ...waiting.sending, after, limit: limits.fillAtOnce })
  await fillPortion(tx, waiting, portion)
  return portion.length === limits.fillAtOnce
}

/** Under the lock of the audience: whoever has joined meanwhile gets a text too. Whether there are more of them. */
async function fillLastAndPost(tx: Tx, key: schedules.Key, now: Date): Promise<boolean> {
  const [audience] = await lockAudiences(tx, [key.audienceId])
  const waiting = await hold(tx, key, now)
  if (!waiting || !audience) return false
  const { id, sending } = waiting
  await requireAllowed(tx, sending, audience)
  const late = await filled.unfilledOf(tx, id, { ...sending, limit: limits.fillAtOnce })
  await fillPortion(tx, waiting, late)
  if (late.length === limits.fillAtOnce) return true
  await filled.dropLeft(tx, id, key.audienceId)
  await postFilled(tx, waiting, audience)
  await schedules.endScheduled(tx, key, { state: 'posted', fault: null })
  return false
}

async function hold(tx: Tx, key: schedules.Key, now: Date): Promise<Waiting | undefined> {
  const scheduled = await schedules.lockScheduled(tx, key)
  if (scheduled?.state !== 'waiting' || !scheduled.fields) return undefined
  const { organizationId, parts, fields } = scheduled
  const sending = { ...key, messageId: key.id, organizationId, parts, fields }
  const id = (await filled.findFilling(tx, sending))?.id ?? (await beginFilling(tx, sending, now))
  return { id, sending, now }
}

async function requireAllowed(tx: Tx, sending: Sending, audience: { isOneWay: boolean }): Promise<void> {
  const { authorId, organizationId } = sending
  const [role = null] = await rolesIn(tx, [{ actorId: authorId, input: sending }])
  const allowed = mayPost(role, audience.isOneWay)
  if (allowed instanceof Refusal) throw allowed
  if (!allowed || !(await isActive(tx, organizationId, authorId))) throw new Refusal('access.refused')
  const [parts = true] = await allowParts(tx, [{ actorId: authorId, input: sending }])
  if (parts !== true) throw parts || new Refusal('access.refused')
}

/** Its author finds it among what waits, with the reason. */
async function giveUp(tx: Tx, key: schedules.Key, { code }: Refusal): Promise<void> {
  const scheduled = await schedules.lockScheduled(tx, key)
  if (scheduled?.state !== 'waiting') return
  const filling = await filled.findFilling(tx, { ...key, messageId: key.id })
  if (filling) await filled.dropTexts(tx, filling.id)
  await schedules.endScheduled(tx, key, { state: 'refused', fault: code })
}
