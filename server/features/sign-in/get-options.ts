import { z } from 'zod'
import { SignInOptions } from '../../../protocol/sign-in.ts'
import { query } from '../../platform/command.ts'
import { publicUrl } from '../../platform/server-settings.ts'
import { passkeyDomain, SOURCES_SHOWN } from './rules.ts'
import { listReadySources } from './store.ts'

export const getSignInOptions = query({
  name: 'sign-in.options',
  summary: 'How one may sign in here besides with a code: with a passkey, and at which providers.',
  input: z.strictObject({}),
  output: SignInOptions,

  allow: () => true,

  run: async ({ tx, settings }) => ({
    hasPasskeys: passkeyDomain(settings.get(publicUrl)) !== undefined,
    sources: await listReadySources(tx, SOURCES_SHOWN),
  }),
})
