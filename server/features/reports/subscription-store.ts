import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { ReportEvery } from '../../../protocol/reports.ts'
import type { Tx } from '../../platform/sql.ts'

type Reader = { organizationId: OrganizationId; personId: PersonId }
type Every = Exclude<ReportEvery, 'never'>
export type Subscription = { every: Every; nextAt: string }

/** Locked, so that one report goes out for one period. */
export async function lockSubscription(
  tx: Tx,
  { organizationId, personId }: Reader,
): Promise<Subscription | undefined> {
  const [found] = await tx<Subscription>`
    select every, next_at as "nextAt" from report_subscription
    where organization_id = ${organizationId} and person_id = ${personId} for update`
  return found
}

export async function findSubscription(
  tx: Tx,
  { organizationId, personId }: Reader,
): Promise<Subscription | undefined> {
  const [found] = await tx<Subscription>`
    select every, next_at as "nextAt" from report_subscription
    where organization_id = ${organizationId} and person_id = ${personId}`
  return found
}

export async function putSubscription(
  tx: Tx,
  { organizationId, personId }: Reader,
  { every, nextAt }: Subscription,
): Promise<void> {
  await tx`
    insert into report_subscription (organization_id, person_id, every, next_at)
    values (${organizationId}, ${personId}, ${every}, ${nextAt}::timestamptz)
    on conflict (organization_id, person_id) do update set every = excluded.every, next_at = excluded.next_at`
}

export async function endSubscription(tx: Tx, { organizationId, personId }: Reader): Promise<void> {
  await tx`delete from report_subscription where organization_id = ${organizationId} and person_id = ${personId}`
}

export type Turn = { from: string; until: string; nextAt: string }
/**
 * The last whole day, week or month before this time, by the calendar of the time zone, and seven in the morning of the
 * first day after the next one. Weeks begin on Mondays.
 */
export async function turnOf(tx: Tx, every: Every, { at, timeZone }: { at: string; timeZone: string }): Promise<Turn> {
  const [turn] = await tx<Turn>`
    select (begin - step)::date::text as from, (begin::date - 1)::text as until,
      (begin + step + interval '7 hours') at time zone ${timeZone}::text as "nextAt"
    from (
      select date_trunc(${every}::text, ${at}::timestamptz at time zone ${timeZone}::text) as begin,
        ('1 ' || ${every}::text)::interval as step
    ) as period`
  if (!turn) throw new Error('A period has no beginning.')
  return turn
}
