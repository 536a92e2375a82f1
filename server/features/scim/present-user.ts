import { createHash } from 'node:crypto'
import { enterpriseSchema, userSchema, type ScimUser } from './resource.ts'
import type { UserRow } from './user-store.ts'

/** A member of whom the provider has said nothing, in its words: that is what it writes over. */
export function userOf(row: UserRow): ScimUser {
  if (row.attributes) return row.attributes
  const { address, name, title, phone, key, managerId } = row
  const enterprise = {
    ...(key === null ? {} : { employeeNumber: key }),
    ...(managerId === null ? {} : { manager: { value: managerId } }),
  }
  return {
    userName: address,
    displayName: name,
    name: { formatted: name },
    ...(title === '' ? {} : { title }),
    emails: [{ value: address, type: 'work', primary: true }],
    ...(phone === '' ? {} : { phoneNumbers: [{ value: phone, type: 'work', primary: true }] }),
    ...(Object.keys(enterprise).length === 0 ? {} : { [enterpriseSchema]: enterprise }),
  }
}

/** What an identity provider gets. */
export function presentUser(row: UserRow, base: string): Record<string, unknown> {
  const user = userOf(row)
  const schemas = user[enterpriseSchema] ? [userSchema, enterpriseSchema] : [userSchema]
  return {
    schemas,
    id: row.personId,
    ...user,
    active: row.isActive,
    meta: {
      resourceType: 'User',
      created: row.createdAt,
      lastModified: row.changedAt,
      location: `${base}/Users/${row.personId}`,
      version: versionOf(row),
    },
  }
}

/** Weak: an answer may leave attributes out. A member the provider has not written has no number of their own. */
export function versionOf(row: UserRow): string {
  const state = row.isActive ? 'a' : 'd'
  if (row.attributes) return `W/"${row.version}${state}"`
  const { name, title, place, phone, address, key, managerId } = row
  const fields = JSON.stringify([name, title, place, phone, address, key, managerId])
  return `W/"m${createHash('sha256').update(fields).digest('base64url').slice(0, 16)}${state}"`
}
