import type { OrganizationId } from '../../../protocol/ids.ts'
import { personOf, type Allowed, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isActiveMember, isAdministrator } from '../organization/index.ts'
import { mayChange, maySee } from './rules.ts'
import { findContact, type ContactRow, type OneContact, type Reader } from './store.ts'

/** Who is asking, as far as contacts are concerned; undefined where they are no member. */
export async function readerOf(ctx: Context, organizationId: OrganizationId): Promise<Reader | undefined> {
  if (ctx.actor.kind === 'operator') return { organizationId, readerId: null, isAdministrator: true }
  const readerId = personOf(ctx)
  if (!(await isActiveMember(ctx.tx, organizationId, readerId))) return undefined
  return { organizationId, readerId, isAdministrator: await isAdministrator(ctx.tx, organizationId, readerId) }
}

/** For `allow`: all members. */
export async function allowMembers(ctx: Context, { organizationId }: { organizationId: OrganizationId }) {
  return (await readerOf(ctx, organizationId)) !== undefined
}

/** For `allow`: those who may change this contact. To others it is as if there were none. */
export async function allowChanging(ctx: Context, one: OneContact): Promise<Allowed> {
  const reader = await readerOf(ctx, one.organizationId)
  if (!reader) return false
  const row = await findVisible(ctx, one, reader)
  if (!row) return new Refusal('contact.not-found', { path: 'personId' })
  return mayChange(relationOf(row, reader))
}

/** The contact, where there is one and the reader may see it. */
export async function findVisible(ctx: Context, one: OneContact, reader: Reader): Promise<ContactRow | undefined> {
  const row = await findContact(ctx.tx, one, reader.readerId)
  return row && row.state !== 'deactivated' && maySee(relationOf(row, reader)) ? row : undefined
}

export const relationOf = ({ keeperId, sharesConversation }: ContactRow, { readerId, isAdministrator }: Reader) => ({
  isAdministrator,
  isKeeper: keeperId !== null && keeperId === readerId,
  sharesConversation,
})

export function toContact(row: ContactRow, reader: Reader) {
  const { sharesConversation: _shares, ...contact } = row
  return { ...contact, may: { change: mayChange(relationOf(row, reader)) } }
}
