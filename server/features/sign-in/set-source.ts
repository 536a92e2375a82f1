import { z } from 'zod'
import type { OrganizationId } from '../../../protocol/ids.ts'
import { InOrganization } from '../../../protocol/organization.ts'
import { SetSignInSource, SignInSettings, type SignInSource } from '../../../protocol/sign-in.ts'
import { recordAct } from '../../platform/audit.ts'
import { command, query, type Context } from '../../platform/command.ts'
import { addJob } from '../../platform/jobs.ts'
import { Refusal } from '../../platform/refusal.ts'
import { publicUrl } from '../../platform/server-settings.ts'
import { isOwnerAsking, lockOrganization } from '../organization/index.ts'
import { redirectUri } from './provider.ts'
import { isSafeIssuer } from './rules.ts'
import * as store from './store.ts'

export const getSignInSource = query({
  name: 'sign-in-source.get',
  summary: 'The provider by which members sign in, and the address to register with it. For owners.',
  input: InOrganization,
  output: SignInSettings,

  allow: isOwnerAsking,

  run: (ctx, { organizationId }) => settingsOf(ctx, organizationId),
})

/** Only for owners: whoever chooses the provider can have it say that they are anybody in the organization. */
export const setSignInSource = command({
  name: 'sign-in-source.set',
  summary:
    'Let members sign in at a provider (OpenID Connect). The server then asks the provider about itself. For owners.',
  input: SetSignInSource,
  output: SignInSettings,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: isOwnerAsking,

  async run(ctx, { secret, ...input }, organization) {
    const { tx, now, seal, settings } = ctx
    const { organizationId, issuer, clientId, domains, joins } = input
    if (!organization) throw new Refusal('access.refused')
    if (!isSafeIssuer(issuer, settings.get(publicUrl)))
      throw new Refusal('input.invalid', { path: 'issuer', message: 'Must begin with https://.' })
    const before = await store.findSource(tx, organizationId)
    // A secret is only ever sent to the provider it was given for.
    const kept = before?.issuer === issuer && before.clientId === clientId ? before.secret : null
    const sealed = secret === undefined ? kept : seal.seal(secret)
    await store.putSource(tx, { ...input, domains: Array.from(new Set(domains)), secret: sealed, now })
    recordAct(ctx, { organizationId, act: 'sign-in-source.changed', facts: { issuer, clientId, joins, domains } })
    await addJob(tx, 'sign-in.check-source', { organizationId }, { key: `sign-in.check-source ${organizationId}` })
    return settingsOf(ctx, organizationId)
  },
})

export const removeSignInSource = command({
  name: 'sign-in-source.remove',
  summary: 'Let nobody sign in at the provider any more; codes and passkeys stay. For owners.',
  input: InOrganization,
  output: z.object({}),

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: isOwnerAsking,

  async run(ctx, { organizationId }) {
    if (await store.deleteSource(ctx.tx, organizationId))
      recordAct(ctx, { organizationId, act: 'sign-in-source.removed' })
    return {}
  },
})

async function settingsOf(
  { tx, settings }: Context,
  organizationId: OrganizationId,
): Promise<z.output<typeof SignInSettings>> {
  const source = await store.findSource(tx, organizationId)
  return {
    source: source ? shown(source) : null,
    redirectUri: redirectUri(settings.get(publicUrl), organizationId),
  }
}

function shown({ label, issuer, clientId, secret, joins, domains, metadata, fault }: store.Source): SignInSource {
  const state = fault ?? (metadata === null ? 'checking' : 'ready')
  return { label, issuer, clientId, hasSecret: secret !== null, joins, domains, state }
}
