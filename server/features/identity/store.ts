import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'
import type { Usage } from './rules.ts'

/** Requests and guesses for one address stand in a line, so that no limit is passed by many at once. */
export async function lockAddress(tx: Tx, address: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${`access-code ${address}`}::text, 0))`
}

export type Requested = Usage & { lastSendAt: string | null }

/** What was asked for since a time. A code that was redeemed does not hold up the next one. */
export async function countRequests(
  tx: Tx,
  { address, source, since }: { address: string; source: string; since: Date },
): Promise<Requested> {
  const [row] = await tx<Requested>`
    select
      (select count(*) from access_code
       where address = ${address} and token_hash is null and created_at > ${since}::timestamptz) as "ofAddress",
      (select count(*) from access_code
       where requested_from = ${source} and token_hash is null and created_at > ${since}::timestamptz) as "ofSource",
      (select count(*) from access_code where token_hash is null and created_at > ${since}::timestamptz) as "inTotal",
      (select max(send_at) from access_code
       where address = ${address} and token_hash is null and created_at > ${since}::timestamptz and ended_at is null)
        as "lastSendAt"`
  return row ?? { ofAddress: 0, ofSource: 0, inTotal: 0, lastSendAt: null }
}

export type NewRequest = {
  requestId: string
  address: string
  source: string
  createdAt: Date
  sendAt: Date
  expiresAt: Date
}

export async function insertRequest(tx: Tx, request: NewRequest): Promise<void> {
  await tx`
    insert into access_code (request_id, address, requested_from, created_at, send_at, expires_at)
    values (${request.requestId}, ${request.address}, ${request.source}, ${request.createdAt}, ${request.sendAt},
      ${request.expiresAt})`
}

/** A request that waits for its code. */
export async function lockUnsent(tx: Tx, requestId: string, now: Date) {
  const [row] = await tx<{ address: string; expiresAt: string }>`
    select address, expires_at as "expiresAt" from access_code
    where request_id = ${requestId} and code_hash is null and ended_at is null and expires_at > ${now}::timestamptz
    for update`
  return row
}

export async function setCode(
  tx: Tx,
  { requestId, personId, codeHash }: { requestId: string; personId: PersonId; codeHash: Uint8Array },
): Promise<void> {
  await tx`update access_code set person_id = ${personId}, code_hash = ${codeHash} where request_id = ${requestId}`
}

export type NewInvitationCode = {
  requestId: string
  organizationId: OrganizationId
  personId: PersonId
  address: string
  tokenHash: Buffer
  codeHash: Buffer
}

export async function insertInvitationCodes(
  tx: Tx,
  codes: readonly NewInvitationCode[],
  { createdAt, expiresAt }: { createdAt: Date | string; expiresAt: Date },
): Promise<void> {
  await tx`
    insert into access_code (request_id, organization_id, person_id, address, token_hash, code_hash, requested_from,
      created_at, send_at, expires_at)
    select request_id, organization_id, person_id, address, decode(token_hash, 'hex'), decode(code_hash, 'hex'), '',
      ${createdAt}, ${createdAt}, ${expiresAt}
    from unnest(
      ${codes.map((code) => code.requestId)}::uuid[],
      ${codes.map((code) => code.organizationId)}::uuid[],
      ${codes.map((code) => code.personId)}::uuid[],
      ${codes.map((code) => code.address)}::text[],
      ${codes.map((code) => code.tokenHash.toString('hex'))}::text[],
      ${codes.map((code) => code.codeHash.toString('hex'))}::text[]
    ) as code (request_id, organization_id, person_id, address, token_hash, code_hash)`
}

/** Ends the open invitations of these people into an organization, and names their requests. */
export async function endInvitationCodes(
  tx: Tx,
  { organizationId, personIds, now }: { organizationId: OrganizationId; personIds: readonly PersonId[]; now: Date },
): Promise<string[]> {
  const rows = await tx<{ requestId: string }>`
    update access_code set ended_at = ${now}
    where organization_id = ${organizationId} and person_id = any(${personIds}::uuid[])
      and token_hash is not null and ended_at is null
    returning request_id as "requestId"`
  return rows.map((row) => row.requestId)
}

/** Those of these people who have got an invitation at this time or later. */
export async function invitedSince(
  tx: Tx,
  {
    organizationId,
    personIds,
    since,
  }: { organizationId: OrganizationId; personIds: readonly PersonId[]; since: string },
): Promise<PersonId[]> {
  const rows = await tx<{ personId: PersonId }>`
    select distinct person_id as "personId" from access_code
    where organization_id = ${organizationId} and person_id = any(${personIds}::uuid[])
      and token_hash is not null and created_at >= ${since}::timestamptz`
  return rows.map((row) => row.personId)
}

/** Whoever holds the link may look at it; nothing else is given for the token. */
export async function findInvitationCode(
  tx: Tx,
  { tokenHash, guessesMax, now }: { tokenHash: Uint8Array; guessesMax: number; now: Date },
) {
  const [row] = await tx<{ organizationId: OrganizationId; personId: PersonId; address: string }>`
    select organization_id as "organizationId", person_id as "personId", address from access_code
    where token_hash = ${tokenHash} and ended_at is null and expires_at > ${now}::timestamptz
      and attempts < ${guessesMax}`
  return row
}

export async function findAddress(tx: Tx, requestId: string): Promise<string | undefined> {
  const [row] = await tx<{ address: string }>`
    select address from access_code where request_id = ${requestId} and token_hash is null`
  return row?.address
}

export async function findRequestOfToken(tx: Tx, tokenHash: Uint8Array): Promise<string | undefined> {
  const [row] = await tx<{ requestId: string }>`
    select request_id as "requestId" from access_code where token_hash = ${tokenHash}`
  return row?.requestId
}

export async function countFailures(
  tx: Tx,
  { address, source, dayAgo, hourAgo }: { address: string; source: string; dayAgo: Date; hourAgo: Date },
): Promise<Usage> {
  const [row] = await tx<Usage>`
    select
      (select count(*) from access_failure where address = ${address} and at > ${dayAgo}::timestamptz) as "ofAddress",
      (select count(*) from access_failure
       where requested_from = ${source} and at > ${hourAgo}::timestamptz) as "ofSource",
      (select count(*) from access_failure where at > ${hourAgo}::timestamptz) as "inTotal"`
  return row ?? { ofAddress: 0, ofSource: 0, inTotal: 0 }
}

export type Guessed = { personId: PersonId | null; organizationId: OrganizationId | null; codeHash: Buffer | null }

/** Counts a guess at a code that is still open; nothing where it is not, or has been guessed at too often. */
export async function takeGuess(
  tx: Tx,
  { requestId, guessesMax, now }: { requestId: string; guessesMax: number; now: Date },
): Promise<Guessed | undefined> {
  const [row] = await tx<Guessed>`
    update access_code set attempts = attempts + 1
    where request_id = ${requestId} and ended_at is null and expires_at > ${now}::timestamptz
      and attempts < ${guessesMax}
    returning person_id as "personId", organization_id as "organizationId", code_hash as "codeHash"`
  return row
}

export async function endCode(tx: Tx, requestId: string, now: Date): Promise<void> {
  await tx`update access_code set ended_at = ${now} where request_id = ${requestId}`
}

/** Nobody gets in with a code for an address that is not the person's any more. */
export async function endCodesFor(tx: Tx, addresses: readonly string[], now: Date): Promise<string[]> {
  const rows = await tx<{ requestId: string }>`
    update access_code set ended_at = ${now} where address = any(${addresses}::text[]) and ended_at is null
    returning request_id as "requestId"`
  return rows.map((row) => row.requestId)
}

export async function insertFailure(
  tx: Tx,
  { address, source, now }: { address: string; source: string; now: Date },
): Promise<void> {
  await tx`insert into access_failure (address, requested_from, at) values (${address}, ${source}, ${now})`
}

/** What no limit asks for any more, in portions. */
export async function deleteOldCodes(tx: Tx, before: Date, rowsMax: number): Promise<void> {
  await tx`
    delete from access_code where request_id in (
      select request_id from access_code where expires_at < ${before}::timestamptz
      order by expires_at limit ${rowsMax} for update skip locked)`
  await tx`
    delete from access_failure where id in (
      select id from access_failure where at < ${before}::timestamptz
      order by at limit ${rowsMax} for update skip locked)`
}

export async function findPersons(
  tx: Tx,
  addresses: readonly string[],
): Promise<{ address: string; personId: PersonId }[]> {
  return tx<{ address: string; personId: PersonId }>`
    select address, person_id as "personId" from person_address where address = any(${addresses}::text[])`
}

export async function addressesOf(tx: Tx, personIds: readonly PersonId[]) {
  return tx<{ personId: PersonId; address: string }>`
    select person_id as "personId", address from person_address where person_id = any(${personIds}::uuid[])
    order by person_id, created_at, address`
}

export type NewPerson = { personId: PersonId; address: string }

/** Makes the persons whose addresses are still free, and returns those addresses. */
export async function insertPersons(tx: Tx, persons: readonly NewPerson[], now: Date): Promise<string[]> {
  const ids = persons.map((person) => person.personId)
  const rows = await tx<{ address: string }>`
    with person as (
      insert into person (id, created_at) select id, ${now} from unnest(${ids}::uuid[]) as fresh (id)
    )
    insert into person_address (address, person_id, created_at)
    select address, id, ${now}
    from unnest(${persons.map((person) => person.address)}::text[], ${ids}::uuid[]) as fresh (address, id)
    on conflict do nothing
    returning address`
  return rows.map((row) => row.address)
}

export async function deletePersons(tx: Tx, personIds: readonly PersonId[]): Promise<void> {
  await tx`delete from person where id = any(${personIds}::uuid[])`
}

export type AddressChange = { personId: PersonId; from: string; to: string }

export async function deleteAddresses(tx: Tx, changes: readonly AddressChange[]): Promise<void> {
  await tx`
    delete from person_address using unnest(
      ${changes.map((change) => change.from)}::text[], ${changes.map((change) => change.personId)}::uuid[]
    ) as change (address, person_id)
    where person_address.address = change.address and person_address.person_id = change.person_id`
}

export async function insertAddresses(tx: Tx, changes: readonly AddressChange[], now: Date): Promise<PersonId[]> {
  const rows = await tx<{ personId: PersonId }>`
    insert into person_address (address, person_id, created_at)
    select address, person_id, ${now} from unnest(
      ${changes.map((change) => change.to)}::text[], ${changes.map((change) => change.personId)}::uuid[]
    ) as change (address, person_id)
    on conflict do nothing
    returning person_id as "personId"`
  return rows.map((row) => row.personId)
}

/** The heads of these persons' logs, locked in the order of their ids. */
export async function lockPersons(tx: Tx, personIds: readonly PersonId[]) {
  return tx<{ personId: PersonId; lastNumber: number }>`
    select id as "personId", last_number as "lastNumber" from person where id = any(${personIds}::uuid[])
    order by id for no key update`
}

export type NumberedEntry = { personId: PersonId; number: number; id: string; name: string; body: object }

export async function insertPersonEvents(tx: Tx, entries: readonly NumberedEntry[], now: Date): Promise<void> {
  await tx`
    insert into person_event (person_id, number, id, name, body, at)
    select person_id, number, id, name, body::jsonb, ${now}
    from unnest(
      ${entries.map((entry) => entry.personId)}::uuid[],
      ${entries.map((entry) => entry.number)}::bigint[],
      ${entries.map((entry) => entry.id)}::uuid[],
      ${entries.map((entry) => entry.name)}::text[],
      ${entries.map((entry) => JSON.stringify(entry.body))}::text[]
    ) as entry (person_id, number, id, name, body)`
}

export async function moveHeads(
  tx: Tx,
  heads: readonly { personId: PersonId; number: number; id: string }[],
): Promise<void> {
  await tx`
    update person set last_number = head.number, last_id = head.event_id
    from unnest(
      ${heads.map((head) => head.personId)}::uuid[],
      ${heads.map((head) => head.number)}::bigint[],
      ${heads.map((head) => head.id)}::uuid[]
    ) as head (person_id, number, event_id)
    where person.id = head.person_id`
}

export async function organizationsOf(tx: Tx, personId: PersonId): Promise<OrganizationId[]> {
  const rows = await tx<{ organizationId: OrganizationId }>`
    select organization_id as "organizationId" from member where person_id = ${personId} and state = 'active'`
  return rows.map((row) => row.organizationId)
}
