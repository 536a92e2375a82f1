import { z } from 'zod'
import * as groups from './group-store.ts'
import { presentGroup } from './groups.ts'
import { list, listResponse, type Listing, type ListQuery } from './lists.ts'
import { presentUser } from './present-user.ts'
import { readProjection } from './projection.ts'
import * as users from './user-store.ts'
import type { Asking } from './users.ts'

const asId = async (value: string) => (z.uuid().safeParse(value).success ? [value.toLowerCase()] : [])

export async function listUsers({ tx, organizationId }: Asking, query: ListQuery, base: string): Promise<object> {
  const listing: Listing<users.UserRow> = {
    tx,
    organizationId,
    lookups: {
      id: asId,
      userName: (value) => users.idsByUserName(tx, organizationId, value),
      externalId: (value) => users.idsByExternalId(tx, organizationId, value),
      email: (value) => users.idsByEmail(tx, organizationId, value),
    },
    count: () => users.countUsers(tx, organizationId),
    page: (range) => users.pageOfIds(tx, organizationId, range),
    read: (ids) => users.readUsers(tx, organizationId, ids),
    whole: async (rows) => rows.map((row) => presentUser(row, base)),
  }
  const { total, rows } = await list(listing, query)
  const { project } = readProjection(query)
  return listResponse(
    total,
    query.startIndex,
    rows.map((row) => project(presentUser(row, base))),
  )
}

export async function listGroups(asking: Asking, query: ListQuery, base: string): Promise<object> {
  const { tx, organizationId } = asking
  const whole = async (rows: readonly groups.GroupRow[]) => withMembers(asking, rows, base)
  const listing: Listing<groups.GroupRow> = {
    tx,
    organizationId,
    lookups: {
      id: asId,
      displayName: (value) => groups.idsByName(tx, organizationId, value),
      externalId: (value) => groups.idsByExternalId(tx, organizationId, value),
    },
    count: () => groups.countGroups(tx, organizationId),
    page: (range) => groups.pageOfIds(tx, organizationId, range),
    read: (ids) => groups.readGroups(tx, organizationId, ids),
    whole,
  }
  const { total, rows } = await list(listing, query)
  const { project, shows } = readProjection(query)
  const shown = shows('members') ? await whole(rows) : rows.map((row) => presentGroup(row, base))
  return listResponse(total, query.startIndex, shown.map(project))
}

/** Groups with all their members. */
export async function withMembers(
  { tx, organizationId }: Asking,
  rows: readonly groups.GroupRow[],
  base: string,
): Promise<Record<string, unknown>[]> {
  const all = await groups.membersOf(
    tx,
    organizationId,
    rows.map(({ id }) => id),
  )
  const byGroup = Map.groupBy(all, ({ groupId }) => groupId)
  return rows.map((row) => presentGroup(row, base, byGroup.get(row.id) ?? []))
}
