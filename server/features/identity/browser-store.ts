import type { PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'

type Browser = { tokenHash: Uint8Array; personId: PersonId }

export async function putBrowser(tx: Tx, { tokenHash, personId, now }: Browser & { now: Date }): Promise<void> {
  await tx`
    insert into known_browser (token_hash, person_id, used_at) values (${tokenHash}, ${personId}, ${now})
    on conflict (token_hash, person_id) do update set used_at = excluded.used_at`
}

export async function forgetBrowsers(tx: Tx, { personId, keep }: { personId: PersonId; keep: number }): Promise<void> {
  await tx`
    delete from known_browser where person_id = ${personId} and token_hash in (
      select token_hash from known_browser where person_id = ${personId}
      order by used_at desc, token_hash offset ${keep})`
}

export async function isKnownBrowser(
  tx: Tx,
  { tokenHash, address }: { tokenHash: Uint8Array; address: string },
): Promise<boolean> {
  const [row] = await tx<{ isKnown: boolean }>`
    select exists (
      select from known_browser join person_address on person_address.person_id = known_browser.person_id
      where token_hash = ${tokenHash} and address = ${address}
    ) as "isKnown"`
  return row?.isKnown ?? false
}

/** By which else than a code they could sign in. */
export async function deleteProofs(tx: Tx, personIds: readonly PersonId[]): Promise<void> {
  await tx`delete from passkey where person_id = any(${personIds}::uuid[])`
  await tx`delete from sign_in_link where person_id = any(${personIds}::uuid[])`
  await tx`delete from known_browser where person_id = any(${personIds}::uuid[])`
}
