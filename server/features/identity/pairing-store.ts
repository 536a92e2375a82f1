import type { DeviceId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { PairingOutcome } from '../../../protocol/identity.ts'
import type { Tx } from '../../platform/sql.ts'

export type NewPairing = {
  id: string
  personId: PersonId
  name: string
  class: 'mobile' | 'desktop'
  agent: string
  askedFrom: string
  secretHash: Uint8Array
  linkHash: Uint8Array
  invitationId: string | null
  now: Date
  expiresAt: Date
}

export async function insertPairing(tx: Tx, pairing: NewPairing): Promise<void> {
  await tx`
    insert into pairing (id, person_id, name, class, agent, asked_from, secret_hash, link_hash,
      invitation_id, created_at, expires_at)
    values (${pairing.id}, ${pairing.personId}, ${pairing.name}, ${pairing.class}, ${pairing.agent},
      ${pairing.askedFrom}, ${pairing.secretHash}, ${pairing.linkHash}, ${pairing.invitationId}, ${pairing.now},
      ${pairing.expiresAt})`
}

export type PairingRow = {
  id: string
  name: string
  class: 'mobile' | 'desktop'
  agent: string
  address: string
  askedAt: string
  expiresAt: string
}

/** Those that nobody has ended, the latest first; what has expired is among them for a while. */
export async function openPairings(tx: Tx, personId: PersonId, rowsMax: number): Promise<PairingRow[]> {
  return tx<PairingRow>`
    select id, name, class, agent, asked_from as address, created_at as "askedAt", expires_at as "expiresAt"
    from pairing where person_id = ${personId} and ended_at is null
    order by created_at desc, id desc limit ${rowsMax}`
}

export async function findByLink(
  tx: Tx,
  { linkHash, personId, now }: { linkHash: Uint8Array; personId: PersonId; now: Date },
): Promise<PairingRow | undefined> {
  const [row] = await tx<PairingRow>`
    select id, name, class, agent, asked_from as address, created_at as "askedAt", expires_at as "expiresAt"
    from pairing
    where link_hash = ${linkHash} and person_id = ${personId} and ended_at is null and expires_at > ${now}::timestamptz`
  return row
}

export type WaitingRow = {
  personId: PersonId
  name: string
  class: 'mobile' | 'desktop'
  attempts: number
  expiresAt: string
  outcome: PairingOutcome | null
  /** Somebody is signed in who could let it in. */
  hasVoucher: boolean
  isConfirmed: boolean
  isCodeShown: boolean
  /** The request of the invitation whose code it was proven with, where joining waits for this. */
  invitationId: string | null
}

export async function findInvitationOf(tx: Tx, pairingId: string): Promise<OrganizationId | undefined> {
  const [row] = await tx<{ organizationId: OrganizationId }>`
    select organization_id as "organizationId" from pairing
    join access_code on request_id = invitation_id where id = ${pairingId}`
  return row?.organizationId
}

/** How a pairing stands, for whoever holds its secret. */
export async function findWaiting(
  tx: Tx,
  { id, secretHash, now, seenAfter }: { id: string; secretHash: Uint8Array; now: Date; seenAfter: Date },
): Promise<WaitingRow | undefined> {
  const [row] = await tx<WaitingRow>`
    select person_id as "personId", name, class, attempts, invitation_id as "invitationId", expires_at as "expiresAt",
      case when ended_at is null and expires_at <= ${now}::timestamptz then 'ended' else outcome end as outcome,
      exists (
        select from device where device.person_id = pairing.person_id and revoked_at is null
          and seen_at > ${seenAfter}::timestamptz) as "hasVoucher",
      confirmed_at is not null and is_vouched as "isConfirmed",
      coalesce(code_expires_at > ${now}::timestamptz, false) and is_vouched as "isCodeShown"
    from pairing cross join lateral (
      select exists (select from device where id = pairing.voucher_id and revoked_at is null) as is_vouched
    ) as voucher
    where id = ${id} and secret_hash = ${secretHash}`
  return row
}

/** Counts a guess at the code; nothing where the pairing is over. No hash where no code is shown. */
export async function takeGuess(tx: Tx, { id, guessesMax, now }: { id: string; guessesMax: number; now: Date }) {
  const [row] = await tx<{ attempts: number; codeHash: Buffer | null }>`
    update pairing set attempts = attempts + 1
    where id = ${id} and ended_at is null and expires_at > ${now}::timestamptz and attempts < ${guessesMax}
    returning attempts, case
      when code_expires_at > ${now}::timestamptz
        and exists (select from device where device.id = pairing.voucher_id and revoked_at is null)
      then code_hash end as "codeHash"`
  return row
}

type Vouching = { personId: PersonId; voucherId: DeviceId; now: Date }

export async function setCode(
  tx: Tx,
  { id, personId, voucherId, now, ...code }: Vouching & { id: string; codeHash: Uint8Array; codeExpiresAt: Date },
): Promise<boolean> {
  const rows = await tx`
    update pairing set code_hash = ${code.codeHash}, code_expires_at = ${code.codeExpiresAt}, voucher_id = ${voucherId}
    where id = ${id} and person_id = ${personId} and ended_at is null and expires_at > ${now}::timestamptz
    returning true`
  return rows.length > 0
}

export async function confirmByLink(
  tx: Tx,
  { linkHash, personId, voucherId, now }: Vouching & { linkHash: Uint8Array },
): Promise<boolean> {
  const rows = await tx`
    update pairing set confirmed_at = ${now}, voucher_id = ${voucherId}
    where link_hash = ${linkHash} and person_id = ${personId} and ended_at is null
      and expires_at > ${now}::timestamptz
    returning true`
  return rows.length > 0
}

export type EndedRow = { id: string; personId: PersonId }

export async function endPairing(
  tx: Tx,
  { id, personId, outcome, now }: { id: string; personId: PersonId; outcome: PairingOutcome; now: Date },
): Promise<EndedRow[]> {
  return tx<EndedRow>`
    update pairing set ended_at = ${now}, outcome = ${outcome}
    where id = ${id} and person_id = ${personId} and ended_at is null and expires_at > ${now}::timestamptz
    returning id, person_id as "personId"`
}

export async function endPairingsOf(tx: Tx, personIds: readonly PersonId[], now: Date): Promise<EndedRow[]> {
  return tx<EndedRow>`
    update pairing set ended_at = ${now}, outcome = 'ended'
    where person_id = any(${personIds}::uuid[]) and ended_at is null
    returning id, person_id as "personId"`
}

export async function outcomesOf(tx: Tx, ids: readonly string[]) {
  return tx<{ id: string; outcome: PairingOutcome | null }>`
    select id, outcome from pairing where id = any(${ids}::uuid[])`
}

/** In portions. */
export async function deleteOldPairings(tx: Tx, before: Date, rowsMax: number): Promise<void> {
  await tx`
    delete from pairing where id in (
      select id from pairing where expires_at < ${before}::timestamptz
      order by expires_at limit ${rowsMax} for update skip locked)`
}
