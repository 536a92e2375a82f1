import { GetInvitation, Invitation } from '../../../protocol/organization.ts'
import { command } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { findInvitation } from '../identity/index.ts'
import { findMembers, findOrganization } from './store.ts'

/** A command, though it changes nothing: the token would stand in the address of a query, and proxies log addresses. */
export const getInvitation = command({
  name: 'invitation.get',
  summary: 'What the link of an invitation is about. The token in it is the permission to ask.',
  input: GetInvitation,
  output: Invitation,

  allow: () => true,

  async run({ tx, now }, { token }) {
    const found = await findInvitation(tx, token, now)
    if (!found) throw new Refusal('invitation.ended')
    const organization = await findOrganization(tx, found.organizationId)
    const [member] = await findMembers(tx, found.organizationId, [found.personId])
    if (!organization || !member) throw new Refusal('invitation.ended')
    const { name: organizationName, accent } = organization
    return { organizationName, accent, personName: member.name, address: found.address }
  },
})
