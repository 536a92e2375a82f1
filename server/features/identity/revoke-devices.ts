import { z } from 'zod'
import { RevokeDevice } from '../../../protocol/identity.ts'
import { command, personOf } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { revokeDevice, revokeDevicesOf } from './devices.ts'
import { recordOwnAct } from './own-acts.ts'
import { deviceOf } from './pairings.ts'

export const revokeOwnDevice = command({
  name: 'device.revoke',
  summary: 'Sign another device of oneself out, at once.',
  input: RevokeDevice,
  output: z.object({}),

  allow: (ctx) => personOf(ctx) !== undefined,

  async run(ctx, { deviceId }) {
    if (!(await revokeDevice(ctx.tx, { deviceId, personId: personOf(ctx) }, ctx.now)))
      throw new Refusal('access.refused')
    await recordOwnAct(ctx, personOf(ctx), { act: 'device.revoked', thingId: deviceId })
    return {}
  },
})

export const revokeOtherDevices = command({
  name: 'device.revoke-others',
  summary: 'Sign oneself out everywhere but here, at once, and let nobody in who still waits.',
  input: z.strictObject({}),
  output: z.object({}),

  allow: (ctx) => personOf(ctx) !== undefined,

  async run(ctx) {
    const personId = personOf(ctx)
    for (const deviceId of await revokeDevicesOf(ctx.tx, [personId], { now: ctx.now, exceptId: deviceOf(ctx) }))
      await recordOwnAct(ctx, personId, { act: 'device.revoked', thingId: deviceId })
    return {}
  },
})
