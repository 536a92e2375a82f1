import type { Feature } from '../../platform/feature.ts'
import { endSession } from './end-session.ts'
import { sendCode } from './jobs.ts'
import { listOwnDevices } from './list-devices.ts'
import { requestCode } from './request-code.ts'
import { revokeOwnDevice } from './revoke-device.ts'

export const feature: Feature = {
  name: 'identity',
  definitions: [requestCode, endSession, listOwnDevices, revokeOwnDevice],
  jobs: [sendCode],
}

export { authenticate, listRevokedSince, revokeDevicesOf, startSession, type Started } from './devices.ts'
export { endInvitations, findInvitation, makeInvitationCodes, type InvitationCode } from './invitations.ts'
export { recordOwnAct } from './own-acts.ts'
export { appendToPersonLogs, type PersonLogEntry } from './person-log.ts'
export { addressesByPerson, findOrCreatePersons, personsByAddress, replaceAddresses } from './persons.ts'
export { redeemCode, redeemInvitationCode, type Redeemed } from './redeem-code.ts'
export { hashToken, makeToken } from './secrets.ts'
