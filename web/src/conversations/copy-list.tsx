import { useMemo } from 'react'
import { messagesOf } from '../../../sdk/index.ts'
import type { Conversation } from '../../../sdk/index.ts'
import { useKnown } from '../platform/client.tsx'
import { useText } from '../platform/texts.tsx'
import { textOf } from './part-text.ts'
import { useNames } from './use-conversations.ts'

export type Copied = { audienceId: string; number: number }
type CopyListProps = { conversation: Conversation; chosen: readonly Copied[]; onChoose: (chosen: Copied[]) => void }

const shownMax = 30

/** Messages that are taken along as copies, in the order in which they were written. */
export function CopyList({ conversation, chosen, onChoose }: CopyListProps) {
  const text = useText()
  const state = useKnown((known) => known)
  const messages = useMemo(
    () =>
      messagesOf(state, conversation.id)
        .filter(({ deletedAt }) => deletedAt === undefined)
        .slice(-shownMax),
    [state, conversation.id],
  )
  const names = useNames(useMemo(() => messages.map(({ authorId }) => authorId), [messages]))
  if (messages.length === 0) return null
  const has = (message: Copied) =>
    chosen.some(({ audienceId, number }) => audienceId === message.audienceId && number === message.number)
  const toggle = (message: Copied) =>
    onChoose(
      messages
        .filter((one) => (one.number === message.number && one.audienceId === message.audienceId) !== has(one))
        .map(({ audienceId, number }) => ({ audienceId, number })),
    )
  return (
    <details className="copies">
      <summary>{text('split.copies', { count: chosen.length })}</summary>
      <p className="help">{text('split.copiesHelp')}</p>
      <ul className="picker-list">
        {messages.map((message) => (
          <li key={`${message.audienceId} ${message.number}`}>
            <label className="person" aria-label={textOf(message.parts, text)}>
              <input type="checkbox" className="tick" checked={has(message)} onChange={() => toggle(message)} />
              <span className="col grow">
                <span className="cut" title={textOf(message.parts, text)} dir="auto">
                  {textOf(message.parts, text)}
                </span>
                <span className="dim t12 cut">{names(message.authorId)}</span>
              </span>
            </label>
          </li>
        ))}
      </ul>
    </details>
  )
}
