import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { personOf, type Context } from '../../platform/command.ts'
import type { Tx } from '../../platform/sql.ts'
import { findStanding } from './store.ts'

export async function isActiveMember(tx: Tx, organizationId: OrganizationId, personId: PersonId): Promise<boolean> {
  return (await findStanding(tx, organizationId, personId))?.state === 'active'
}

export async function isAdministrator(tx: Tx, organizationId: OrganizationId, personId: PersonId): Promise<boolean> {
  const standing = await findStanding(tx, organizationId, personId)
  return standing?.state === 'active' && standing.role === 'administrator'
}

/** For `allow`: those who take part, and the operator. */
export async function isMemberAsking(ctx: Context, { organizationId }: In): Promise<boolean> {
  return ctx.actor.kind === 'operator' || isActiveMember(ctx.tx, organizationId, personOf(ctx))
}

/** For `allow`: the administrators, and the operator. */
export async function isAdministratorAsking(ctx: Context, { organizationId }: In): Promise<boolean> {
  return ctx.actor.kind === 'operator' || isAdministrator(ctx.tx, organizationId, personOf(ctx))
}

type In = { organizationId: OrganizationId }
