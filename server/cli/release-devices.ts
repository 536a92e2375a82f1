import { z } from 'zod'
import { MemberList } from '../../protocol/organization.ts'
import { CommandProblem, type Door } from './client.ts'
import { findOrganization } from './find-organization.ts'

/** By the address with which they stand in the directory. Says what comes next. */
export async function releaseDevices(door: Door, address: string, options: { organization?: string }): Promise<string> {
  const { id: organizationId, name } = await findOrganization(door, options.organization)
  const { members } = await door.query(MemberList, 'member.list', { organizationId, search: address })
  const member = members.find((one) => one.address === address.toLowerCase())
  if (!member) throw new CommandProblem(`Nobody at ${name} has the address ${address}.`)
  await door.command(z.object({}), 'member.release-devices', { organizationId, personId: member.personId })
  return `${member.name} can sign in again with a code; who takes part elsewhere too, once it was done there.`
}
