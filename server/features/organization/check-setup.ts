import { CheckedSetup, CheckSetup } from '../../../protocol/organization.ts'
import { command } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isMailSet } from '../dispatch/index.ts'
import { hashToken } from '../identity/index.ts'
import { countOrganizations, isSetupToken } from './store.ts'

/** A command, though it changes nothing: the token would stand in the address of a query, and proxies log addresses. */
export const checkSetup = command({
  name: 'setup.check',
  summary: 'Whether a set-up link is still good, and what the wizard should know of this server.',
  input: CheckSetup,
  output: CheckedSetup,

  async allow({ tx, now }, { token }) {
    return (await isSetupToken(tx, hashToken(token), now)) || new Refusal('setup.token-wrong')
  },

  run: async ({ tx, settings }) => ({
    isMailSet: isMailSet(settings),
    organizationCount: await countOrganizations(tx),
  }),
})
