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

/**
 * What the server knows of these people, as members or as contacts of the organization. `lateral … limit 1` keeps
 * PostgreSQL to index look-ups for each person, whatever it believes about the size of the tables.
 */
export async function profileRows(
  tx: Tx,
  organizationId: OrganizationId,
  personIds: readonly PersonId[],
): Promise<ProfileRow[]> {
  return tx<ProfileRow>`
    select asked.id as "personId", coalesce(standing.name, '') as name,
      coalesce(standing.is_external, true) as "isExternal", outside.locale, inside.title, inside.place,
      manager.name as "managerName", outside.tags, keeper.name as "keeperName"
    from unnest(${personIds}::uuid[]) as asked (id)
    left join lateral participant_of(${organizationId}, asked.id) as standing on true
    left join lateral (
      select title, place, manager_id from member
      where not standing.is_external and organization_id = ${organizationId} and person_id = asked.id limit 1
    ) as inside on true
    left join lateral (
      select name from member
      where organization_id = ${organizationId} and person_id = inside.manager_id and state <> 'deactivated' limit 1
    ) as manager on true
    left join lateral (
      select locale, tags, keeper_id from contact
      where standing.is_external and organization_id = ${organizationId} and person_id = asked.id limit 1
    ) as outside on true
    left join lateral (
      select name from member
      where organization_id = ${organizationId} and person_id = outside.keeper_id and state <> 'deactivated' limit 1
    ) as keeper on true`
}
