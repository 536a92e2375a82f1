import { v5 as uuidv5 } from 'uuid'
import { z } from 'zod'
import { Instant, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Job, Tools } from '../../platform/feature.ts'
import { recordAct } from '../../platform/audit.ts'
import { addJob } from '../../platform/jobs.ts'
import { publicUrl } from '../../platform/server-settings.ts'
import type { Tx } from '../../platform/sql.ts'
import { isMailSet, queueDispatches } from '../dispatch/index.ts'
import { addressesByPerson } from '../identity/index.ts'
import { findMembers, findOrganization } from '../organization/index.ts'
import { policyOf } from './access.ts'
import { toCsv } from './csv.ts'
import { makeReport } from './make-report.ts'
import { leadsAnybody } from './store.ts'
import { endSubscription, lockSubscription, putSubscription, turnOf, type Turn } from './subscription-store.ts'

type Reader = { organizationId: OrganizationId; personId: PersonId }
const Payload = z.object({ organizationId: OrganizationId, personId: PersonId, at: Instant })
const CLOCK_SKEW_MAX_MS = 60_000
/** A report that could not be delivered for so long is of no use any more. */
const SENT_WITHIN_MS = 7 * 24 * 3_600_000

export const jobKeyOf = ({ organizationId, personId }: Reader) => `report:${organizationId}:${personId}`

/** Sends the report of the period that is over, and waits for the next one: in one transaction, so once. */
export const sendReports: Job = {
  name: 'reports.send',
  async run(payload, tools) {
    const { at, ...reader } = Payload.parse(payload)
    const now = tools.clock()
    // The job begins when the database's clock says so; it is tried again later.
    if (Date.parse(at) > now.getTime() + CLOCK_SKEW_MAX_MS) throw new Error('It is not time for this report yet.')
    await tools.database.transaction(async (tx) => {
      const subscription = await lockSubscription(tx, reader)
      if (subscription?.nextAt !== at) return
      const { every } = subscription
      const policy = await policyOf(tx, reader.organizationId)
      const turn = await turnOf(tx, every, { at, timeZone: policy.timeZone })
      const [member] = await findMembers(tx, reader.organizationId, [reader.personId])
      if (member?.state !== 'active') return endSubscription(tx, reader)
      const isWanted = policy.isOn && isMailSet(tools.settings)
      if (isWanted && (await leadsAnybody(tx, reader.organizationId, reader.personId)))
        await send(tx, reader, { turn, tools, personName: member.name })
      // After a long pause one report goes out, not one for each period that was missed.
      const { nextAt } = await turnOf(tx, every, { at: laterOf(at, now), timeZone: policy.timeZone })
      await putSubscription(tx, reader, { every, nextAt })
      const next = { ...reader, at: nextAt }
      await addJob(tx, 'reports.send', next, { runAt: new Date(nextAt), key: jobKeyOf(reader) })
    })
  },
}

const laterOf = (at: string, now: Date) => (Date.parse(at) > now.getTime() ? at : now.toISOString())

type Sending = { turn: Turn; tools: Tools; personName: string }

async function send(tx: Tx, reader: Reader, { turn, tools, personName }: Sending): Promise<void> {
  const { organizationId, personId } = reader
  const { seal, clock, settings } = tools
  const now = clock()
  const organization = await findOrganization(tx, organizationId)
  const [address] = (await addressesByPerson(tx, [personId])).get(personId) ?? []
  if (!organization || address === undefined) return
  const { from, until } = turn
  const report = await makeReport({ tx }, personId, { organizationId, from, until })
  const rows = report.rows.map((row) => [row.name, row.subject, row.people, row.messages, row.firstAt, row.lastAt])
  const content = {
    purpose: 'report' as const,
    locale: organization.locale,
    personName,
    organizationName: organization.name,
    from,
    until,
    messages: report.messages,
    groups: report.groups,
    people: report.people,
    rows: report.rows.slice(0, ROWS_IN_MAIL).map(({ name, subject, messages }) => ({ name, subject, messages })),
    link: `${settings.get(publicUrl)}/reports`,
    csv: toCsv(['from', 'to', 'people', 'messages', 'first', 'last'], rows),
  }
  // One id for each reader and period: should it be queued twice, it is one mail.
  const id = uuidv5(`${organizationId} ${personId} ${from} ${until}`, uuidv5.URL)
  const expiresAt = new Date(now.getTime() + SENT_WITHIN_MS)
  await queueDispatches(tx, [{ id, organizationId, personId, address, expiresAt, content }], { seal, now })
  const acting = { tx, now, actor: { kind: 'server' as const } }
  recordAct(acting, { organizationId, act: 'report.sent', personIds: [personId], facts: { from, until } })
}

const ROWS_IN_MAIL = 20
