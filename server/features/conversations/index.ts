import type { Feature } from '../../platform/feature.ts'
import * as change from './change-conversation.ts'
import { createConversation } from './create-conversation.ts'
import { deleteMessage } from './delete-message.ts'
import { editMessage } from './edit-message.ts'
import { postScheduled } from './jobs.ts'
import { keepAudience } from './keep-audience.ts'
import { markAudience } from './mark-audience.ts'
import { messageReach, missedMessage } from './message-reach.ts'
import { narrowAudience } from './narrow-audience.ts'
import { openSync } from './open-sync.ts'
import { postDirect } from './post-direct.ts'
import { postMessage } from './post-message.ts'
import { postWithFields } from './post-with-fields.ts'
import { previewMessage } from './preview-message.ts'
import { reactToMessage } from './react-to-message.ts'
import { removeErased } from './reactions.ts'
import {
  getConversation,
  getNames,
  listConversationMembers,
  listConversations,
  listRecipients,
} from './read-conversation.ts'
import { readDifference, readPersonDifference } from './read-difference.ts'
import { readFilled } from './read-filled.ts'
import { readHistory } from './read-history.ts'
import { cancelSchedule, createSchedule, listSchedules } from './schedule-message.ts'
import { splitConversation } from './split-conversation.ts'
import { startTyping } from './start-typing.ts'

export const feature: Feature = {
  name: 'conversations',
  definitions: [
    postMessage,
    postDirect,
    postWithFields,
    previewMessage,
    readFilled,
    editMessage,
    deleteMessage,
    reactToMessage,
    readHistory,
    listRecipients,
    createConversation,
    ...Object.values(change),
    splitConversation,
    narrowAudience,
    keepAudience,
    messageReach,
    missedMessage,
    createSchedule,
    listSchedules,
    cancelSchedule,
    getConversation,
    listConversations,
    listConversationMembers,
    getNames,
    markAudience,
    startTyping,
    openSync,
    readDifference,
    readPersonDifference,
  ],
  jobs: [postScheduled],
  reactions: [removeErased],
}

export { changeMemberships, closeConversations, makeConversations, renameConversations } from './change-members.ts'
export type { MembershipChange } from './change-members.ts'
export { holdConversation, type HeldConversation } from './hold-conversation.ts'
export { registerOwnThings, type OwnThings } from './own-things.ts'
export { registerPartRule, type AskedPart, type HoldingMessage, type PartRule } from './part-rules.ts'
export { openDirect } from './open-direct.ts'
export { postInName, type InName } from './post-in-name.ts'
export { readViews } from './view.ts'
export type { NewConversation } from './member-store.ts'
export { sourcesOf } from './sources.ts'
export { seesOneOf } from './store.ts'
