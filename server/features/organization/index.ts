import type { Feature } from '../../platform/feature.ts'
import { acceptInvitation } from './accept-invitation.ts'
import { changeOrganization } from './change-organization.ts'
import { checkSetup } from './check-setup.ts'
import { createOrganization } from './create-organization.ts'
import { declineInvitation } from './decline-invitation.ts'
import { getChain } from './get-chain.ts'
import { getChart } from './get-chart.ts'
import { getInvitation } from './get-invitation.ts'
import { getMembers } from './get-members.ts'
import { getOrganization } from './get-organization.ts'
import { getSession } from './get-session.ts'
import { inviteMembers } from './invite-members.ts'
import { listOrganizationDispatches } from './list-dispatches.ts'
import { listDirectoryMembers } from './list-members.ts'
import { listAllOrganizations } from './list-organizations.ts'
import { sendInvitations } from './reactions.ts'
import { completePairing } from './complete-pairing.ts'
import { redeemInvitation } from './redeem-invitation.ts'
import { releaseDevices } from './release-devices.ts'
import { setAgent } from './set-agent.ts'
import { setRole } from './set-role.ts'
import { startSession } from './start-session.ts'

export const feature: Feature = {
  name: 'organization',
  definitions: [
    checkSetup,
    createOrganization,
    changeOrganization,
    getOrganization,
    listAllOrganizations,
    startSession,
    getSession,
    listDirectoryMembers,
    getMembers,
    getChart,
    getChain,
    setRole,
    releaseDevices,
    setAgent,
    inviteMembers,
    getInvitation,
    completePairing,
    redeemInvitation,
    acceptInvitation,
    declineInvitation,
    listOrganizationDispatches,
  ],
  reactions: [sendInvitations],
}

export {
  isActiveMember,
  isAdministrator,
  isAdministratorAsking,
  isMemberAsking,
  isOwnerAsking,
  roleAsking,
} from './access.ts'
export { fromCursor, toCursor } from './cursor.ts'
export { addMembers, changeMembers, deactivateMembers, moveDirectory } from './directory.ts'
export {
  listDirectory,
  type DirectoryEntry,
  type MemberFields,
  type MemberSource,
  type NewMember,
} from './directory-store.ts'
export { recordInvited } from './invite-members.ts'
export { acceptOnlyInvitation, membershipsOf } from './membership.ts'
export { knownElsewhere } from './membership-store.ts'
export { mayRemove, patternOf } from './rules.ts'
export { findParticipant, findParticipants, type NewOutsider, type Participant } from './outsider-store.ts'
export { addOutsiders, admitOutsider, eraseOutsider, renameOutsider } from './outsiders.ts'
export { makeSetupToken } from './setup.ts'
export { findMembers, findOrganization, lockOrganization } from './store.ts'
