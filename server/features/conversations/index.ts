export { changeMemberships, closeConversations, makeConversations, renameConversations } from './change-members.ts'
export type { MembershipChange } from './change-members.ts'
export type { NewConversation } from './member-store.ts'
