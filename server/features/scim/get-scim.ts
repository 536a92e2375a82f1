import { GetScim, ScimState } from '../../../protocol/scim.ts'
import { limits } from '../../../protocol/limits.ts'
import { query } from '../../platform/command.ts'
import { publicUrl } from '../../platform/server-settings.ts'
import { isAdministratorAsking } from '../organization/index.ts'
import { PREFIX } from './prefix.ts'
import { listTokens } from './token-store.ts'
import * as store from './user-store.ts'

const FAULTS_SHOWN = 20

export const getScim = query({
  name: 'scim.get',
  summary: 'The secrets for SCIM with their last use, and what the directory could not follow. For administrators.',
  input: GetScim,
  output: ScimState,

  allow: isAdministratorAsking,

  async run({ tx, settings }, { organizationId }) {
    const { users, groups, faults } = await store.countAll(tx, organizationId)
    return {
      url: settings.get(publicUrl) + PREFIX,
      tokens: await listTokens(tx, organizationId, limits.scimTokens),
      userCount: users,
      groupCount: groups,
      pendingCount: (await store.measurePending(tx, organizationId)).count,
      faultCount: faults,
      faults: await store.listFaults(tx, organizationId, FAULTS_SHOWN),
    }
  },
})
