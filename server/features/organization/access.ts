import { isAtLeast, type Role } from '../../../protocol/roles.ts'
import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { personOf, type Context } from '../../platform/command.ts'
import type { Tx } from '../../platform/sql.ts'
import { findOrganization, findStanding } from './store.ts'

export async function isActiveMember(tx: Tx, organizationId: OrganizationId, personId: PersonId): Promise<boolean> {
  return (await findStanding(tx, organizationId, personId))?.state === 'active'
}

export async function isAdministrator(tx: Tx, organizationId: OrganizationId, personId: PersonId): Promise<boolean> {
  const standing = await findStanding(tx, organizationId, personId)
  return standing?.state === 'active' && isAtLeast(standing.role, 'administrator')
}

/** For `allow`: those who take part, and the operator. */
export async function isMemberAsking(ctx: Context, { organizationId }: In): Promise<boolean> {
  if (ctx.actor.kind === 'operator') return (await findOrganization(ctx.tx, organizationId)) !== undefined
  return isActiveMember(ctx.tx, organizationId, personOf(ctx))
}

/** For `allow`: the administrators, and the operator. */
export async function isAdministratorAsking(ctx: Context, { organizationId }: In): Promise<boolean> {
  if (ctx.actor.kind === 'operator') return (await findOrganization(ctx.tx, organizationId)) !== undefined
  return isAdministrator(ctx.tx, organizationId, personOf(ctx))
}

/** For `allow`: the owners, and the operator. */
export async function isOwnerAsking(ctx: Context, { organizationId }: In): Promise<boolean> {
  return (await roleAsking(ctx, organizationId)) === 'owner'
}

/** As what somebody asks. The operator may do what an owner may; who does not take part has no role. */
export async function roleAsking(ctx: Context, organizationId: OrganizationId): Promise<Role | undefined> {
  if (ctx.actor.kind === 'operator') return (await findOrganization(ctx.tx, organizationId)) ? 'owner' : undefined
  const standing = await findStanding(ctx.tx, organizationId, personOf(ctx))
  return standing?.state === 'active' ? standing.role : undefined
}

type In = { organizationId: OrganizationId }
