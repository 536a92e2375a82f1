import { v7 as uuidv7 } from 'uuid'
import { DeviceId, OrganizationId, PersonId } from '../../protocol/ids.ts'
import type { Actor } from '../platform/command.ts'
import type { Database } from '../platform/sql.ts'

/** Who plays in tests: the managers and some staff of a small trader, and somebody of another house. */
export const names = ['andrew', 'steven', 'nancy', 'janet', 'robert', 'outsider'] as const
export type Name = (typeof names)[number]
export type Person = {
  personId: PersonId
  deviceId: DeviceId
  actor: Actor & { kind: 'person' }
  organizationId: OrganizationId
}
export type Cast = Record<Name, Person> & { organizationId: OrganizationId; otherOrganizationId: OrganizationId }

/**
 * Andrew is the owner and leads Steven, Nancy and Janet; Steven leads Robert. The outsider is the owner of
 * another organization. Everybody has accepted and is signed in with one device.
 */
export async function makeCast(database: Database): Promise<Cast> {
  const organizationId = OrganizationId.parse(uuidv7())
  const otherOrganizationId = OrganizationId.parse(uuidv7())
  const entries = names.map(
    (name) => [name, personOf(name === 'outsider' ? otherOrganizationId : organizationId)] as const,
  )
  const people = Object.fromEntries(entries) as Record<Name, Person>
  const leads: Partial<Record<Name, Name>> = { steven: 'andrew', nancy: 'andrew', janet: 'andrew', robert: 'steven' }
  await database.transaction(async (tx) => {
    await tx`
      insert into organization (id, name, accent, locale, created_at)
      select id, name, '#2a5bd7', 'en', now()
      from unnest(${[organizationId, otherOrganizationId]}::uuid[],
        ${['Northwind', 'Elsewhere']}::text[]) as made (id, name)`
    for (const name of names) {
      const { personId, deviceId, organizationId: home } = people[name]
      const manager = leads[name]
      const role = name === 'andrew' || name === 'outsider' ? 'owner' : 'member'
      await tx`insert into person (id, created_at) values (${personId}, now())`
      await tx`insert into person_address (address, person_id, created_at) values (${`${name}@northwind.example`},
        ${personId}, now())`
      await tx`
        insert into device (id, person_id, name, class, token_hash, created_at, seen_at)
        values (${deviceId}, ${personId}, 'Test', 'desktop', ${Buffer.from(deviceId)}, now(), now())`
      await tx`
        insert into member (organization_id, person_id, name, address, manager_id, role, state, created_at, joined_at)
        values (${home}, ${personId}, ${name}, ${`${name}@northwind.example`},
          ${manager ? people[manager].personId : null}, ${role},
                'active', now(), now())`
    }
  })
  return { ...people, organizationId, otherOrganizationId }
}

function personOf(organizationId: OrganizationId): Person {
  const personId = PersonId.parse(uuidv7())
  const deviceId = DeviceId.parse(uuidv7())
  return { personId, deviceId, organizationId, actor: { kind: 'person', personId, deviceId } }
}
