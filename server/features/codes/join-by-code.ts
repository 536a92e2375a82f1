import { JoinAnonymously, JoinedByCode, JoinWithAddress, RequestToJoin } from '../../../protocol/codes.ts'
import { RequestedCode } from '../../../protocol/identity.ts'
import { command } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { publicUrl } from '../../platform/server-settings.ts'
import { rulesOf } from '../contacts/index.ts'
import {
  addressesByPerson,
  makeAnonymousPerson,
  redeemCode,
  requestNewcomerCode,
  sourceGroup,
  startSession,
} from '../identity/index.ts'
import { findOrganization } from '../organization/index.ts'
import { arrive, holdScanned, readScanned } from './arrive.ts'
import { HOUR_MS, refuseGuest } from './rules.ts'
import { countAnonymous, countTraffic } from './store.ts'

export const requestToJoin = command({
  name: 'code.request',
  summary:
    'Ask for an access code to join by a scanned code. It is sent to the address, with a link that needs no typing.',
  input: RequestToJoin,
  output: RequestedCode,

  allow: () => true,

  async run(ctx, { token, address, locale }) {
    const { code } = await readScanned(ctx, token)
    const organization = await findOrganization(ctx.tx, code.organizationId)
    if (!organization) throw new Refusal('scan.revoked')
    const page = `${ctx.settings.get(publicUrl)}/c/${token}`
    return requestNewcomerCode(ctx, { address, locale }, { organizationName: organization.name, page })
  },
})

export const joinWithAddress = command({
  name: 'code.join',
  summary: 'Come in by a scanned code with the access code that was sent: makes the account, signs in and joins.',
  input: JoinWithAddress,
  output: JoinedByCode,

  lock: (ctx, { token }) => holdScanned(ctx, token),
  allow: () => true,

  async run(ctx, { requestId, code, device, keep, name, locale }, scanned) {
    const redeemed = await redeemCode(ctx, { requestId, code })
    if (redeemed instanceof Refusal) return redeemed
    const { personId } = redeemed
    const [address = null] = (await addressesByPerson(ctx.tx, [personId])).get(personId) ?? []
    const arrived = await arrive(ctx, scanned, { personId, name, locale, address })
    return { ...(await startSession(ctx, personId, { device, keep })), ...arrived }
  },
})

export const joinAnonymously = command({
  name: 'code.join-anonymously',
  summary: 'Come in by a scanned code without an address, where the organization allows it: known by the device alone.',
  input: JoinAnonymously,
  output: JoinedByCode,

  lock: (ctx, { token }) => holdScanned(ctx, token),

  async allow({ tx }, _input, { subject }) {
    return (await rulesOf(tx, subject.organizationId)).admitsAnonymous || new Refusal('scan.anonymous-refused')
  },

  async run(ctx, { device, keep, name, locale }, scanned) {
    const { tx, now } = ctx
    const traffic = await countTraffic(tx, { source: sourceGroup(ctx.source), scans: 0, guests: 1, now })
    const since = new Date(now.getTime() - HOUR_MS)
    const refusal = refuseGuest(traffic, await countAnonymous(tx, scanned.subject.organizationId, since))
    if (refusal) throw refusal
    const personId = await makeAnonymousPerson(tx, now)
    const arrived = await arrive(ctx, scanned, { personId, name, locale, address: null })
    return { ...(await startSession(ctx, personId, { device, keep })), ...arrived }
  },
})
