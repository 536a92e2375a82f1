/**
 * What somebody may do in an organization. Owners may do everything, also name owners; administrators all but that and
 * the ways to sign in. Who leads others by the chart is a manager, and who serves customers an agent, whatever their
 * role.
 */
export const roles = ['owner', 'administrator', 'member'] as const
export type Role = (typeof roles)[number]

const ranks: Readonly<Record<Role, number>> = { member: 0, administrator: 1, owner: 2 }

/** Whether one role stands at least as high as the other. */
export const isAtLeast = (role: Role, other: Role): boolean => ranks[role] >= ranks[other]

/** Nobody raises anybody above themselves, and nobody reaches for those who stand above them. */
export const maySetRole = (asking: Role, change: { before: Role; after: Role }): boolean =>
  isAtLeast(asking, 'administrator') && isAtLeast(asking, change.before) && isAtLeast(asking, change.after)
