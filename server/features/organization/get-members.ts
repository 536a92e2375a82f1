import { GetMembers, Members } from '../../../protocol/organization.ts'
import { query } from '../../platform/command.ts'
import { isAdministratorAsking, isMemberAsking } from './access.ts'
import { forReader } from './rules.ts'
import { findMembers } from './store.ts'

export const getMembers = query({
  name: 'member.get',
  summary:
    'Members by their ids, those who have left too: their names stand under what they wrote. Unknown ids are left out.',
  input: GetMembers,
  output: Members,

  allow: isMemberAsking,

  async run(ctx, input) {
    const isAdministrator = await isAdministratorAsking(ctx, input)
    const members = await findMembers(ctx.tx, input.organizationId, input.personIds)
    return { members: members.map((member) => forReader(member, isAdministrator)) }
  },
})
