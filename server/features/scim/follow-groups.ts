import type { ConversationId, PersonId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import type { Organization } from '../../../protocol/organization.ts'
import type { Tx } from '../../platform/sql.ts'
import {
  changeMemberships,
  closeConversations,
  makeConversations,
  renameConversations,
} from '../conversations/index.ts'
import { findMembers } from '../organization/index.ts'
import { findLeader } from '../structure/index.ts'
import * as store from './group-store.ts'

type Doing = { tx: Tx; now: Date }
type Change = { conversationId: ConversationId; personId: PersonId }

/** Makes the two-way group of each directory group, and lets its members follow. Owners stay who they are. */
export async function followGroups(
  { tx, now }: Doing,
  organization: Organization,
  groups: readonly store.Following[],
): Promise<void> {
  if (groups.length === 0) return
  const ids = groups.map(({ id }) => id)
  const fresh = groups.filter(({ conversationName }) => conversationName === null)
  const owners = await ownersFor(tx, organization, fresh)
  await makeConversations(
    tx,
    fresh.map(({ id, displayName }) => ({ ...blank, id, organizationId: organization.id, name: nameOf(displayName) })),
    now,
  )
  const wanted = await store.presentMembersOf(tx, organization.id, ids)
  const put = await store.putInto(tx, ids)
  const { add, remove } = differenceOf(wanted, put)
  const owned = fresh.flatMap(({ id }) => {
    const ownerId = owners.get(id)
    return ownerId ? [{ conversationId: id, personId: ownerId, role: 'owner' as const, source: 'owner' as const }] : []
  })
  const isOwner = new Set(owned.map(keyOf))
  const members = add.filter((one) => !isOwner.has(keyOf(one)))
  const chart = { role: 'member' as const, source: 'chart' as const }
  await changeMemberships(
    tx,
    {
      organizationId: organization.id,
      actorId: null,
      add: [...owned, ...members.map((one) => ({ ...one, ...chart }))],
      remove,
      nest: [],
      unnest: [],
    },
    now,
  )
  await rename(tx, groups, now)
  await store.settleGroups(tx, ids)
}

/** What was said in it can still be read. Where nothing was said, nobody needs it. */
export async function closeGroup({ tx, now }: Doing, organization: Organization, id: ConversationId): Promise<void> {
  const put = await store.putInto(tx, [id])
  if (!(await store.isUsed(tx, id))) {
    const change = { organizationId: organization.id, actorId: null, add: [], nest: [], unnest: [] }
    await changeMemberships(tx, { ...change, remove: put }, now)
  }
  await closeConversations(tx, [id], null, now)
}

const blank = {
  kind: 'group',
  origin: 'directory',
  history: 'joined',
  isNameMade: false,
  chartManagerId: null,
  chartLevel: null,
  createdBy: null,
} as const
const nameOf = (displayName: string) =>
  displayName.replaceAll(/\s+/g, ' ').slice(0, limits.conversationName).toWellFormed()
const keyOf = ({ conversationId, personId }: Change) => `${conversationId} ${personId}`

/** The nominated owner, or who leads the organization where that one has left. */
async function ownersFor(tx: Tx, organization: Organization, groups: readonly store.Following[]) {
  const nominated = await findMembers(
    tx,
    organization.id,
    groups.map(({ ownerId }) => ownerId),
  )
  const present = new Set(nominated.filter(({ state }) => state !== 'deactivated').map(({ personId }) => personId))
  const missing = groups.some(({ ownerId }) => !present.has(ownerId))
  const leader = missing ? await findLeader(tx, organization.id) : undefined
  return new Map(groups.map(({ id, ownerId }) => [id, present.has(ownerId) ? ownerId : leader]))
}

function differenceOf(
  wanted: readonly { groupId: ConversationId; personId: PersonId }[],
  put: readonly store.Put[],
): { add: Change[]; remove: Change[] } {
  const want = wanted.map(({ groupId, personId }) => ({ conversationId: groupId, personId }))
  const [wantKeys, putKeys] = [new Set(want.map(keyOf)), new Set(put.map(keyOf))]
  return {
    add: want.filter((one) => !putKeys.has(keyOf(one))),
    remove: put.filter((one) => one.role === 'member' && !wantKeys.has(keyOf(one))),
  }
}

async function rename(tx: Tx, groups: readonly store.Following[], now: Date): Promise<void> {
  const renamed = groups.filter(
    ({ conversationName, displayName }) => conversationName !== null && conversationName !== nameOf(displayName),
  )
  const names = renamed.map(({ id, displayName }) => ({
    conversationId: id,
    name: nameOf(displayName),
    isNameMade: false,
  }))
  await renameConversations(tx, names, null, now)
}
