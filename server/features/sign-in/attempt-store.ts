import type { OrganizationId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'

/** A sign-in at a provider, on its way. */
export type NewAttempt = {
  attemptId: string
  organizationId: OrganizationId
  stateHash: Buffer
  browserHash: Buffer
  /** The verifier and the nonce, sealed. */
  secrets: Buffer
  source: string
  changedAt: string
  now: Date
  expiresAt: Date
}

export async function insertAttempt(tx: Tx, attempt: NewAttempt): Promise<void> {
  await tx`
    delete from sign_in_attempt where id in (
      select id from sign_in_attempt where expires_at <= ${attempt.now}::timestamptz - interval '1 hour'
      order by expires_at limit 100 for update skip locked)`
  await tx`
    insert into sign_in_attempt (id, organization_id, state_hash, browser_hash, secrets, requested_from,
      source_changed_at, created_at, expires_at)
    values (${attempt.attemptId}, ${attempt.organizationId}, ${attempt.stateHash}, ${attempt.browserHash},
      ${attempt.secrets}, ${attempt.source}, ${attempt.changedAt}, ${attempt.now}, ${attempt.expiresAt})`
}

export async function countAttempts(tx: Tx, { source, since }: { source: string; since: Date }): Promise<number> {
  const [row] = await tx<{ count: number }>`
    select count(*) as count from sign_in_attempt
    where requested_from = ${source} and created_at > ${since}::timestamptz`
  return row?.count ?? 0
}

type Returning = {
  organizationId: OrganizationId
  stateHash: Buffer
  browserHash: Buffer
  answer: Buffer
  now: Date
}

/** Once only, in the browser that began it, for the provider it began with, before it expires. */
export async function returnAttempt(tx: Tx, returning: Returning): Promise<string | undefined> {
  const { organizationId, stateHash, browserHash, answer, now } = returning
  const [row] = await tx<{ id: string }>`
    update sign_in_attempt set returned_at = ${now}, answer = ${answer}
    where state_hash = ${stateHash} and browser_hash = ${browserHash} and organization_id = ${organizationId}
      and returned_at is null and expires_at > ${now}::timestamptz
    returning id`
  return row?.id
}

export type Returned = {
  organizationId: OrganizationId
  secrets: Buffer
  answer: Buffer
  changedAt: string
}

/** One that has come back and has not been looked at. */
export async function findReturned(tx: Tx, attemptId: string): Promise<Returned | undefined> {
  const [row] = await tx<Returned>`
    select organization_id as "organizationId", secrets, answer, source_changed_at as "changedAt" from sign_in_attempt
    where id = ${attemptId} and returned_at is not null and outcome is null and answer is not null`
  return row
}

/** What was only good for this is wiped with it. */
export async function noteOutcome(
  tx: Tx,
  { attemptId, claims }: { attemptId: string; claims: Buffer | null },
): Promise<void> {
  await tx`
    update sign_in_attempt set outcome = ${claims === null ? 'failed' : 'proven'}, claims = ${claims}, answer = null,
      secrets = null
    where id = ${attemptId} and outcome is null`
}

export type Ended = {
  organizationId: OrganizationId
  outcome: 'proven' | 'failed' | null
  claims: Buffer | null
  changedAt: string
}

export async function findAttemptOrganization(tx: Tx, attemptId: string): Promise<OrganizationId | undefined> {
  const [row] = await tx<{ organizationId: OrganizationId }>`
    select organization_id as "organizationId" from sign_in_attempt where id = ${attemptId}`
  return row?.organizationId
}

/** One that has come back, in the browser that began it, and was not used yet. */
export async function lockAttempt(
  tx: Tx,
  { attemptId, browserHash, now }: { attemptId: string; browserHash: Buffer; now: Date },
): Promise<Ended | undefined> {
  const [row] = await tx<Ended>`
    select organization_id as "organizationId", outcome, claims, source_changed_at as "changedAt" from sign_in_attempt
    where id = ${attemptId} and browser_hash = ${browserHash} and returned_at is not null and used_at is null
      and expires_at > ${now}::timestamptz
    for update`
  return row
}

export async function useAttempt(tx: Tx, attemptId: string, now: Date): Promise<void> {
  await tx`update sign_in_attempt set used_at = ${now}, claims = null where id = ${attemptId}`
}
