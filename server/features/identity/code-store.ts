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
  { address, source, isKnown, since }: { address: string; source: string; isKnown: boolean; since: Date },
): Promise<Requested> {
  const [row] = await tx<Requested>`
    select
      (select count(*) from access_code
       where address = ${address} and requested_from = ${source} and not is_known and token_hash is null
         and created_at > ${since}::timestamptz) as "ofBoth",
      (select count(*) from access_code
       where address = ${address} and not is_known and token_hash is null and created_at > ${since}::timestamptz)
        as "ofAddress",
      (select count(*) from access_code
       where requested_from = ${source} and not is_known and token_hash is null
         and created_at > ${since}::timestamptz) as "ofSource",
      (select count(*) from access_code
       where not is_known and token_hash is null and created_at > ${since}::timestamptz) as "inTotal",
      (select count(*) from access_code
       where address = ${address} and is_known and token_hash is null and created_at > ${since}::timestamptz)
        as "ofKnown",
      (select max(send_at) from access_code
       where address = ${address} and token_hash is null and created_at > ${since}::timestamptz and ended_at is null
         and is_known = ${isKnown} and (is_known or requested_from = ${source})) as "lastSendAt"`
  return row ?? { ...nothing, lastSendAt: null }
}

const nothing: Usage = { ofBoth: 0, ofAddress: 0, ofSource: 0, inTotal: 0, ofKnown: 0 }

export type NewRequest = {
  requestId: string
  address: string
  source: string
  isKnown: boolean
  createdAt: Date
  sendAt: Date
  expiresAt: Date
  isNewcomer: boolean
}

export async function insertRequest(tx: Tx, request: NewRequest): Promise<void> {
  await tx`
    insert into access_code (request_id, address, requested_from, is_known, created_at, send_at, expires_at,
      is_newcomer)
    values (${request.requestId}, ${request.address}, ${request.source}, ${request.isKnown}, ${request.createdAt},
      ${request.sendAt}, ${request.expiresAt}, ${request.isNewcomer})`
}

/** A request that waits for its code. Not locked: who guesses meanwhile must not have to wait for what is looked up. */
export async function findUnsent(tx: Tx, requestId: string, now: Date) {
  const [row] = await tx<{ address: string; expiresAt: string; isNewcomer: boolean }>`
    select address, expires_at as "expiresAt", is_newcomer as "isNewcomer" from access_code
    where request_id = ${requestId} and code_hash is null and ended_at is null and expires_at > ${now}::timestamptz`
  return row
}

/** False where it has a code already, or has ended. */
export async function setCode(
  tx: Tx,
  { requestId, personId, codeHash }: { requestId: string; personId: PersonId | null; codeHash: Uint8Array },
): Promise<boolean> {
  const rows = await tx`
    update access_code set person_id = ${personId}, code_hash = ${codeHash}
    where request_id = ${requestId} and code_hash is null and ended_at is null
    returning true`
  return rows.length > 0
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

export async function findRequest(tx: Tx, requestId: string) {
  const [row] = await tx<{ address: string; isKnown: boolean }>`
    select address, is_known as "isKnown" from access_code where request_id = ${requestId} and token_hash is null`
  return row
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
      (select count(*) from access_failure
       where address = ${address} and requested_from = ${source} and not is_known and at > ${dayAgo}::timestamptz)
        as "ofBoth",
      (select count(*) from access_failure
       where address = ${address} and not is_known and at > ${dayAgo}::timestamptz) as "ofAddress",
      (select count(*) from access_failure
       where requested_from = ${source} and not is_known and at > ${hourAgo}::timestamptz) as "ofSource",
      (select count(*) from access_failure where not is_known and at > ${hourAgo}::timestamptz) as "inTotal",
      (select count(*) from access_failure
       where address = ${address} and is_known and at > ${dayAgo}::timestamptz) as "ofKnown"`
  return row ?? nothing
}

export type Guessed = {
  personId: PersonId | null
  organizationId: OrganizationId | null
  codeHash: Buffer | null
  /** The code may still be redeemed. */
  isOpen: boolean
  /** It was asked for by somebody who joins: the address may be nobody's yet. */
  isNewcomer: boolean
}

/** Counts a guess at a code that is still open, and tells which code it is, also where it is not open any more. */
export async function takeGuess(
  tx: Tx,
  { requestId, guessesMax, now }: { requestId: string; guessesMax: number; now: Date },
): Promise<Guessed | undefined> {
  const [row] = await tx<Guessed>`
    with taken as (
      update access_code set attempts = attempts + 1
      where request_id = ${requestId} and ended_at is null and expires_at > ${now}::timestamptz
        and attempts < ${guessesMax}
      returning request_id
    )
    select person_id as "personId", organization_id as "organizationId", code_hash as "codeHash",
      is_newcomer as "isNewcomer", exists (select from taken) as "isOpen"
    from access_code where request_id = ${requestId}`
  return row
}

export async function endCode(tx: Tx, requestId: string, now: Date): Promise<void> {
  await tx`update access_code set ended_at = ${now} where request_id = ${requestId}`
}

export async function reopenCode(tx: Tx, requestId: string): Promise<void> {
  await tx`update access_code set ended_at = null where request_id = ${requestId}`
}

export async function takeInvitationCode(tx: Tx, requestId: string, now: Date): Promise<OrganizationId | undefined> {
  const [row] = await tx<{ organizationId: OrganizationId }>`
    update access_code set ended_at = ${now}
    where request_id = ${requestId} and ended_at is null and expires_at > ${now}::timestamptz
    returning organization_id as "organizationId"`
  return row?.organizationId
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
  { address, source, isKnown, now }: { address: string; source: string; isKnown: boolean; now: Date },
): Promise<void> {
  await tx`
    insert into access_failure (address, requested_from, is_known, at)
    values (${address}, ${source}, ${isKnown}, ${now})`
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
