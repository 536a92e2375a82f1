import type { Locale } from '../../../protocol/identity.ts'
import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'

export type ProfileRow = {
  personId: PersonId
  name: string
  isExternal: boolean
  /** Null: speaks the language of the organization. */
  locale: Locale | null
  title: string | null
  place: string | null
  managerName: string | null
  tags: string[] | null
  keeperName: string | null
}

/** What the server knows of these people, as members or as contacts of the organization. */
export async function profileRows(
  tx: Tx,
  organizationId: OrganizationId,
  personIds: readonly PersonId[],
): Promise<ProfileRow[]> {
  return tx<ProfileRow>`
    select asked.id as "personId", coalesce(standing.name, '') as name,
      coalesce(standing.is_external, true) as "isExternal", contact.locale, inside.title, inside.place,
      manager.name as "managerName", contact.tags, keeper.name as "keeperName"
    from unnest(${personIds}::uuid[]) as asked (id)
    left join lateral participant_of(${organizationId}, asked.id) as standing on true
    left join member as inside on not standing.is_external
      and inside.organization_id = ${organizationId} and inside.person_id = asked.id
    left join member as manager on manager.organization_id = ${organizationId}
      and manager.person_id = inside.manager_id and manager.state <> 'deactivated'
    left join contact on standing.is_external
      and contact.organization_id = ${organizationId} and contact.person_id = asked.id
    left join member as keeper on keeper.organization_id = ${organizationId}
      and keeper.person_id = contact.keeper_id and keeper.state <> 'deactivated'`
}
