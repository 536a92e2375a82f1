import { Address as MailAddress, isMailAddress } from '../../../protocol/identity.ts'
import { limits } from '../../../protocol/limits.ts'
import { enterpriseSchema, type ScimUser } from './resource.ts'

/** What the directory says of somebody, as far as the identity provider does. */
export type Described = {
  name: string
  address: string | undefined
  title: string
  phone: string
  place: string
  key: string | null
}

/** Pure: a user of SCIM as a member of the directory. */
export function memberOf(user: ScimUser): Described {
  const { displayName, name, userName, title, emails, phoneNumbers, addresses } = user
  const whole = [name?.givenName, name?.middleName, name?.familyName].filter(Boolean).join(' ')
  const enterprise = user[enterpriseSchema]
  const home = first(addresses)
  const place = [enterprise?.department, home?.locality, home?.country].filter(Boolean).join(', ')
  return {
    name: line(displayName ?? name?.formatted ?? (whole || userName), limits.personName),
    address: addressOf([first(emails)?.value, userName]),
    title: line(title ?? '', limits.title),
    phone: line(first(phoneNumbers)?.value ?? '', limits.phone),
    place: line(place, limits.place),
    key: line(enterprise?.employeeNumber ?? '', limits.personName) || null,
  }
}

/** The primary one, else the one for work, else the first. */
function first<T extends { primary?: boolean | undefined; type?: string | undefined }>(values: T[] | undefined) {
  return (
    values?.find(({ primary }) => primary === true) ??
    values?.find(({ type }) => type?.toLowerCase() === 'work') ??
    values?.[0]
  )
}

function addressOf(candidates: readonly (string | undefined)[]): string | undefined {
  const found = candidates.find((candidate) => candidate !== undefined && isMailAddress(candidate.trim().toLowerCase()))
  return found === undefined ? undefined : MailAddress.parse(found)
}

/** One line, no longer than a member's field. */
const line = (text: string, max: number) => text.replaceAll(/\s+/g, ' ').trim().slice(0, max).toWellFormed()
