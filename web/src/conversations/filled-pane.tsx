import { X } from 'lucide-react'
import type { Conversation } from '../../../sdk/index.ts'
import { Avatar } from '../platform/avatar.tsx'
import { useErrorText } from '../platform/client.tsx'
import { ErrorState } from '../platform/empty-state.tsx'
import { IconButton } from '../platform/icon-button.tsx'
import { More, usePages } from '../platform/pages.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useText } from '../platform/texts.tsx'
import { MessageBody } from './message-body.tsx'
import { textOf } from './part-text.ts'

type FilledPaneProps = { conversation: Conversation; audienceId: string; number: number; onClose: () => void }

/** For the author of a message with fields: what each recipient has got. */
export function FilledPane({ conversation, audienceId, number, onClose }: FilledPaneProps) {
  const text = useText()
  const explain = useErrorText()
  const { organizationId } = conversation
  const answer = usePages('message.filled', { organizationId, audienceId, number })
  if (answer.error !== null)
    return <ErrorState title={text('error.title')} body={explain(answer.error)} onRetry={answer.refetch} />
  const people = answer.pages?.flatMap((page) => page.people)
  return (
    <>
      <div className="bar">
        <h1 className="pane-title grow cut">{text('fields.got')}</h1>
        <IconButton icon={X} label={text('action.close')} shortcut="escape" onClick={onClose} />
      </div>
      <div className="scroll">
        {!people && <SkeletonList rows={6} />}
        <ul className="people">
          {people?.map(({ personId, name, parts }) => (
            <li key={personId} className="person filled">
              <Avatar id={personId} name={name} />
              <div className="grow col">
                <span className="cut" title={name} dir="auto">
                  {name}
                </span>
                <MessageBody text={textOf(parts, text)} />
              </div>
            </li>
          ))}
        </ul>
        <More label={text('people.more')} more={answer.more} isLoading={answer.isLoadingMore} />
      </div>
    </>
  )
}
