import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import { InvitedMembers, InviteMembers } from '../../../protocol/organization.ts'
import { recordAct } from '../../platform/audit.ts'
import { command } from '../../platform/command.ts'
import { record } from '../../platform/events.ts'
import type { Tx } from '../../platform/sql.ts'
import { isAdministratorAsking } from './access.ts'
import { lockOrganization, markInvited } from './store.ts'

/** Somebody who was invited within this time is not invited again: their mail is on its way. */
const PAUSE_MS = 60_000
/** People of one fact, and so of one transaction that makes their codes. */
const PER_FACT = 500

/**
 * For somebody who has joined already, an invitation is a way to sign in: the one where a stranger has locked their
 * address.
 */
export const inviteMembers = command({
  name: 'member.invite',
  summary:
    'Send people the link and the code with which they come in; a later one replaces the earlier. For administrators.',
  input: InviteMembers,
  output: InvitedMembers,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: isAdministratorAsking,

  async run(ctx, { organizationId, personIds = null }) {
    const { tx, now } = ctx
    const invited = await markInvited(tx, { organizationId, personIds, now, pauseMs: PAUSE_MS })
    await recordInvited(tx, { organizationId, personIds: invited }, now)
    const count = invited.length
    const named = count <= limits.peoplePerCommand ? invited : []
    if (count > 0) recordAct(ctx, { organizationId, act: 'member.invited', personIds: named, facts: { count } })
    return { count }
  },
})

/** The codes are made and sent afterwards, in portions. */
export async function recordInvited(
  tx: Tx,
  { organizationId, personIds }: { organizationId: OrganizationId; personIds: readonly PersonId[] },
  now: Date,
): Promise<void> {
  const portions = Array.from({ length: Math.ceil(personIds.length / PER_FACT) }, (_, index) =>
    personIds.slice(index * PER_FACT, (index + 1) * PER_FACT),
  )
  await record(
    tx,
    portions.map((portion) => ({ name: 'members.invited', organizationId, body: { personIds: portion } })),
    now,
  )
}
