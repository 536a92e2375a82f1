import { z } from 'zod'
import { command, personOf } from '../../platform/command.ts'
import { revokeDevice } from './devices.ts'

export const endSession = command({
  name: 'session.end',
  summary: 'Sign this device out. Coming back needs a fresh code.',
  input: z.strictObject({}),
  output: z.object({}),

  allow: (ctx) => personOf(ctx) !== undefined,

  async run({ tx, actor, now, setCookie }) {
    if (actor.kind === 'person') await revokeDevice(tx, actor, now)
    setCookie(null)
    return {}
  },
})
