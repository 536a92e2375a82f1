import type { OutsiderRules } from '../../../protocol/contacts.ts'

/** How somebody stands to a contact. */
export type Relation = {
  isAdministrator: boolean
  /** Looks after them. */
  isKeeper: boolean
  /** Is in a conversation with them, and may know of them there. */
  sharesConversation: boolean
}

/** Whether a member sees a contact's card. */
export function maySee({ isAdministrator, isKeeper, sharesConversation }: Relation): boolean {
  return isAdministrator || isKeeper || sharesConversation
}

/** Whether a member changes what is known of a contact, or erases them. */
export function mayChange({ isAdministrator, isKeeper }: Relation): boolean {
  return isAdministrator || isKeeper
}

/** Whether an owner brings people from outside into their conversation. */
export function mayBring({ mayBring: who }: OutsiderRules, { isAdministrator }: { isAdministrator: boolean }): boolean {
  return who === 'owners' || isAdministrator
}

/** Of a conversation: once external it stays so, whoever leaves, until an owner closes it off again. */
export function isExternalNow(before: boolean, joined: readonly { isExternal: boolean }[]): boolean {
  return before || joined.some(({ isExternal }) => isExternal)
}

export const defaultRules: OutsiderRules = { mayBring: 'owners', admitsAnonymous: false }
