import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'

export type Access = { tokenId: string; organizationId: OrganizationId; groupOwnerId: PersonId; usedAt: string | null }

/** Whose token this is; undefined where it is nobody's, or not any more. */
export async function findAccess(tx: Tx, tokenHash: Uint8Array): Promise<Access | undefined> {
  const [access] = await tx<Access>`
    select id as "tokenId", organization_id as "organizationId", group_owner_id as "groupOwnerId", used_at as "usedAt"
    from scim_token where token_hash = ${tokenHash} and revoked_at is null`
  return access
}

/** The same, and it can't be revoked before this transaction has ended. */
export async function holdAccess(tx: Tx, tokenHash: Uint8Array): Promise<Access | undefined> {
  const [access] = await tx<Access>`
    select id as "tokenId", organization_id as "organizationId", group_owner_id as "groupOwnerId", used_at as "usedAt"
    from scim_token where token_hash = ${tokenHash} and revoked_at is null for share`
  return access
}

export async function touchToken(tx: Tx, tokenId: string, now: Date): Promise<void> {
  await tx`update scim_token set used_at = ${now} where id = ${tokenId}`
}

export type NewToken = {
  tokenId: string
  organizationId: OrganizationId
  name: string
  tokenHash: Uint8Array
  createdBy: PersonId | null
  groupOwnerId: PersonId
}
/** A token that nobody has used yet gets a new secret. False where the id is in use. */
export async function putToken(tx: Tx, token: NewToken, now: Date): Promise<boolean> {
  const rows = await tx`
    insert into scim_token (id, organization_id, name, token_hash, created_by, group_owner_id, created_at)
    values (${token.tokenId}, ${token.organizationId}, ${token.name}, ${token.tokenHash}, ${token.createdBy},
      ${token.groupOwnerId}, ${now})
    on conflict (id) do update
    set token_hash = excluded.token_hash, name = excluded.name, group_owner_id = excluded.group_owner_id
    where scim_token.organization_id = excluded.organization_id and scim_token.used_at is null
      and scim_token.revoked_at is null and scim_token.created_by is not distinct from excluded.created_by
    returning true`
  return rows.length > 0
}

export type ListedToken = {
  tokenId: string
  name: string
  groupOwnerId: PersonId
  createdAt: string
  usedAt: string | null
}
export async function listTokens(tx: Tx, organizationId: OrganizationId, rowsMax: number): Promise<ListedToken[]> {
  return tx<ListedToken>`
    select id as "tokenId", name, group_owner_id as "groupOwnerId", created_at as "createdAt", used_at as "usedAt"
    from scim_token where organization_id = ${organizationId} and revoked_at is null
    order by created_at, id limit ${rowsMax}`
}

export async function revokeToken(
  tx: Tx,
  organizationId: OrganizationId,
  tokenId: string,
  now: Date,
): Promise<boolean> {
  const rows = await tx`
    update scim_token set revoked_at = ${now}
    where organization_id = ${organizationId} and id = ${tokenId} and revoked_at is null
    returning true`
  return rows.length > 0
}
