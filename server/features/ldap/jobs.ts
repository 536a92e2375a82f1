import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { OrganizationId } from '../../../protocol/ids.ts'
import type { Job } from '../../platform/feature.ts'
import { addJob } from '../../platform/jobs.ts'
import type { Tx } from '../../platform/sql.ts'
import { carryOutRun } from './run-sync.ts'
import * as store from './store.ts'

const HOUR_MS = 3_600_000

const RunPayload = z.object({ organizationId: OrganizationId, runId: z.uuid() })
/** Asks the directory for a run that somebody has begun. */
export const readLdap: Job = {
  name: 'ldap.read',
  async run(payload, tools) {
    const { organizationId, runId } = RunPayload.parse(payload)
    const run = await tools.database.read((tx) => store.findRun(tx, organizationId, runId))
    if (!run) return
    try {
      await carryOutRun(run, tools)
    } catch (error) {
      if (tools.attempt >= tools.attemptsMax) await giveUp(run, tools)
      throw error
    }
  },
}

/** Somebody who waits for it is told, instead of waiting for ever. */
async function giveUp({ runId }: store.RunRow, { database, clock }: Parameters<Job['run']>[1]): Promise<void> {
  const ended = { runId, state: 'failed', fault: 'interrupted', result: { detail: '' }, rows: null } as const
  await database.transaction((tx) => store.endRun(tx, ended, clock()))
}

const SchedulePayload = z.object({ organizationId: OrganizationId })
/** Begins a run when its time has come, and stores when the next one is due: the schedule outlives a run that fails. */
export const runSchedule: Job = {
  name: 'ldap.run-schedule',
  async run(payload, { database, clock }) {
    const { organizationId } = SchedulePayload.parse(payload)
    await database.transaction(async (tx) => {
      const source = await store.findSource(tx, organizationId)
      if (!source || source.everyHours === null) return
      const now = clock()
      await startRun(tx, { runId: uuidv7(), organizationId, purpose: 'sync', askedBy: null, isScheduled: true }, now)
      await scheduleNext(tx, organizationId, source.everyHours, now)
    })
  },
}

type NewRun = Parameters<typeof store.insertRun>[1]
/** False where the id is in use already. */
export async function startRun(tx: Tx, run: NewRun, now: Date): Promise<boolean> {
  if (!(await store.insertRun(tx, run, now))) return false
  const { organizationId, runId } = run
  await addJob(tx, 'ldap.read', { organizationId, runId }, { attemptsMax: 4 })
  return true
}

/** In the place of what was scheduled before. */
export async function scheduleNext(
  tx: Tx,
  organizationId: OrganizationId,
  everyHours: number,
  now: Date,
): Promise<void> {
  const runAt = new Date(now.getTime() + everyHours * HOUR_MS)
  await addJob(tx, 'ldap.run-schedule', { organizationId }, { key: `ldap ${organizationId}`, runAt })
}
