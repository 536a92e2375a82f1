import { Check, CheckCheck, Clock, TriangleAlert } from 'lucide-react'
import { classes } from '../platform/classes.ts'
import { useText, useTexts } from '../platform/texts.tsx'
import type { TextKey } from '../platform/texts.tsx'
import { textOf } from './part-text.ts'
import type { MessageActions } from './message-actions.ts'
import type { MessageView, QuoteView, ReactionView, SendState } from './view.ts'

const looks: Record<SendState, { icon: typeof Check; label: TextKey }> = {
  waiting: { icon: Clock, label: 'message.waiting' },
  sent: { icon: Check, label: 'message.sent' },
  delivered: { icon: CheckCheck, label: 'message.delivered' },
  read: { icon: CheckCheck, label: 'message.read' },
  failed: { icon: TriangleAlert, label: 'message.failed' },
}

/** Clock, tick, double tick; in colour once it was read. */
export function Ticks({ message }: { message: MessageView }) {
  const text = useText()
  if (!message.state) return null
  const { icon: Icon, label } = looks[message.state]
  const readBy = message.readBy && message.readBy.of > 1 && message.readBy.read > 0
  const words = readBy ? text('message.readBy', { ...message.readBy }) : text(label)
  return (
    <span className={classes('ticks', message.state)} title={words}>
      <Icon className="i s" />
      <span className="sr">{words}</span>
    </span>
  )
}

export function Quote({ quote, onJump }: { quote: QuoteView; onJump: (key: string) => void }) {
  const text = useText()
  const words = quote.isDeleted ? text('message.deleted') : textOf(quote.parts, text) || '…'
  return (
    <button type="button" className="quote" title={words} onClick={() => onJump(quote.key)}>
      <b>{quote.author}</b>
      <span className="cut" dir="auto">
        {words}
      </span>
    </button>
  )
}

type ReactionsProps = { message: MessageView; onReact: MessageActions['react'] }

export function Reactions({ message, onReact }: ReactionsProps) {
  if (message.reactions.length === 0) return null
  return (
    <div className="reacts">
      {message.reactions.map((reaction) => (
        <ReactionChip
          key={reaction.emoji}
          reaction={reaction}
          disabled={!message.may.react}
          onPress={() => onReact(message, reaction.emoji, !reaction.own)}
        />
      ))}
    </div>
  )
}

type ChipProps = { reaction: ReactionView; disabled: boolean; onPress: () => void }

function ReactionChip({ reaction, disabled, onPress }: ChipProps) {
  const text = useText()
  const names = reaction.names.join(', ')
  return (
    <button
      type="button"
      className="react"
      aria-pressed={reaction.own}
      aria-label={text('message.reactionLabel', { emoji: reaction.emoji, count: reaction.count, names })}
      title={names}
      disabled={disabled}
      onClick={onPress}
    >
      {reaction.emoji} <span className="num">{reaction.count}</span>
    </button>
  )
}

type FailureProps = { message: MessageView; actions: MessageActions }

/** Red only when it is final: retry, or take it away. */
export function Failure({ message, actions }: FailureProps) {
  const { text, has } = useTexts()
  if (message.state !== 'failed') return null
  const reason = `error.${message.failure}`
  return (
    <p className="failure">
      <TriangleAlert className="i xs" />
      <span>{text(has(reason) ? reason : 'message.failed')}</span>
      <button type="button" className="link" onClick={() => actions.retry(message)}>
        {text('action.tryAgain')}
      </button>
      <button type="button" className="link" onClick={() => actions.discard(message)}>
        {text('action.delete')}
      </button>
    </p>
  )
}
