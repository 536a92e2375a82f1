import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { record } from '../../platform/events.ts'
import { inputWords } from '../../platform/input-words.ts'
import type { Tx } from '../../platform/sql.ts'
import { lockOrganization } from '../organization/index.ts'
import { followDirectory } from './follow.ts'
import { memberOf } from './member-of.ts'
import { patchUser } from './patch.ts'
import { userOf, versionOf } from './present-user.ts'
import { enterpriseSchema, PatchRequest, ScimUser, withCanonicalNames } from './resource.ts'
import { badValue, notFound, ScimFault, taken } from './scim-fault.ts'
import * as store from './user-store.ts'

/** Who asks, in which transaction. */
export type Asking = { tx: Tx; now: Date; organizationId: OrganizationId }
/** What is written needs more than the version it was read as. */
export type Match = string | undefined

const TRIES_MAX = 3

export async function readUser({ tx, organizationId }: Asking, id: string): Promise<store.UserRow> {
  const [row] = z.uuid().safeParse(id).success ? await store.readUsers(tx, organizationId, [id]) : []
  if (!row) throw notFound(id)
  return row
}

/** PUT: what is not sent is not there any more; but nobody is deactivated by saying nothing. */
export async function replaceUser(asking: Asking, id: string, body: unknown, match: Match): Promise<store.UserRow> {
  const user = parseUser(body)
  return writeUser(asking, id, { match, change: async (row) => ({ active: row.isActive, ...withoutUndefined(user) }) })
}

export async function changeUser(asking: Asking, id: string, body: unknown, match: Match): Promise<store.UserRow> {
  const { Operations } = parse(PatchRequest, body)
  return writeUser(asking, id, {
    match,
    change: async (row) => {
      const before: ScimUser = { ...userOf(row), active: row.isActive }
      return { active: true, ...withoutUndefined(parseUser(await patchUser(before, Operations))) }
    },
  })
}

/** The member leaves; what they wrote stays. Whoever is written again with the same address is the same person. */
export async function deleteUser(asking: Asking, id: string, match: Match): Promise<void> {
  const { tx, organizationId } = asking
  await lockOrganization(tx, organizationId)
  const row = await writeUser(asking, id, {
    match,
    change: async (before) => ({ ...userOf(before), active: false }),
  })
  await store.deleteUser(tx, organizationId, row.personId)
}

type Writing = { match: Match; change(row: store.UserRow): Promise<ScimUser> }

async function writeUser(asking: Asking, id: string, { match, change }: Writing): Promise<store.UserRow> {
  const { tx, now, organizationId } = asking
  for (let tries = 1; tries <= TRIES_MAX; tries++) {
    const row = await readUser(asking, id)
    if (match !== undefined && match !== '*' && match !== versionOf(row))
      throw new ScimFault(412, 'Somebody has changed this meanwhile. Read it again.')
    const user = await change(row)
    if (isDeepStrictEqual({ ...userOf(row), active: row.isActive }, user) && row.attributes) return row
    const { personId } = row
    await requireFree(asking, { row, user })
    const isLeaving = row.isActive && user.active === false
    if (isLeaving) await lockOrganization(tx, organizationId) // before any lock of users, as everybody does
    const written = writtenOf(asking, { personId, user, before: row })
    const isWritten = row.attributes
      ? await store.updateUser(tx, { ...written, version: row.version }, now)
      : (await store.insertUsers(tx, [written], now)).length > 0
    if (!isWritten) {
      await store.holdUser(tx, organizationId, personId) // the next try finds it as nobody else can change it
      continue
    }
    await follow(asking, { isLeaving })
    return readUser(asking, personId)
  }
  throw new ScimFault(409, 'Others write the same user at this moment. Try again.')
}

async function requireFree(
  { tx, organizationId }: Asking,
  { row, user }: { row: store.UserRow; user: ScimUser },
): Promise<void> {
  const { address } = memberOf(user)
  if (address === undefined) throw noAddress()
  const [holders] = await store.holdersOf(tx, organizationId, [{ userName: user.userName, address }])
  const { writtenId = null, calledId = null, addressId = null } = holders ?? {}
  const isOther = (id: PersonId | null) => id !== null && id !== row.personId
  if (isOther(writtenId) || isOther(calledId)) throw taken(`There is a user ${user.userName} already.`)
  if (isOther(addressId)) throw taken(`Somebody has the address ${address} already.`)
}

/**
 * Whoever leaves is out at once, in this very transaction. Everything else the directory follows a moment later, for
 * many together.
 */
export async function follow(
  { tx, now, organizationId }: Asking,
  { isLeaving }: { isLeaving: boolean },
): Promise<void> {
  if (!isLeaving) return record(tx, [{ name: 'scim.changed', organizationId, body: {} }], now)
  const organization = await lockOrganization(tx, organizationId)
  if (organization) await followDirectory({ tx, now }, organization)
}

type Change = { personId: PersonId; user: ScimUser; before: store.UserRow | null }

export function writtenOf({ organizationId }: Asking, { personId, user, before }: Change): store.Written {
  const ref = user[enterpriseSchema]?.manager?.value
  // To say nothing of a manager who was named before is to say that there is none.
  const wasNamed = Boolean(before?.attributes && before.managerRef)
  const emails = [user.emails?.map(({ value }) => value) ?? [], memberOf(user).address]
  return {
    organizationId,
    personId,
    user: withoutManager(user, ref),
    emails: Array.from(new Set(emails.flat().flatMap((email) => (email ? [email.toLowerCase()] : [])))),
    managerRef: ref ?? (wasNamed || before?.managerRef === '' ? '' : null),
    isActive: user.active !== false,
  }
}

/** An empty reference is how its end is told, and nothing to keep. */
function withoutManager(user: ScimUser, ref: string | undefined): ScimUser {
  const { [enterpriseSchema]: enterprise, ...core } = user
  if (!enterprise || ref !== '') return user
  const { manager: _manager, ...rest } = enterprise
  return Object.keys(rest).length === 0 ? core : { ...core, [enterpriseSchema]: rest }
}

export function parseUser(body: unknown): ScimUser {
  return withoutUndefined(parse(ScimUser, withCanonicalNames(body)))
}

/** Names the first fault. */
export function parse<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const result = schema.safeParse(withCanonicalNames(body), { error: inputWords })
  if (result.success) return result.data
  const [issue] = result.error.issues
  const path = issue?.path.join('.') ?? ''
  throw badValue(`${path === '' ? '' : `${path}: `}${issue?.message ?? 'Not as it should be.'}`.slice(0, 300))
}

/** What was sent as nothing is as if it had not been sent. */
export function withoutUndefined<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T // plain values of a schema
}

export const noAddress = () =>
  badValue('A user needs a mail address: in emails, or as userName. People sign in with codes that are sent there.')
