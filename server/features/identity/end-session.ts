import { z } from 'zod'
import { command, personOf } from '../../platform/command.ts'
import { announceRevoked } from './devices.ts'
import { revokeDevice } from './store.ts'

export const endSession = command({
  name: 'session.end',
  summary: 'Sign this device out. Coming back needs a fresh code.',
  input: z.strictObject({}),
  output: z.object({}),

  allow: (ctx) => personOf(ctx) !== undefined,

  async run({ tx, actor, now, setCookie }) {
    if (actor.kind === 'person') announceRevoked(tx, await revokeDevice(tx, actor, now))
    setCookie(null)
    return {}
  },
})
