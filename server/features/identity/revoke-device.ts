import { z } from 'zod'
import { RevokeDevice } from '../../../protocol/identity.ts'
import { command, personOf } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { announceRevoked } from './devices.ts'
import { recordOwnAct } from './own-acts.ts'
import * as store from './store.ts'

export const revokeOwnDevice = command({
  name: 'device.revoke',
  summary: 'Sign another device of oneself out, at once.',
  input: RevokeDevice,
  output: z.object({}),

  allow: (ctx) => personOf(ctx) !== undefined,

  async run(ctx, { deviceId }) {
    const revoked = await store.revokeDevice(ctx.tx, { deviceId, personId: personOf(ctx) }, ctx.now)
    if (revoked.length === 0) throw new Refusal('access.refused')
    announceRevoked(ctx.tx, revoked)
    await recordOwnAct(ctx, personOf(ctx), { act: 'device.revoked', thingId: deviceId })
    return {}
  },
})
