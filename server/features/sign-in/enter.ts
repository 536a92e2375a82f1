import type { z } from 'zod'
import type { NewDevice, StartedSession } from '../../../protocol/identity.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import { recordAct } from '../../platform/audit.ts'
import type { Context } from '../../platform/command.ts'
import { startSession } from '../identity/index.ts'
import { acceptOnlyInvitation } from '../organization/index.ts'

type Entering = { device: z.output<typeof NewDevice>; keep: 'cookie' | 'token' }

/** What follows every proven sign-in, as with a code. */
export async function enter(
  ctx: Context,
  personId: PersonId,
  entering: Entering,
): Promise<z.output<typeof StartedSession>> {
  for (const organizationId of await acceptOnlyInvitation(ctx.tx, personId, ctx.now))
    recordAct(ctx, { organizationId, act: 'invitation.accepted', personIds: [personId] })
  return startSession(ctx, personId, entering)
}
