import { Nothing } from '../../../protocol/conversations.ts'
import { RevokeScimToken } from '../../../protocol/scim.ts'
import { recordAct } from '../../platform/audit.ts'
import { command } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isAdministratorAsking, lockOrganization } from '../organization/index.ts'
import * as store from './token-store.ts'

export const revokeToken = command({
  name: 'scim-token.revoke',
  summary: 'End a secret for SCIM, at once. The people and groups it wrote stay. For administrators.',
  input: RevokeScimToken,
  output: Nothing,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: isAdministratorAsking,

  async run(ctx, { organizationId, tokenId }) {
    const { tx, now } = ctx
    const isRevoked = await store.revokeToken(tx, organizationId, tokenId, now)
    if (!isRevoked) throw new Refusal('scim.token-not-found', { path: 'tokenId' })
    recordAct(ctx, { organizationId, act: 'scim-token.revoked', thingId: tokenId })
    return {}
  },
})
