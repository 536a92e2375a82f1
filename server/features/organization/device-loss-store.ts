import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'

type Loss = { organizationId: OrganizationId; personId: PersonId; reportedBy: PersonId | null; now: Date }

export async function reportLoss(tx: Tx, { organizationId, personId, reportedBy, now }: Loss): Promise<void> {
  await tx`
    insert into device_loss (organization_id, person_id, reported_by, reported_at)
    values (${organizationId}, ${personId}, ${reportedBy}, ${now})
    on conflict (organization_id, person_id)
    do update set reported_by = excluded.reported_by, reported_at = excluded.reported_at`
}

/** Whether the person takes part in an organization where nobody has said so since then. */
export async function isLossDoubted(
  tx: Tx,
  { personId, since }: { personId: PersonId; since: Date },
): Promise<boolean> {
  const rows = await tx`
    select from member
    where person_id = ${personId} and state = 'active' and not exists (
      select from device_loss
      where device_loss.organization_id = member.organization_id and device_loss.person_id = member.person_id
        and reported_at > ${since}::timestamptz)
    limit 1`
  return rows.length > 0
}

export async function forgetLoss(tx: Tx, personId: PersonId): Promise<void> {
  await tx`delete from device_loss where person_id = ${personId}`
}
