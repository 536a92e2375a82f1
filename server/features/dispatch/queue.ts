import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { addJob } from '../../platform/jobs.ts'
import type { Seal } from '../../platform/seal.ts'
import type { Tx } from '../../platform/sql.ts'
import { sealContent, type Content } from './content.ts'
import { insertDispatches } from './store.ts'

export type NewDispatch = {
  /** A UUID: that of the code's request, so that a code that ends takes its dispatch along. */
  id: string
  /** Of an invitation. */
  organizationId: OrganizationId | null
  /** Null: the address is nobody's yet. */
  personId: PersonId | null
  address: string
  /** From then on it is not sent and its content is wiped. */
  expiresAt: Date
  content: Content
}

/** Mails of one job: they share a connection to the mail server, and those that fail are tried again together. */
const PER_JOB = 50

/** Stored with the transaction: they go out if, and only if, it commits. */
export async function queueDispatches(
  tx: Tx,
  dispatches: readonly NewDispatch[],
  { seal, now }: { seal: Seal; now: Date },
): Promise<void> {
  if (dispatches.length === 0) return
  const rows = dispatches.map(({ content, ...dispatch }) => ({
    ...dispatch,
    purpose: content.purpose,
    sealed: sealContent(seal, content),
  }))
  await insertDispatches(tx, rows, now)
  for (let first = 0; first < rows.length; first += PER_JOB) {
    const ids = rows.slice(first, first + PER_JOB).map(({ id }) => id)
    await addJob(tx, 'dispatch.send', { ids }, { attemptsMax: SEND_ATTEMPTS_MAX })
  }
  const expiresAt = new Date(dispatches.reduce((latest, one) => Math.max(latest, one.expiresAt.getTime()), 0))
  await addJob(tx, 'dispatch.wipe', { expiresAt: expiresAt.toISOString() }, { runAt: expiresAt })
}

/** With pauses that grow to six hours: a day and a half. What expires earlier is given up then. */
const SEND_ATTEMPTS_MAX = 14
