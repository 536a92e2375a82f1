import type { Member } from '../../../protocol/organization.ts'
import { isAtLeast, type Role } from '../../../protocol/roles.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import type { Allowed } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'

/** WCAG 2.2, 1.4.3: the least contrast of text. */
const CONTRAST_MIN = 4.5

/** White text stands on the accent. */
export function isReadable(accent: string): boolean {
  return 1.05 / (luminance(accent) + 0.05) >= CONTRAST_MIN
}

/** The relative luminance of `#rrggbb`, as WCAG defines it. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const value = Number.parseInt(color.slice(start, start + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/**
 * Administrators take people out of the directory, but not those who stand above them. The others don't, and least of
 * all themselves.
 */
export function mayRemove(
  asking: { personId: PersonId; role: Role },
  removed: { personId: PersonId; role: Role },
): Allowed {
  if (isAtLeast(asking.role, 'administrator'))
    return isAtLeast(asking.role, removed.role) || new Refusal('organization.owner-stays')
  return asking.personId === removed.personId ? new Refusal('directory.leave-refused') : false
}

/** Somebody must stay who can sign in and let others in. Those who are only invited don't count. */
export function keepsOwner(activeOwnerIds: readonly PersonId[], change: { personId: PersonId; role: Role }): boolean {
  if (change.role === 'owner') return true
  return activeOwnerIds.length === 0 || activeOwnerIds.some((id) => id !== change.personId)
}

/** For `ilike`: finds the text anywhere, whatever signs of the pattern language it holds. */
export function patternOf(search: string): string | null {
  return search === '' ? null : `%${search.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`
}

/** When somebody was invited is the administrators' business. */
export function forReader(member: Member, isAdministrator: boolean): Member {
  return isAdministrator ? member : { ...member, invitedAt: null }
}
