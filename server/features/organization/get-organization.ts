import { InOrganization, Organization } from '../../../protocol/organization.ts'
import { query } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isMemberAsking } from './access.ts'
import { findOrganization } from './store.ts'

export const getOrganization = query({
  name: 'organization.get',
  summary: 'An organization that one takes part in.',
  input: InOrganization,
  output: Organization,

  allow: isMemberAsking,

  async run({ tx }, { organizationId }) {
    const organization = await findOrganization(tx, organizationId)
    if (!organization) throw new Refusal('access.refused')
    return organization
  },
})
