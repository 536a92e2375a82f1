import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { SignInSource } from '../../../protocol/sign-in.ts'
import type { Tx } from '../../platform/sql.ts'

export type NewChallenge = {
  challengeId: string
  challenge: string
  /** Who registers a passkey; null: somebody signs in. */
  personId: PersonId | null
  source: string
  now: Date
  expiresAt: Date
}

export async function insertChallenge(tx: Tx, { challengeId, challenge, ...rest }: NewChallenge): Promise<void> {
  const { personId, source, now, expiresAt } = rest
  await tx`
    delete from passkey_challenge where id in (
      select id from passkey_challenge where expires_at <= ${now}::timestamptz - interval '1 hour'
      order by expires_at limit 100 for update skip locked)`
  await tx`
    insert into passkey_challenge (id, challenge, person_id, requested_from, created_at, expires_at)
    values (${challengeId}, ${challenge}, ${personId}, ${source}, ${now}, ${expiresAt})`
}

/** Of several who answer it at once, one gets it; nobody gets it twice. */
export async function takeChallenge(
  tx: Tx,
  { challengeId, personId, now }: { challengeId: string; personId: PersonId | null; now: Date },
): Promise<string | undefined> {
  const [row] = await tx<{ challenge: string }>`
    update passkey_challenge set taken_at = ${now}
    where id = ${challengeId} and person_id is not distinct from ${personId}::uuid and taken_at is null
      and expires_at > ${now}::timestamptz
    returning challenge`
  return row?.challenge
}

export async function countChallenges(tx: Tx, { source, since }: { source: string; since: Date }): Promise<number> {
  const [row] = await tx<{ count: number }>`
    select count(*) as count from passkey_challenge
    where requested_from = ${source} and created_at > ${since}::timestamptz`
  return row?.count ?? 0
}

export type PasskeyRow = { id: string; name: string; createdAt: string; usedAt: string | null }

export async function listPasskeys(tx: Tx, personId: PersonId, rowsMax: number): Promise<PasskeyRow[]> {
  return tx<PasskeyRow>`
    select id, name, created_at as "createdAt", used_at as "usedAt" from passkey
    where person_id = ${personId} order by created_at, id limit ${rowsMax}`
}

export type StoredPasskey = { personId: PersonId; publicKey: Buffer; counter: number; transports: string[] }

export async function lockPasskey(tx: Tx, id: string): Promise<StoredPasskey | undefined> {
  const [row] = await tx<StoredPasskey>`
    select person_id as "personId", public_key as "publicKey", counter, transports from passkey where id = ${id}
    for update`
  return row
}

/** False where there is such a passkey already. */
export async function insertPasskey(
  tx: Tx,
  { id, name, now, ...passkey }: StoredPasskey & { id: string; name: string; now: Date },
): Promise<boolean> {
  const rows = await tx`
    insert into passkey (id, person_id, public_key, counter, transports, name, created_at)
    values (${id}, ${passkey.personId}, ${passkey.publicKey}, ${passkey.counter}, ${passkey.transports}, ${name},
      ${now})
    on conflict do nothing returning true`
  return rows.length > 0
}

export async function touchPasskey(tx: Tx, { id, counter, now }: { id: string; counter: number; now: Date }) {
  await tx`update passkey set counter = ${counter}, used_at = ${now} where id = ${id}`
}

type OwnPasskey = { id: string; personId: PersonId }

export async function renamePasskey(tx: Tx, { id, personId, name }: OwnPasskey & { name: string }): Promise<boolean> {
  const rows = await tx`
    update passkey set name = ${name} where id = ${id} and person_id = ${personId} returning true`
  return rows.length > 0
}

export async function deletePasskey(tx: Tx, { id, personId }: OwnPasskey): Promise<boolean> {
  const rows = await tx`delete from passkey where id = ${id} and person_id = ${personId} returning true`
  return rows.length > 0
}

export async function nameOfPerson(tx: Tx, personId: PersonId): Promise<string | undefined> {
  const [row] = await tx<{ name: string }>`
    select name from member where person_id = ${personId} order by state = 'active' desc, created_at limit 1`
  return row?.name
}

export type Source = {
  organizationId: OrganizationId
  label: string
  issuer: string
  clientId: string
  secret: Buffer | null
  joins: boolean
  domains: string[]
  changedAt: string
  metadata: { issuer: string } | null
  fault: Exclude<SignInSource['state'], 'checking' | 'ready'> | null
}

export async function findSource(tx: Tx, organizationId: OrganizationId): Promise<Source | undefined> {
  const [row] = await tx<Source>`
    select organization_id as "organizationId", label, issuer, client_id as "clientId", secret, joins, domains,
      changed_at as "changedAt", metadata, fault
    from sign_in_source where organization_id = ${organizationId}`
  return row
}

export async function listReadySources(tx: Tx, rowsMax: number) {
  return tx<{ sourceId: OrganizationId; label: string }>`
    select organization_id as "sourceId", label from sign_in_source where metadata is not null
    order by label, organization_id limit ${rowsMax}`
}

export async function putSource(tx: Tx, source: Omit<Source, 'changedAt' | 'metadata' | 'fault'> & { now: Date }) {
  const { organizationId, label, issuer, clientId, secret, joins, domains, now } = source
  await tx`
    insert into sign_in_source (organization_id, label, issuer, client_id, secret, joins, domains, changed_at)
    values (${organizationId}, ${label}, ${issuer}, ${clientId}, ${secret}, ${joins}, ${domains}, ${now})
    on conflict (organization_id) do update set label = excluded.label, issuer = excluded.issuer,
      client_id = excluded.client_id, secret = excluded.secret, joins = excluded.joins, domains = excluded.domains,
      changed_at = excluded.changed_at, metadata = null, fault = null`
}

/** What the provider said of itself, or why it could not be asked; unless the settings have changed meanwhile. */
export async function noteChecked(
  tx: Tx,
  {
    organizationId,
    changedAt,
    metadata,
    fault,
  }: {
    organizationId: OrganizationId
    changedAt: string
    metadata: object | null
    fault: Source['fault']
  },
): Promise<void> {
  const json = metadata === null ? null : JSON.stringify(metadata)
  await tx`
    update sign_in_source set metadata = ${json}::jsonb, fault = ${fault}
    where organization_id = ${organizationId} and changed_at = ${changedAt}::timestamptz`
}

export async function deleteSource(tx: Tx, organizationId: OrganizationId): Promise<boolean> {
  await tx`delete from sign_in_link where organization_id = ${organizationId}`
  const rows = await tx`delete from sign_in_source where organization_id = ${organizationId} returning true`
  return rows.length > 0
}

type Subject = { organizationId: OrganizationId; issuer: string; subject: string }

export async function findLink(tx: Tx, { organizationId, issuer, subject }: Subject): Promise<PersonId | undefined> {
  const [row] = await tx<{ personId: PersonId }>`
    select person_id as "personId" from sign_in_link
    where organization_id = ${organizationId} and issuer = ${issuer} and subject = ${subject}`
  return row?.personId
}

/** In the place of another subject that the person had. */
export async function putLink(
  tx: Tx,
  { organizationId, issuer, subject, personId, now }: Subject & { personId: PersonId; now: Date },
): Promise<void> {
  await tx`
    delete from sign_in_link
    where organization_id = ${organizationId} and issuer = ${issuer} and person_id = ${personId}`
  await tx`
    insert into sign_in_link (organization_id, issuer, subject, person_id, created_at)
    values (${organizationId}, ${issuer}, ${subject}, ${personId}, ${now})`
}
