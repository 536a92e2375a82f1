import { z } from 'zod'
import { OrganizationList } from '../../../protocol/organization.ts'
import { query } from '../../platform/command.ts'
import { listOrganizations } from './store.ts'

const ROWS_MAX = 1_000

export const listAllOrganizations = query({
  name: 'organization.list',
  summary: 'The organizations of this server, the oldest first; at most 1,000. For the operator.',
  input: z.strictObject({}),
  output: OrganizationList,

  allow: ({ actor }) => actor.kind === 'operator',
  run: async ({ tx }) => ({ organizations: await listOrganizations(tx, ROWS_MAX) }),
})
