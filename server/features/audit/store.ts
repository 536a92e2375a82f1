import type { AuditEntry } from '../../../protocol/audit.ts'
import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'

type Filter = {
  organizationId: OrganizationId
  personId?: PersonId | undefined
  act?: string | undefined
  from?: string | undefined
  until?: string | undefined
  before?: number | undefined
  limit: number
}

export async function listEntries(tx: Tx, filter: Filter): Promise<AuditEntry[]> {
  const { organizationId, personId = null, act = null, from = null, until = null, before = null, limit } = filter
  return tx<AuditEntry>`
    select organization_id as "organizationId", number, at, act, actor_kind as "actorKind", actor_id as "actorId",
      device_id as "deviceId", person_ids as "personIds", thing_id as "thingId", facts, source, command,
      request_id as "requestId", encode(hash, 'hex') as hash
    from audit_entry
    where organization_id = ${organizationId}
      and (${before}::bigint is null or number < ${before}::bigint)
      and (${personId}::uuid is null or actor_id = ${personId}::uuid or ${personId}::uuid = any(person_ids))
      and (${act}::text is null or act = ${act}::text)
      and (${from}::timestamptz is null or at >= ${from}::timestamptz)
      and (${until}::timestamptz is null or at < ${until}::timestamptz)
    order by number desc limit ${limit}`
}

export async function readEntries(
  tx: Tx,
  { organizationId, after, limit }: { organizationId: OrganizationId; after: number; limit: number },
): Promise<AuditEntry[]> {
  return tx<AuditEntry>`
    select organization_id as "organizationId", number, at, act, actor_kind as "actorKind", actor_id as "actorId",
      device_id as "deviceId", person_ids as "personIds", thing_id as "thingId", facts, source, command,
      request_id as "requestId", encode(hash, 'hex') as hash
    from audit_entry
    where organization_id = ${organizationId} and number > ${after}
    order by number limit ${limit}`
}

export async function findHead(tx: Tx, organizationId: OrganizationId): Promise<{ number: number; hash: string }> {
  const [head] = await tx<{ number: number; hash: string }>`
    select number, encode(hash, 'hex') as hash from audit_head where organization_id = ${organizationId}`
  return head ?? { number: 0, hash: '' }
}
