import { CreatedScimToken, CreateScimToken } from '../../../protocol/scim.ts'
import { limits } from '../../../protocol/limits.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import { recordAct } from '../../platform/audit.ts'
import { command, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { publicUrl } from '../../platform/server-settings.ts'
import { makeToken } from '../identity/index.ts'
import { findMembers, isAdministratorAsking, lockOrganization } from '../organization/index.ts'
import { findLeader } from '../structure/index.ts'
import { hashOf, TOKEN_PREFIX } from './access.ts'
import { PREFIX } from './prefix.ts'
import { listTokens, putToken } from './token-store.ts'

export const createToken = command({
  name: 'scim-token.create',
  summary: 'Make a secret with which an identity provider writes people and groups over SCIM. For administrators.',
  input: CreateScimToken,
  output: CreatedScimToken,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: isAdministratorAsking,

  async run(ctx, input, organization) {
    if (!organization) throw new Refusal('access.refused')
    const { tx, now, actor, settings } = ctx
    const { organizationId, tokenId, name } = input
    const others = (await listTokens(tx, organizationId, limits.scimTokens)).filter((one) => one.tokenId !== tokenId)
    if (others.length >= limits.scimTokens) throw new Refusal('scim.token-limit')
    const createdBy = actor.kind === 'person' ? actor.personId : null
    const groupOwnerId = await ownerFor(ctx, input)
    const token = TOKEN_PREFIX + makeToken()
    const made = { tokenId, organizationId, name, tokenHash: hashOf(token), createdBy, groupOwnerId }
    if (!(await putToken(tx, made, now))) throw new Refusal('scim.token-used', { path: 'tokenId' })
    recordAct(ctx, { organizationId, act: 'scim-token.created', personIds: [groupOwnerId], thingId: tokenId })
    return { url: settings.get(publicUrl) + PREFIX, token }
  },
})

type Input = { organizationId: Parameters<typeof findLeader>[1]; groupOwnerId?: PersonId | undefined }

async function ownerFor({ tx, actor }: Context, { organizationId, groupOwnerId }: Input): Promise<PersonId> {
  const ownerId = groupOwnerId ?? (actor.kind === 'person' ? actor.personId : await findLeader(tx, organizationId))
  const [owner] = ownerId === undefined ? [] : await findMembers(tx, organizationId, [ownerId])
  if (!owner || owner.state === 'deactivated') throw new Refusal('member.not-found', { path: 'groupOwnerId' })
  return owner.personId
}
