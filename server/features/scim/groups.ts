import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { ConversationId, type PersonId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import { record } from '../../platform/events.ts'
import { lockOrganization } from '../organization/index.ts'
import { closeGroup } from './follow-groups.ts'
import * as store from './group-store.ts'
import { isRecord } from './is-record.ts'
import { canonicalPath } from './patch.ts'
import { groupSchema, PatchRequest, ScimGroup, type Operation } from './resource.ts'
import { badValue, notFound, ScimFault, taken } from './scim-fault.ts'
import { parse, type Asking, type Match } from './users.ts'

export async function createGroup(asking: Asking & { ownerId: PersonId }, body: unknown): Promise<store.GroupRow> {
  const { tx, now, organizationId, ownerId } = asking
  const { displayName, externalId = null, members } = parse(ScimGroup, body)
  const id = ConversationId.parse(uuidv7())
  if (!(await store.insertGroup(tx, { id, organizationId, displayName, externalId, ownerId }, now)))
    throw taken(`There is a group ${displayName} already.`)
  await put(asking, id, idsIn(members))
  await tell(asking)
  return readGroup(asking, id)
}

export async function readGroup({ tx, organizationId }: Asking, id: string): Promise<store.GroupRow> {
  const [group] = z.uuid().safeParse(id).success ? await store.readGroups(tx, organizationId, [id]) : []
  if (!group) throw notFound(id)
  return group
}

export async function replaceGroup(asking: Asking, id: string, body: unknown, match: Match): Promise<store.GroupRow> {
  const { displayName, externalId = null, members } = parse(ScimGroup, body)
  const group = await hold(asking, id, match)
  const ids = idsIn(members)
  await put(asking, group.id, ids)
  await store.keepMembers(asking.tx, group.id, ids)
  return finish(asking, { ...group, displayName, externalId })
}

/** Members come and go by themselves, so that nobody has to send all of them. */
export async function changeGroup(asking: Asking, id: string, body: unknown, match: Match): Promise<store.GroupRow> {
  const { Operations } = parse(PatchRequest, body)
  let group = await hold(asking, id, match)
  for (const operation of Operations.flatMap(expand)) group = await applyOne(asking, group, operation)
  return finish(asking, group)
}

export async function deleteGroup(asking: Asking, id: string, match: Match): Promise<void> {
  const { tx, now, organizationId } = asking
  const organization = await lockOrganization(tx, organizationId)
  const group = await hold(asking, id, match)
  if (organization) await closeGroup({ tx, now }, organization, group.id)
  await store.deleteGroup(tx, group.id)
}

export const versionOfGroup = ({ version }: store.GroupRow) => `W/"${version}"`

/** What an identity provider gets; without `members` where it does not want them. */
export function presentGroup(group: store.GroupRow, base: string, members?: readonly store.GroupMember[]) {
  return {
    schemas: [groupSchema],
    id: group.id,
    ...(group.externalId === null ? {} : { externalId: group.externalId }),
    displayName: group.displayName,
    ...(members && {
      members: members.map(({ personId, display }) => ({
        value: personId,
        $ref: `${base}/Users/${personId}`,
        type: 'User',
        ...(display === null ? {} : { display }),
      })),
    }),
    meta: {
      resourceType: 'Group',
      created: group.createdAt,
      lastModified: group.changedAt,
      location: `${base}/Groups/${group.id}`,
      version: versionOfGroup(group),
    },
  }
}

async function hold({ tx, organizationId }: Asking, id: string, match: Match): Promise<store.GroupRow> {
  const group = z.uuid().safeParse(id).success ? await store.holdGroup(tx, organizationId, id) : undefined
  if (!group) throw notFound(id)
  if (match !== undefined && match !== '*' && match !== versionOfGroup(group))
    throw new ScimFault(412, 'Somebody has changed this meanwhile. Read it again.')
  return group
}

async function finish(asking: Asking, group: store.GroupRow): Promise<store.GroupRow> {
  const { tx, now, organizationId } = asking
  const [other] = await store.idsByName(tx, organizationId, group.displayName)
  if (other !== undefined && other !== group.id) throw taken(`There is a group ${group.displayName} already.`)
  await store.updateGroup(tx, group, now)
  await tell(asking)
  return readGroup(asking, group.id)
}

const tell = ({ tx, now, organizationId }: Asking) =>
  record(tx, [{ name: 'scim.changed', organizationId, body: {} }], now)

const idsIn = (members: readonly { value: string }[] | null | undefined) =>
  Array.from(new Set((members ?? []).map(({ value }) => value.toLowerCase())))

async function put({ tx, organizationId }: Asking, id: ConversationId, personIds: readonly string[]): Promise<void> {
  if (personIds.length === 0) return
  const unreadable = personIds.find((personId) => !z.uuid().safeParse(personId).success)
  const known = unreadable === undefined ? await store.knownAmong(tx, organizationId, personIds) : new Set<string>()
  const stranger = unreadable ?? personIds.find((personId) => !known.has(personId))
  if (stranger !== undefined) throw badValue(`There is no user ${stranger.slice(0, 100)}; groups hold users.`)
  await store.putMembers(tx, id, personIds)
}

/** An object without a path is one operation for each of its attributes. */
function expand({ op, path, value }: Operation): Operation[] {
  if (path !== undefined && path !== '') return [{ op, path: canonicalPath(path), value }]
  if (!isRecord(value)) throw badValue('Without a path, the value is an object.')
  return Object.entries(value)
    .map(([name, inner]) => ({ op, path: canonicalPath(name), value: inner }))
    .filter(({ path: name }) => ['displayName', 'externalId', 'members'].includes(name))
}

async function applyOne(asking: Asking, group: store.GroupRow, { op, path = '', value }: Operation) {
  if (path === 'members' || path.startsWith('members[')) {
    await applyMembers(asking, group.id, { op, path, value })
    return group
  }
  if (path === 'externalId') return { ...group, externalId: op === 'remove' ? null : textOf(value, path) }
  if (path === 'displayName' && op !== 'remove') return { ...group, displayName: textOf(value, path) }
  throw new ScimFault(400, `${path.slice(0, 100)} cannot be changed.`, { scimType: 'invalidPath' })
}

function textOf(value: unknown, path: string): string {
  const result = ScimGroup.shape.displayName.safeParse(value)
  if (!result.success) throw badValue(`${path}: must be a text.`)
  return result.data
}

async function applyMembers(asking: Asking, id: ConversationId, { op, path = '', value }: Operation): Promise<void> {
  const { tx } = asking
  const one = /^members\[value eq "([^"]{1,100})"\]$/.exec(path)?.[1]
  if (path !== 'members' && one === undefined)
    throw new ScimFault(400, 'Members are found by value eq "…".', { scimType: 'invalidPath' })
  const named = one === undefined ? valuesIn(value) : [one.toLowerCase()]
  if (op === 'remove') {
    if (one === undefined && value === undefined) return store.keepMembers(tx, id, [])
    const ids = named.filter((personId) => z.uuid().safeParse(personId).success)
    return store.takeMembers(tx, id, ids)
  }
  await put(asking, id, named)
  if (op === 'replace' && one === undefined) await store.keepMembers(tx, id, named)
}

/** One member or several, as objects or as bare ids. */
function valuesIn(value: unknown): string[] {
  const all = [value ?? []].flat().map((one) => (isRecord(one) ? one['value'] : one))
  const texts = all.flatMap((one) => (typeof one === 'string' ? [one.toLowerCase()] : []))
  if (texts.length !== all.length) throw badValue('A member is an object with the id of a user as its value.')
  if (texts.length > limits.directoryGroupMembers) throw badValue('Too many members in one request.')
  return Array.from(new Set(texts))
}
