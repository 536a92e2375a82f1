import type { OrganizationId } from '../../../protocol/ids.ts'
import type { z } from 'zod'
import type { Dispatch } from '../../../protocol/dispatch.ts'
import type { Tx } from '../../platform/sql.ts'

export type DispatchRow = {
  id: string
  purpose: z.output<typeof Dispatch>['purpose']
  recipientName: string
  address: string
  state: 'waiting' | 'sent' | 'failed' | 'shown' | 'expired'
  fault: string | null
  attempts: number
  createdAt: string
  expiresAt: string
  /** Only of people of this organization alone: with another's code one would get into other organizations too. */
  sealed: Buffer | null
}

/**
 * The organization's invitations, and the codes of those who are in no other. What concerns people of other
 * organizations too is theirs. Of somebody who has not come in yet only codes that are shown here are listed: a mail
 * that is missing would tell whoever adds an address that it is known elsewhere. The address is the one that this
 * organization knows.
 */
export async function listDispatches(
  tx: Tx,
  {
    organizationId,
    before,
    limit,
    now,
    showsOwners,
  }: {
    organizationId: OrganizationId
    before: readonly [string, string] | null
    limit: number
    now: Date
    showsOwners: boolean
  },
): Promise<DispatchRow[]> {
  return tx<DispatchRow>`
    select dispatch.id, purpose, member.name as "recipientName", member.address, dispatch.state, fault, attempts,
      dispatch.created_at as "createdAt", expires_at as "expiresAt",
      case when dispatch.state = 'shown' and not is_elsewhere and expires_at > ${now}::timestamptz
          and (${showsOwners}::boolean or member.role <> 'owner')
        then sealed end as sealed
    from dispatch
    join member on member.organization_id = ${organizationId} and member.person_id = dispatch.person_id
    cross join lateral (
      select exists (
        select from member as other
        where other.person_id = dispatch.person_id and other.organization_id <> ${organizationId}
      ) or exists (
        select from outsider as other
        where other.person_id = dispatch.person_id and other.organization_id <> ${organizationId}
      ) as is_elsewhere
    ) as person
    where (dispatch.organization_id = ${organizationId} or (dispatch.organization_id is null and not is_elsewhere
        and (member.state = 'active' or dispatch.state = 'shown')))
      and (${before?.[0]}::timestamptz is null
        or (dispatch.created_at, dispatch.id) < (${before?.[0]}::timestamptz, ${before?.[1]}::uuid))
    order by dispatch.created_at desc, dispatch.id desc limit ${limit}`
}
