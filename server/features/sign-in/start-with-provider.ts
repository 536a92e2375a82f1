import { z } from 'zod'
import { Address, isMailAddress, StartedSession } from '../../../protocol/identity.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import type { Organization } from '../../../protocol/organization.ts'
import { StartWithProvider } from '../../../protocol/sign-in.ts'
import { line } from '../../../protocol/text.ts'
import { recordAct } from '../../platform/audit.ts'
import { command, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { hashToken, personsByAddress } from '../identity/index.ts'
import { findMembers, knownElsewhere, lockOrganization } from '../organization/index.ts'
import { addPerson } from '../structure/index.ts'
import { findAttemptOrganization, lockAttempt, useAttempt } from './attempt-store.ts'
import { enter } from './enter.ts'
import { admit, type Claims } from './rules.ts'
import * as store from './store.ts'

/** The client asks again after so long. */
const AGAIN_MS = 250

export const startWithProvider = command({
  name: 'session.start-with-provider',
  summary: 'Sign in by what a provider has said. Refused with sign-in.pending while the provider is being asked.',
  input: StartWithProvider,
  output: StartedSession,

  async lock({ tx }, { attemptId }) {
    const organizationId = await findAttemptOrganization(tx, attemptId)
    return organizationId && lockOrganization(tx, organizationId)
  },
  allow: () => true,

  async run(ctx, { attemptId, device, keep }, organization) {
    const { tx, now, seal, browser = '' } = ctx
    const attempt = await lockAttempt(tx, { attemptId, browserHash: hashToken(browser), now })
    if (!attempt || !organization) throw new Refusal('sign-in.ended')
    if (attempt.outcome === null) throw new Refusal('sign-in.pending', { retryAfterMs: AGAIN_MS })
    await useAttempt(tx, attemptId, now)
    const source = await store.findSource(tx, organization.id)
    if (!attempt.claims || source?.changedAt !== attempt.changedAt) return new Refusal('sign-in.failed')
    const claims = StoredClaims.parse(JSON.parse(seal.open(attempt.claims)))
    const personId = await findPerson(ctx, { claims, source, organization })
    return personId instanceof Refusal ? personId : enter(ctx, personId, { device, keep })
  },
})

const StoredClaims = z.object({
  subject: z.string(),
  address: z.string().optional(),
  isVerified: z.boolean(),
  name: z.string().optional(),
})

type Proven = { claims: Claims; source: store.Source; organization: Organization }

async function findPerson(ctx: Context, { claims, source, organization }: Proven): Promise<PersonId | Refusal> {
  const { tx, now } = ctx
  const subject = { organizationId: organization.id, issuer: source.issuer, subject: claims.subject }
  const linkedId = await store.findLink(tx, subject)
  const address = Address.safeParse(claims.address).data
  const mail = address !== undefined && isMailAddress(address) ? address : undefined
  const byAddressId = mail === undefined ? undefined : (await personsByAddress(tx, [mail])).get(mail)
  const known = linkedId ?? byAddressId
  const [member] = known ? await findMembers(tx, organization.id, [known]) : []
  const isMember = member !== undefined && member.state !== 'deactivated'
  const found = {
    linked: linkedId && { isMember },
    byAddress: byAddressId && { isMember, wasMember: member !== undefined },
    isElsewhere: known !== undefined && (await knownElsewhere(tx, organization.id, [known])).length > 0,
  }
  const admission = admit({ ...claims, address: mail }, found, source)
  if (admission instanceof Refusal) return admission
  if (admission === 'linked' && linkedId) return linkedId
  const personId = admission === 'joins' && mail ? await join(ctx, { ...claims, mail }, organization) : byAddressId
  if (!personId) return new Refusal('sign-in.unknown-person')
  await store.putLink(tx, { ...subject, personId, now })
  recordAct(ctx, { organizationId: organization.id, act: 'sign-in-source.linked', personIds: [personId] })
  return personId
}

async function join(ctx: Context, { mail, name }: Claims & { mail: string }, organization: Organization) {
  const fitting = line({ max: limits.personName }).safeParse(name).data
  const personId = await addPerson(ctx, organization, {
    name: fitting ?? mail.slice(0, mail.indexOf('@')),
    address: mail,
    title: '',
    place: '',
    phone: '',
    managerId: null,
    role: 'member',
  })
  recordAct(ctx, { organizationId: organization.id, act: 'member.added', personIds: [personId] })
  return personId
}
