import type { Pool } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { hashToken, makeToken } from '../server/features/identity/secrets.ts'

export type Person = { id: string; token: string }
export type Place = { conversationId: string; audienceId: string; people: Person[] }
export type Kind = 'direct' | 'group' | 'broadcast'

const CHUNK = 10_000

/** One organization for everybody. */
export async function seedOrganization(pool: Pool): Promise<string> {
  const id = uuidv7()
  await pool.query(
    `insert into organization (id, name, accent, locale, created_at) values ($1, 'Northwind', '#2a5bd7', 'en', now())`,
    [id],
  )
  return id
}

/** Active members; the first so many of them have a device that is signed in. */
export async function seedPeople(
  pool: Pool,
  organizationId: string,
  count: { all: number; withDevice: number },
): Promise<Person[]> {
  const people = Array.from({ length: count.all }, () => ({ id: uuidv7(), token: makeToken() }))
  for (let at = 0; at < people.length; at += CHUNK) {
    const chunk = people.slice(at, at + CHUNK)
    const ids = chunk.map(({ id }) => id)
    await pool.query('insert into person (id, created_at) select unnest($1::uuid[]), now()', [ids])
    await pool.query(
      `insert into member (organization_id, person_id, name, address, state, created_at, joined_at)
       select $1, id, 'Member ' || id, id || '@northwind.example', 'active', now(), now()
         from unnest($2::uuid[]) as made (id)`,
      [organizationId, ids],
    )
  }
  const devices = people.slice(0, count.withDevice)
  for (let at = 0; at < devices.length; at += CHUNK) {
    const chunk = devices.slice(at, at + CHUNK)
    await pool.query(
      `insert into device (id, person_id, name, class, token_hash, created_at, seen_at)
       select id, person_id, 'Load', 'desktop', token_hash, now(), now()
       from unnest($1::uuid[], $2::uuid[], $3::bytea[]) as made (id, person_id, token_hash)`,
      [chunk.map(() => uuidv7()), chunk.map(({ id }) => id), chunk.map(({ token }) => hashToken(token))],
    )
  }
  return people
}

export type NewPlaces = { organizationId: string; kind: Kind; groups: readonly (readonly Person[])[] }

/**
 * One conversation for each group of people, with its audience for everybody. The first of a group owns it, except in
 * pairs.
 */
export async function seedPlaces(pool: Pool, { organizationId, kind, groups }: NewPlaces): Promise<Place[]> {
  const places = groups.map((people) => ({ conversationId: uuidv7(), audienceId: uuidv7(), people: [...people] }))
  const pairs = places.map(({ people }) => (kind === 'direct' ? people.map(({ id }) => id).toSorted() : []))
  const conversationIds = places.map(({ conversationId }) => conversationId)
  const audienceIds = places.map(({ audienceId }) => audienceId)
  await pool.query(
    `insert into conversation (id, organization_id, kind, name, origin, first_audience_id, direct_low_id,
      direct_high_id,
                               member_count, created_at)
     select id, $1, $2, case when $2 = 'direct' then null else 'Load' end, 'made', audience_id, low, high, count, now()
     from unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::int[]) as made (id, audience_id, low, high,
       count)`,
    [
      organizationId,
      kind,
      conversationIds,
      audienceIds,
      pairs.map(([low]) => low),
      pairs.map(([, high]) => high),
      groups.map(({ length }) => length),
    ],
  )
  await pool.query(
    `insert into audience (id, organization_id, conversation_id, first_id, rule, is_one_way)
     select id, $1, conversation_id, id, 'everybody', $2 from unnest($3::uuid[], $4::uuid[]) as made (id,
       conversation_id)`,
    [organizationId, kind === 'broadcast', audienceIds, conversationIds],
  )
  const members = places.flatMap(({ conversationId, people }) =>
    people.map(({ id }, index) => ({
      conversationId,
      id,
      role: index === 0 && kind !== 'direct' ? 'owner' : 'member',
    })),
  )
  for (let at = 0; at < members.length; at += CHUNK) await seedMembers(pool, members.slice(at, at + CHUNK))
  return places
}

async function seedMembers(
  pool: Pool,
  members: readonly { conversationId: string; id: string; role: string }[],
): Promise<void> {
  const columns = [
    members.map(({ conversationId }) => conversationId),
    members.map(({ id }) => id),
    members.map(({ role }) => role),
  ]
  await pool.query(
    `insert into membership (conversation_id, person_id, role, source)
     select conversation_id, person_id, role, 'owner'
     from unnest($1::uuid[], $2::uuid[], $3::text[]) as made (conversation_id, person_id, role)`,
    columns,
  )
  await pool.query(
    `insert into membership_interval (conversation_id, person_id, role, from_version, from_number, from_message_number)
     select conversation_id, person_id, role, 1, 0, 0
     from unnest($1::uuid[], $2::uuid[], $3::text[]) as made (conversation_id, person_id, role)`,
    columns,
  )
}

/** A second audience of a broadcast: everybody but these. */
export async function seedNarrowed(
  pool: Pool,
  organizationId: string,
  of: Place,
  except: readonly Person[],
): Promise<Place> {
  const audienceId = uuidv7()
  await pool.query(
    `insert into audience (id, organization_id, conversation_id, first_id, rule, is_one_way)
     values ($1, $2, $3, $4, 'except', true)`,
    [audienceId, organizationId, of.conversationId, of.audienceId],
  )
  await pool.query('insert into audience_person (audience_id, person_id) select $1, unnest($2::uuid[])', [
    audienceId,
    except.map(({ id }) => id),
  ])
  return { ...of, audienceId }
}

/** What PostgreSQL does by itself a little later, so that no run is disturbed by it. */
export async function settle(pool: Pool): Promise<void> {
  const tables = [
    'person',
    'member',
    'device',
    'conversation',
    'audience',
    'audience_person',
    'membership',
    'membership_interval',
  ]
  for (const table of tables) await pool.query(`vacuum analyze ${table}`)
}
