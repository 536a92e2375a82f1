import type { Feature } from '../../platform/feature.ts'
import { endSession } from './end-session.ts'
import { sendCode } from './jobs.ts'
import { listOwnDevices } from './list-devices.ts'
import { requestCode } from './request-code.ts'
import { revokeOtherDevices, revokeOwnDevice } from './revoke-devices.ts'
import { confirmPairing, findPairing, listPairings, refusePairing, showPairingCode } from './vouch-for-pairing.ts'
import { cancelPairing, checkPairing } from './wait-for-pairing.ts'

export const feature: Feature = {
  name: 'identity',
  definitions: [
    requestCode,
    endSession,
    listOwnDevices,
    revokeOwnDevice,
    revokeOtherDevices,
    listPairings,
    findPairing,
    showPairingCode,
    confirmPairing,
    refusePairing,
    checkPairing,
    cancelPairing,
  ],
  jobs: [sendCode],
}

export { browserOf, forgetProofs } from './browsers.ts'
export { authenticate, revokeDevicesOf } from './devices.ts'
export {
  endInvitations,
  findInvitation,
  makeInvitationCodes,
  reopenInvitation,
  takeInvitation,
  type InvitationCode,
} from './invitations.ts'
export { recordOwnAct } from './own-acts.ts'
export { listUnended as listUnendedPairings, pairingOutcomes } from './pairings.ts'
export { findInvitationOf as invitationOfPairing } from './pairing-store.ts'
export { appendToPersonLogs, type PersonLogEntry } from './person-log.ts'
export {
  addressesByPerson,
  findOrCreatePersons,
  forgetAddresses,
  giveAddress,
  makeAnonymousPerson,
  personsByAddress,
  replaceAddresses,
} from './persons.ts'
export { redeemCode, redeemInvitationCode, type Redeemed } from './redeem-code.ts'
export { requestNewcomerCode } from './request-code.ts'
export { sourceGroup } from './rules.ts'
export { hashToken, makeToken } from './secrets.ts'
/**
 * THE way in: every sign-in, however it was proven, ends here. Its answer is either a session or a `pairing`: the
 * person is signed in on another device, and that one must let this one in first.
 */
export { startSession, type Proven } from './start-session.ts'
export { lockPersons } from './store.ts'
export { completePairing } from './wait-for-pairing.ts'
