import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Client } from '../../../sdk/index.ts'
import type { KnownPerson } from './directory.ts'

type Wanted = { organizationId: OrganizationId; personIds: PersonId[]; isOutside: boolean }

/** Colleagues with all that the directory says; of people from outside, and for them, the names alone. */
export async function loadPeople(client: Client, { organizationId, personIds, isOutside }: Wanted) {
  const members = isOutside ? [] : (await client.do('member.get', { organizationId, personIds })).members
  const known = new Set(members.map(({ personId }) => personId))
  const rest = personIds.filter((personId) => !known.has(personId))
  if (rest.length === 0) return members
  const { people } = await client.do('person.names', { organizationId, personIds: rest })
  return [...members, ...people] satisfies KnownPerson[]
}
