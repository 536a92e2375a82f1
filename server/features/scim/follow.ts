import type { PersonId } from '../../../protocol/ids.ts'
import type { Organization } from '../../../protocol/organization.ts'
import { recordAct } from '../../platform/audit.ts'
import type { Tx } from '../../platform/sql.ts'
import { listDirectory, type DirectoryEntry, type MemberFields } from '../organization/index.ts'
import { lockConversations, movePeople } from '../structure/index.ts'
import { followGroups } from './follow-groups.ts'
import { groupsToFollow } from './group-store.ts'
import { memberOf, type Described } from './member-of.ts'
import { resolveManagers, type Placed, type Resolved } from './resolve-references.ts'
import * as store from './user-store.ts'

/** People whom one entry of the audit log names. */
const NAMED_MAX = 1_000

type Doing = { tx: Tx; now: Date }

/**
 * Brings the directory, the chart and their groups to what the identity provider has written since the last time. The
 * organization is locked. Does nothing where nothing waits.
 */
export async function followDirectory({ tx, now }: Doing, organization: Organization): Promise<void> {
  const pending = await store.pendingUsers(tx, organization.id)
  const isGroupWaiting = (await groupsToFollow(tx, organization.id, [])).length > 0
  if (pending.length === 0 && !isGroupWaiting) return
  const directory = await listDirectory(tx, organization.id)
  const references = pending.length === 0 ? [] : await store.references(tx, organization.id)
  const plan = planFollowing({ pending, directory, references })
  const groups = await groupsToFollow(
    tx,
    organization.id,
    plan.added.map(({ personId }) => personId),
  )
  await lockConversations(
    tx,
    groups.map(({ id }) => id),
  )
  const { added, changed, removed, present } = plan
  if (added.length + changed.length + removed.length > 0) {
    const actor = { kind: 'operator' } as const // nobody in particular
    await movePeople({ tx, now, actor }, { organization, present, added, changed, removed })
    recordAct(
      { tx, now, actor: { kind: 'server' } },
      {
        organizationId: organization.id,
        act: 'directory.synced',
        personIds: [...removed, ...added.map(({ personId }) => personId)].slice(0, NAMED_MAX),
        facts: { source: 'scim', joined: added.length, changed: changed.length, left: removed.length },
      },
    )
  }
  await store.settleUsers(tx, organization.id, plan.settled)
  await followGroups({ tx, now }, organization, groups)
}

export type Following = {
  pending: readonly store.Pending[]
  directory: readonly DirectoryEntry[]
  references: readonly store.ReferenceRow[]
}
export type FollowPlan = {
  present: DirectoryEntry[]
  added: (MemberFields & { role: 'member' })[]
  changed: MemberFields[]
  removed: PersonId[]
  settled: store.Settled[]
}

/** Pure: what the directory has to change. */
export function planFollowing({ pending, directory, references }: Following): FollowPlan {
  const present = directory.filter(({ state }) => state !== 'deactivated')
  const presentIds = new Set(present.map(({ personId }) => personId))
  const known = new Map(directory.map((entry) => [entry.personId, entry]))
  const removed = pending.filter((one) => !one.isActive && presentIds.has(one.personId)).map((one) => one.personId)
  const gone = new Set(removed)
  const { wanted, faults } = settleFields(pending, { present, gone })
  const people = placed({ directory, wanted, gone })
  const movedIds = new Set([...removed, ...Array.from(wanted.keys()).filter((id) => !presentIds.has(id))])
  const anew = readAnew({ pending, references, movedIds, people })
  const resolved = resolveManagers({ people, references, anew })
  const fieldsOf = (personId: PersonId): MemberFields | undefined => {
    const [entry, fields] = [known.get(personId), wanted.get(personId)]
    const managerId = resolved.managers.get(personId) ?? null
    if (fields) return { personId, ...fields, managerId, source: 'scim' }
    return entry && { ...entry, managerId }
  }
  const stay = present.filter(({ personId }) => !gone.has(personId))
  return {
    present,
    added: Array.from(wanted.keys()).flatMap((id) => {
      const fields = presentIds.has(id) ? undefined : fieldsOf(id)
      return fields ? [{ ...fields, role: 'member' as const }] : []
    }),
    changed: stay.flatMap((entry) => {
      const fields = fieldsOf(entry.personId)
      return fields && differs(entry, fields) ? [fields] : []
    }),
    removed,
    settled: settledOf({ pending, anew, faults, resolved }),
  }
}

type Fields = Omit<Described, 'address'> & { address: string }
type Faults = Map<PersonId, 'address.taken' | 'key.taken'>

/** An address or a number that somebody keeps can't be another's: without the address one stays as one is. */
function settleFields(
  pending: readonly store.Pending[],
  { present, gone }: { present: readonly DirectoryEntry[]; gone: ReadonlySet<PersonId> },
): { wanted: Map<PersonId, Fields>; faults: Faults } {
  const pendingIds = new Set(pending.map(({ personId }) => personId))
  const staying = present.filter(({ personId }) => !gone.has(personId) && !pendingIds.has(personId))
  const addresses = new Set(staying.map(({ address }) => address))
  const keys = new Set(staying.map(({ key }) => key))
  const today = new Map(present.map((entry) => [entry.personId, entry]))
  const wanted = new Map<PersonId, Fields>()
  const faults: Faults = new Map()
  for (const { personId, attributes, isActive } of pending) {
    if (!isActive) continue
    const described = memberOf(attributes)
    const address = described.address
    if (address === undefined || addresses.has(address)) {
      faults.set(personId, 'address.taken')
      const entry = today.get(personId)
      if (entry) addresses.add(entry.address)
      continue
    }
    const isKeyTaken = described.key !== null && keys.has(described.key)
    if (isKeyTaken) faults.set(personId, 'key.taken')
    const key = isKeyTaken ? null : described.key
    addresses.add(address)
    if (key !== null) keys.add(key)
    wanted.set(personId, { ...described, address, key })
  }
  return { wanted, faults }
}

type Placing = {
  directory: readonly DirectoryEntry[]
  wanted: ReadonlyMap<PersonId, Fields>
  gone: ReadonlySet<PersonId>
}
function placed({ directory, wanted, gone }: Placing): Placed[] {
  const known = new Set(directory.map(({ personId }) => personId))
  const entries = directory.map(({ personId, managerId, state, ...entry }): Placed => {
    const { address, key } = wanted.get(personId) ?? entry
    const isPresent = wanted.has(personId) || (state !== 'deactivated' && !gone.has(personId))
    return { personId, managerId, address, key, isPresent }
  })
  const fresh = Array.from(wanted).filter(([personId]) => !known.has(personId))
  return [
    ...entries,
    ...fresh.map(([personId, { address, key }]) => ({ personId, managerId: null, address, key, isPresent: true })),
  ]
}

type Reading = Pick<Following, 'pending' | 'references'> & {
  movedIds: ReadonlySet<PersonId>
  people: readonly Placed[]
}
/** Who was written, whose manager could not be settled before, and who names somebody that has just come or gone. */
function readAnew({ pending, references, movedIds, people }: Reading): Set<PersonId> {
  const fold = (text: string) => text.toLowerCase()
  const names = new Set([
    ...people
      .flatMap((one) => (movedIds.has(one.personId) ? [one.personId, one.address, one.key ?? ''] : []))
      .map(fold),
    ...references.flatMap((one) => (movedIds.has(one.personId) ? [one.userName, one.externalId ?? ''] : [])).map(fold),
  ])
  names.delete('')
  const waiting = references.filter(
    ({ fault, managerRef }) => fault?.startsWith('manager.') || (managerRef && names.has(fold(managerRef))),
  )
  return new Set([...pending, ...waiting].map(({ personId }) => personId))
}

const fields = ['name', 'title', 'place', 'phone', 'address', 'key', 'managerId', 'source'] as const
const differs = (entry: DirectoryEntry, wanted: MemberFields) => fields.some((field) => entry[field] !== wanted[field])

type Settling = {
  pending: readonly store.Pending[]
  anew: ReadonlySet<PersonId>
  faults: Faults
  resolved: Resolved
}
function settledOf({ pending, anew, faults, resolved }: Settling): store.Settled[] {
  const all = new Set([...pending.map(({ personId }) => personId), ...anew])
  return Array.from(all, (personId) => ({
    personId,
    fault: faults.get(personId) ?? resolved.faults.get(personId) ?? null,
  }))
}
