import type { PersonId } from '../../../protocol/ids.ts'
import type { Conversation } from '../../../sdk/index.ts'
import { Button } from '../platform/button.tsx'
import { useAct, useAnswer, useClient } from '../platform/client.tsx'
import { useText } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import { chooseListeners } from './chosen-listeners.ts'

type MessageReachProps = { conversation: Conversation; audienceId: string; number: number }

/** For the owner of a broadcast: how far a message has come, and a way to those whom it did not go to. */
export function MessageReach({ conversation, audienceId, number }: MessageReachProps) {
  const text = useText()
  const client = useClient()
  const toast = useToast()
  const { act, working } = useAct()
  const { organizationId, id: conversationId } = conversation
  const message = { organizationId, audienceId, number }
  const { data: reach } = useAnswer('message.reach', message)
  const { data: missed } = useAnswer('message.missed', { ...message, limit: 1 })
  const choose = () =>
    void act(async () => {
      const personIds: PersonId[] = []
      for (let after: PersonId | null | undefined; after !== null;) {
        const page = await client.do('message.missed', { ...message, ...(after ? { after } : {}) })
        personIds.push(...page.people.map(({ personId }) => personId))
        after = page.next
      }
      const selection = { rule: 'these' as const, personIds }
      const narrowed = await client.narrow({ organizationId, conversationId, selection, expects: personIds.length })
      const { audienceId: toId, recipientCount: count } = narrowed
      chooseListeners(conversationId, { narrowed: { audienceId: toId, count }, asksToKeep: false })
      toast({ message: text('reach.chosen', { count }) })
    })
  return (
    <>
      {reach && <p className="t13">{text('reach.figures', { ...reach })}</p>}
      {missed !== undefined && missed.total > 0 && (
        <p>
          <Button size="small" working={working} onClick={choose}>
            {text('reach.resend', { count: missed.total })}
          </Button>
        </p>
      )}
    </>
  )
}
