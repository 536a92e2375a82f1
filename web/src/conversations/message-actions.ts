import type { MessageView } from './view.ts'

/** What one can do with a message; which of it is allowed comes with the message. */
export type MessageActions = {
  reply: (message: MessageView) => void
  react: (message: MessageView, emoji: string, isOn: boolean) => void
  edit: (message: MessageView) => void
  remove: (message: MessageView) => void
  copy: (message: MessageView) => void
  showRecipients: (message: MessageView) => void
  /** Of a message with fields. */
  showFilled: (message: MessageView) => void
  retry: (message: MessageView) => void
  discard: (message: MessageView) => void
  /** To the message that was answered. */
  jumpTo: (key: string) => void
}

export const quickReactions = ['👍', '❤️', '😂', '🎉', '👀', '🙏']
