import type { Conversation } from '../../../sdk/index.ts'
import { useAct, useClient } from '../platform/client.tsx'
import { Confirm } from '../platform/confirm.tsx'
import { useText } from '../platform/texts.tsx'
import type { MessageView } from './view.ts'

type DeleteMessageProps = { message: MessageView; conversation: Conversation; onClose: () => void }

export function DeleteMessage({ message, conversation, onClose }: DeleteMessageProps) {
  const text = useText()
  const client = useClient()
  const { act, working } = useAct()
  const remove = () =>
    void act(async () => {
      if (!message.at) return
      const { audienceId, number } = message.at
      await client.do('message.delete', { organizationId: conversation.organizationId, audienceId, number })
      onClose()
    })
  return (
    <Confirm
      title={text('message.deleteTitle')}
      body={text('message.deleteBody')}
      action={text('message.delete')}
      danger
      working={working}
      open
      onConfirm={remove}
      onClose={onClose}
    />
  )
}
