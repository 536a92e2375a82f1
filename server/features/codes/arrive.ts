import type { UsedCode } from '../../../protocol/codes.ts'
import type { Locale } from '../../../protocol/identity.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import type { Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { welcomeOutsider } from '../contacts/index.ts'
import { addressesByPerson } from '../identity/index.ts'
import { findParticipant, lockOrganization } from '../organization/index.ts'
import type { CodeKind, Subject } from './code-kind.ts'
import { findKind } from './kinds.ts'
import { guestName, refuseUse } from './rules.ts'
import * as store from './store.ts'
import { readToken } from './token.ts'

export type Scanned = { code: store.CodeRow; kind: CodeKind; subject: Subject; generation: number }

/** The code behind a token, whether it is still good or not. */
export const peekScanned = (ctx: Context, token: string) => findScanned(ctx, token, store.findCode)

/** The code behind a token, if it is still good. */
export async function readScanned(ctx: Context, token: string): Promise<Scanned> {
  const scanned = await peekScanned(ctx, token)
  const refusal = refuseUse(scanned.code, scanned.generation, ctx.now)
  if (refusal) throw refusal
  return scanned
}

/** The same under lock, with its organization; whether it is still good is asked when somebody new comes by it. */
export async function holdScanned(ctx: Context, token: string): Promise<Scanned> {
  const { code } = await findScanned(ctx, token, store.findCode)
  await lockOrganization(ctx.tx, code.organizationId)
  return findScanned(ctx, token, store.lockCode)
}

async function findScanned(ctx: Context, token: string, find: typeof store.findCode): Promise<Scanned> {
  const signed = readToken(ctx.seal, token)
  const code = signed && (await find(ctx.tx, signed.id))
  const kind = code && findKind(code.kind)
  if (!signed || !code || !kind) throw new Refusal('scan.unknown', { path: 'token' })
  const { organizationId, subjectId, createdBy } = code
  return { code, kind, subject: { organizationId, subjectId, createdBy }, generation: signed.generation }
}

export type Newcomer = { personId: PersonId; name?: string | undefined; locale: Locale; address: string | null }

/**
 * Somebody comes by a code: as the member they are, or from outside. Who is there already stays, whatever has become of
 * the code.
 */
export async function arrive(ctx: Context, scanned: Scanned, newcomer: Newcomer): Promise<UsedCode> {
  const { tx, now } = ctx
  const { code, kind, subject, generation } = scanned
  const { organizationId } = subject
  const { personId } = newcomer
  const standing = await findParticipant(tx, organizationId, personId)
  const isThere = standing?.state === 'active' ? await kind.find(tx, subject, personId) : undefined
  if (isThere) return { organizationId, ...isThere }
  const refusal = refuseUse(code, generation, now)
  if (refusal) throw refusal
  if (!(await kind.describe(tx, subject))) throw new Refusal('scan.revoked')
  if (standing && !standing.isExternal && standing.state === 'invited') throw new Refusal('scan.invited')
  const isExternal = !(standing && !standing.isExternal && standing.state === 'active')
  if (isExternal) await welcome(ctx, scanned, newcomer)
  const arrived = await kind.use(ctx, subject, { personId, isExternal })
  if (await store.insertUse(tx, code.id, personId, now)) await store.countDay(tx, code.id, { scans: 0, joins: 1 }, now)
  return { organizationId, ...arrived }
}

async function welcome(ctx: Context, { code, kind, subject }: Scanned, newcomer: Newcomer): Promise<void> {
  const { personId, locale, name = guestName(locale, personId) } = newcomer
  const [known] = (await addressesByPerson(ctx.tx, [personId])).get(personId) ?? []
  await welcomeOutsider(ctx, {
    organizationId: subject.organizationId,
    personId,
    name,
    locale,
    keeperId: await kind.keeperOf(ctx.tx, subject),
    place: code.place,
    address: newcomer.address ?? known ?? null,
  })
}
