import type { Feature } from '../../platform/feature.ts'
import { createToken } from './create-token.ts'
import { getScim } from './get-scim.ts'
import { followProviders } from './reactions.ts'
import { revokeToken } from './revoke-token.ts'
import { addRoutes } from './routes.ts'

export const feature: Feature = {
  name: 'scim',
  definitions: [createToken, revokeToken, getScim],
  reactions: [followProviders],
  addRoutes,
}
