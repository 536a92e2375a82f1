import { z } from 'zod'
import { makeSetupToken } from './features/organization/index.ts'
import { command } from './platform/command.ts'
import { publicUrl } from './platform/server-settings.ts'

/** For whoever runs the server, from the terminal of its machine. */
export const createSetupLink = command({
  name: 'setup.create-link',
  summary: 'Make a fresh link that opens the wizard for one organization. For the operator.',
  input: z.strictObject({}),
  output: z.object({ link: z.url() }),

  allow: ({ actor }) => actor.kind === 'operator',
  run: async ({ tx, now, settings }) => ({
    link: `${settings.get(publicUrl)}/setup#token=${await makeSetupToken(tx, now)}`,
  }),
})
