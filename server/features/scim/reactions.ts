import { setTimeout } from 'node:timers/promises'
import { OrganizationId } from '../../../protocol/ids.ts'
import type { Reaction, Tools } from '../../platform/feature.ts'
import { lockOrganization } from '../organization/index.ts'
import { followDirectory } from './follow.ts'
import { measurePending } from './user-store.ts'

/** Nothing more has come for so long: then the chart and its groups follow, once for all of it. */
const QUIET_MS = 200
/** But no later than after so many looks. */
const LOOKS_MAX = 50

/** Lets the directory follow what identity providers have written. */
export const followProviders: Reaction = {
  name: 'scim.follow',
  to: ['scim.changed'],
  async run(facts, tools) {
    const ids = new Set(facts.map(({ organizationId }) => OrganizationId.parse(organizationId)))
    for (const id of ids) await followOne(id, tools)
  },
}

async function followOne(organizationId: OrganizationId, { database, clock }: Tools): Promise<void> {
  const look = () => database.read((tx) => measurePending(tx, organizationId))
  let before = await look()
  if (before.count === 0) return
  for (let looks = 1; looks <= LOOKS_MAX; looks++) {
    await setTimeout(QUIET_MS)
    const now = await look()
    if (now.count === before.count && now.last === before.last) break
    before = now
  }
  await database.transaction(async (tx) => {
    const organization = await lockOrganization(tx, organizationId)
    if (organization) await followDirectory({ tx, now: clock() }, organization)
  })
}
