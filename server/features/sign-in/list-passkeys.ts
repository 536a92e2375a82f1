import { z } from 'zod'
import { PasskeyList } from '../../../protocol/sign-in.ts'
import { personOf, query } from '../../platform/command.ts'
import { PASSKEYS_MAX } from './rules.ts'
import * as store from './store.ts'

export const listPasskeys = query({
  name: 'passkey.list',
  summary: 'The passkeys with which one signs in.',
  input: z.strictObject({}),
  output: PasskeyList,

  allow: (ctx) => personOf(ctx) !== undefined,

  run: async (ctx) => ({ passkeys: await store.listPasskeys(ctx.tx, personOf(ctx), PASSKEYS_MAX) }),
})
