import type { Conversation } from '../../../sdk/index.ts'
import { FilledPane } from './filled-pane.tsx'
import { MembersPane } from './members-pane.tsx'
import { RecipientsPane } from './recipients-pane.tsx'

type ConversationPaneProps = { conversation: Conversation; shows: string; onClose: () => void }

/** What the address names: the people, or the recipients of one message, or what they got. */
export function ConversationPane({ conversation, shows, onClose }: ConversationPaneProps) {
  const [what, audienceId, number] = shows.split(' ')
  if (what === 'recipients' && audienceId && Number.isSafeInteger(Number(number))) {
    return (
      <RecipientsPane conversation={conversation} audienceId={audienceId} number={Number(number)} onClose={onClose} />
    )
  }
  if (what === 'filled' && audienceId && Number.isSafeInteger(Number(number))) {
    return <FilledPane conversation={conversation} audienceId={audienceId} number={Number(number)} onClose={onClose} />
  }
  return <MembersPane conversation={conversation} onClose={onClose} />
}
