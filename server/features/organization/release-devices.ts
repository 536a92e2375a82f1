import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { ReleaseDevices, type Organization } from '../../../protocol/organization.ts'
import { isAtLeast } from '../../../protocol/roles.ts'
import { recordAct } from '../../platform/audit.ts'
import { command, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { queueDispatches } from '../dispatch/index.ts'
import { addressesByPerson, forgetProofs, lockPersons, revokeDevicesOf } from '../identity/index.ts'
import { isAdministratorAsking, roleAsking } from './access.ts'
import * as store from './device-loss-store.ts'
import { findMembers, lockOrganization } from './store.ts'

const DAY_MS = 86_400_000
/** So long administrators of several organizations have to say the same of one person. */
const AGREEMENT_MS = DAY_MS
/** A mail that says what was done is of no use much later. */
const MAIL_LIFETIME_MS = DAY_MS

/**
 * Signed out everywhere, a person comes in with the proof alone. Somebody who takes part in other organizations too is
 * signed out when administrators of all of them have said so: none opens the way into another. The answer, the record
 * and the list of dispatches are the same either way, so that nobody learns where else somebody takes part.
 */
export const releaseDevices = command({
  name: 'member.release-devices',
  summary:
    'Sign a member out everywhere who has lost their devices, so that they can come in again. For administrators.',
  input: ReleaseDevices,
  output: z.object({}),

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: isAdministratorAsking,

  async run(ctx, { organizationId, personId }, organization) {
    const { tx, actor } = ctx
    const [member] = await findMembers(tx, organizationId, [personId])
    if (!organization || member?.state !== 'active') throw new Refusal('member.not-found', { path: 'personId' })
    const asking = await roleAsking(ctx, organizationId)
    if (!asking || !isAtLeast(asking, member.role)) throw new Refusal('member.role-above')
    // Of several administrators who say it at once, the last one finds what the others said.
    await lockPersons(tx, [personId])
    const reportedBy = actor.kind === 'person' ? actor.personId : null
    await store.reportLoss(tx, { organizationId, personId, reportedBy, now: ctx.now })
    const isOver = await releaseIfAgreed(ctx, personId)
    recordAct(ctx, { organizationId, act: 'device.released', personIds: [personId] })
    await tell(ctx, { organization, personId, isOver })
    return {}
  },
})

async function releaseIfAgreed({ tx, now }: Context, personId: PersonId): Promise<boolean> {
  const since = new Date(now.getTime() - AGREEMENT_MS)
  if (await store.isLossDoubted(tx, { personId, since })) return false
  await store.forgetLoss(tx, personId)
  await revokeDevicesOf(tx, [personId], { now })
  // Whoever has found the device could come in again with what is on it.
  await forgetProofs(tx, [personId])
  return true
}

type Telling = { organization: Organization & { id: OrganizationId }; personId: PersonId; isOver: boolean }

/** By mail, where they sign in: they may have no device left. */
async function tell({ tx, now, seal }: Context, { organization, personId, isOver }: Telling) {
  const [address] = (await addressesByPerson(tx, [personId])).get(personId) ?? []
  if (address === undefined) return
  const { id: organizationId, name: organizationName, locale } = organization
  const content = { purpose: 'devices-lost' as const, locale, organizationName, isOver }
  const expiresAt = new Date(now.getTime() + MAIL_LIFETIME_MS)
  await queueDispatches(tx, [{ id: uuidv7(), organizationId, personId, address, expiresAt, content }], { seal, now })
}
