import { Chain, GetChain } from '../../../protocol/organization.ts'
import { personOf, query } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isAdministratorAsking, isMemberAsking } from './access.ts'
import { chainAbove, chainBelow } from './chain-store.ts'
import { forReader } from './rules.ts'
import { findMembers, findStanding } from './store.ts'

/** Deeper charts are cut; a cycle cannot be stored. */
const DEPTH_MAX = 64
const BELOW_MAX = 500

export const getChain = query({
  name: 'chart.chain',
  summary:
    'The reporting chain: those above somebody, the nearest first, and those below, level by level; at most 500 of ' +
    'these.',
  input: GetChain,
  output: Chain,

  allow: isMemberAsking,

  async run(ctx, input) {
    const { organizationId, personId = personOf(ctx) } = input
    const standing = await findStanding(ctx.tx, organizationId, personId)
    if (!standing || standing.state === 'deactivated') throw new Refusal('member.not-found', { path: 'personId' })
    const one = { organizationId, personId }
    const above = await chainAbove(ctx.tx, one, DEPTH_MAX)
    const below = await chainBelow(ctx.tx, one, BELOW_MAX + 1)
    const isAdministrator = await isAdministratorAsking(ctx, input)
    const shown = [...above, ...below.slice(0, BELOW_MAX)]
    const found = await findMembers(ctx.tx, organizationId, shown)
    const members = new Map(found.map((member) => [member.personId, forReader(member, isAdministrator)]))
    const take = (ids: typeof above) => ids.flatMap((id) => members.get(id) ?? [])
    return { above: take(above), below: take(below.slice(0, BELOW_MAX)), isWhole: below.length <= BELOW_MAX }
  },
})
