import { PersonId } from '../../../protocol/ids.ts'
import { AuditList, ListAudit } from '../../../protocol/audit.ts'
import { query } from '../../platform/command.ts'
import { findMembers, isAdministratorAsking } from '../organization/index.ts'
import { listEntries } from './store.ts'

export const listAudit = query({
  name: 'audit.list',
  summary: 'Who did what in the organization, the latest first. For administrators.',
  input: ListAudit,
  output: AuditList,

  allow: isAdministratorAsking,

  async run({ tx }, { limit, ...filter }) {
    const found = await listEntries(tx, { ...filter, limit: limit + 1 })
    const entries = found.slice(0, limit)
    const named = entries.flatMap(({ actorId, personIds }) => [actorId ?? [], personIds.slice(0, NAMED_MAX)].flat())
    const personIds = Array.from(new Set(named), (id) => PersonId.parse(id))
    const members = await findMembers(tx, filter.organizationId, personIds)
    return {
      entries,
      people: members.map(({ personId, name }) => ({ personId, name })),
      next: found.length > limit ? (entries.at(-1)?.number ?? null) : null,
    }
  },
})

/** People of one entry whose names are told with it; of more their ids and how many they are. */
const NAMED_MAX = 20
