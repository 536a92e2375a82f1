import { createHash, randomBytes } from 'node:crypto'
import { Client, type QueryResultRow } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { DeviceId, OrganizationId, PersonId } from '../../protocol/ids.ts'

/** Somebody with a device that is signed in. */
export type Signed = { name: string; personId: PersonId; deviceId: DeviceId; token: string }
export type House = { organizationId: OrganizationId; people: readonly Signed[] }

/** An organization whose people have all accepted and are signed in; the first is its administrator. */
export async function seedHouse(databaseUrl: string, names: readonly string[]): Promise<House> {
  const organizationId = OrganizationId.parse(uuidv7())
  const people = names.map((name) => ({
    name,
    personId: PersonId.parse(uuidv7()),
    deviceId: DeviceId.parse(uuidv7()),
    token: randomBytes(32).toString('base64url'),
  }))
  const ids = people.map(({ personId }) => personId)
  await withDatabase(databaseUrl, async (client) => {
    await client.query('begin')
    await client.query(
      `insert into organization (id, name, accent, locale, created_at) values ($1, 'House', '#2a5bd7', 'en', now())`,
      [organizationId],
    )
    await client.query(`insert into person (id, created_at) select unnest($1::uuid[]), now()`, [ids])
    await client.query(
      `insert into person_address (address, person_id, created_at)
       select name || '.' || id || '@house.example', id, now() from unnest($1::uuid[], $2::text[]) as made (id, name)`,
      [ids, names],
    )
    await client.query(
      `insert into device (id, person_id, name, class, token_hash, created_at, seen_at)
       select device_id, person_id, 'Test', 'desktop', decode(token, 'hex'), now(), now()
       from unnest($1::uuid[], $2::uuid[], $3::text[]) as made (device_id, person_id, token)`,
      [people.map(({ deviceId }) => deviceId), ids, people.map(({ token }) => hashOf(token))],
    )
    await client.query(
      `insert into member (organization_id, person_id, name, address, role, state, created_at, joined_at)
       select $1, id, name, name || '.' || id || '@house.example',
              case position when 1 then 'administrator' else 'member' end, 'active', now(), now()
       from unnest($2::uuid[], $3::text[]) with ordinality as made (id, name, position)`,
      [organizationId, ids, names],
    )
    await client.query('commit')
  })
  return { organizationId, people }
}

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex')

export async function query<R extends QueryResultRow>(
  databaseUrl: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<R[]> {
  return withDatabase(databaseUrl, async (client) => (await client.query<R>(text, [...values])).rows)
}

async function withDatabase<T>(databaseUrl: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: databaseUrl })
  client.on('error', () => undefined) // the query that fails reports it
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
