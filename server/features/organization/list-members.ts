import { z } from 'zod'
import { PersonId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import { ListMembers, MemberList } from '../../../protocol/organization.ts'
import { text } from '../../../protocol/text.ts'
import { query } from '../../platform/command.ts'
import { isAdministratorAsking, isMemberAsking } from './access.ts'
import { fromCursor, toCursor } from './cursor.ts'
import { forReader, patternOf } from './rules.ts'
import { countMembers, listMembers } from './store.ts'

const Place = z.tuple([text({ max: limits.personName }), PersonId])
const states = { present: ['invited', 'active'], invited: ['invited'], deactivated: ['deactivated'] } as const

export const listDirectoryMembers = query({
  name: 'member.list',
  summary: 'The directory, by name, a page at a time. Those who have left are shown to administrators only.',
  input: ListMembers,
  output: MemberList,

  allow: (ctx, input) =>
    input.state === 'deactivated' ? isAdministratorAsking(ctx, input) : isMemberAsking(ctx, input),

  async run(ctx, input) {
    const { organizationId, limit } = input
    const filter = { organizationId, states: states[input.state], pattern: patternOf(input.search) }
    const after = input.after === undefined ? null : fromCursor(input.after, Place, 'after')
    const rows = await listMembers(ctx.tx, { ...filter, after, limit: limit + 1 })
    const last = rows.length > limit ? rows[limit - 1] : undefined
    const isAdministrator = await isAdministratorAsking(ctx, input)
    return {
      members: rows.slice(0, limit).map((member) => forReader(member, isAdministrator)),
      total: await countMembers(ctx.tx, filter),
      next: last ? toCursor([last.name, last.personId]) : null,
    }
  },
})
