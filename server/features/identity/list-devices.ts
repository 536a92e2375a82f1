import { z } from 'zod'
import { DeviceList } from '../../../protocol/identity.ts'
import { personOf, query } from '../../platform/command.ts'
import { DEVICES_MAX, idleSince } from './devices.ts'
import { listDevices } from './store.ts'

export const listOwnDevices = query({
  name: 'device.list',
  summary: 'The devices that are signed in as oneself, the one used last first.',
  input: z.strictObject({}),
  output: DeviceList,

  allow: (ctx) => personOf(ctx) !== undefined,

  async run({ tx, actor, now }) {
    if (actor.kind !== 'person') return { devices: [] }
    const { personId, deviceId } = actor
    const rows = await listDevices(tx, { personId, seenAfter: idleSince(now), rowsMax: DEVICES_MAX })
    return { devices: rows.map((device) => ({ ...device, isThisOne: device.id === deviceId })) }
  },
})
