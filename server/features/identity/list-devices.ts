import { z } from 'zod'
import { DeviceList } from '../../../protocol/identity.ts'
import { personOf, query } from '../../platform/command.ts'
import { listDevices } from './device-store.ts'
import { idleSince } from './devices.ts'
import { deviceOf } from './pairings.ts'

export const listOwnDevices = query({
  name: 'device.list',
  summary: 'The devices that are signed in as oneself, one of each class at most, the one used last first.',
  input: z.strictObject({}),
  output: DeviceList,

  allow: (ctx) => personOf(ctx) !== undefined,

  async run(ctx) {
    const [personId, deviceId] = [personOf(ctx), deviceOf(ctx)]
    const rows = await listDevices(ctx.tx, { personId, seenAfter: idleSince(ctx.now) })
    return { devices: rows.map((device) => ({ ...device, isThisOne: device.id === deviceId })) }
  },
})
