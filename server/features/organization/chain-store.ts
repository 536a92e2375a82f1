import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'

type One = { organizationId: OrganizationId; personId: PersonId }

/** The members above somebody, the nearest first. */
export async function chainAbove(tx: Tx, { organizationId, personId }: One, depthMax: number) {
  const rows = await tx<{ personId: PersonId }>`
    with recursive chain (id, depth) as (
      select manager_id, 1 from member
      where organization_id = ${organizationId} and person_id = ${personId}
      union
      select manager_id, depth + 1 from chain
      join member on organization_id = ${organizationId} and person_id = chain.id
      where depth < ${depthMax}
    )
    select id as "personId" from chain
    join member on organization_id = ${organizationId} and person_id = chain.id
    where state <> 'deactivated' order by depth`
  return rows.map((row) => row.personId)
}

/** The members below somebody, level by level. */
export async function chainBelow(tx: Tx, { organizationId, personId }: One, limit: number) {
  const rows = await tx<{ personId: PersonId }>`
    with recursive chain (id, depth) as (
      select ${personId}::uuid, 0
      union
      select person_id, depth + 1 from chain
      join member on organization_id = ${organizationId} and manager_id = chain.id
      where state <> 'deactivated' and depth < 64
    )
    select id as "personId" from chain where depth > 0 order by depth, id limit ${limit}`
  return rows.map((row) => row.personId)
}
