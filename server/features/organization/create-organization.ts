import { CreatedOrganization, CreateOrganization } from '../../../protocol/organization.ts'
import { recordAct } from '../../platform/audit.ts'
import { command } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { findOrCreatePersons, hashToken, startSession } from '../identity/index.ts'
import { addMembers } from './directory.ts'
import { recordInvited } from './invite-members.ts'
import { acceptInvitation } from './membership.ts'
import { isReadable } from './rules.ts'
import { findOrganization, insertOrganization, lockOrganizationCount, markInvited, useSetupToken } from './store.ts'

export const createOrganization = command({
  name: 'organization.create',
  summary: 'Make an organization with its owner. Needs the token of a set-up link, which it uses up.',
  input: CreateOrganization,
  output: CreatedOrganization,

  async allow({ tx, actor, now }, { token }) {
    if (actor.kind === 'operator') return true
    const isGood = token !== undefined && (await useSetupToken(tx, hashToken(token), now))
    return isGood || new Refusal('setup.token-wrong')
  },

  async run(ctx, { organizationId: id, name, accent, locale, administrator, device, keep }) {
    const { tx, now } = ctx
    if (!isReadable(accent)) throw new Refusal('organization.accent-unreadable', { path: 'accent' })
    const isFirst = (await lockOrganizationCount(tx)) === 0
    if (!(await insertOrganization(tx, { id, name, accent, locale }, now))) throw new Refusal('access.refused')
    const organization = await findOrganization(tx, id)
    const personId = (await findOrCreatePersons(tx, [administrator.address], now)).get(administrator.address)
    if (!organization || !personId) throw new Error('The organization or its administrator was not stored.')
    const blank = { title: '', place: '', phone: '', managerId: null, key: null }
    const member = { ...blank, ...administrator, personId, source: 'made', role: 'owner' } as const
    await addMembers(tx, { organization, members: [member] }, now)
    recordAct(ctx, { organizationId: id, act: 'organization.created', personIds: [personId] })
    // On an empty server the address can be nobody's account. Later it may be: only its owner may then sign in with
    // it, by a code.
    if (isFirst && device) {
      await acceptInvitation(tx, { organizationId: id, personId, now })
      const started = await startSession(ctx, personId, { device, keep })
      if ('pairing' in started) throw new Error('Somebody was signed in on an empty server.')
      return { organization, ...started }
    }
    await markInvited(tx, { organizationId: id, personIds: [personId], now, pauseMs: 0 })
    await recordInvited(tx, { organizationId: id, personIds: [personId] }, now)
    return { organization, personId }
  },
})
