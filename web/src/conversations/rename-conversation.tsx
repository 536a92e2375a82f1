import { useState } from 'react'
import { limits } from '../../../protocol/limits.ts'
import type { Conversation } from '../../../sdk/index.ts'
import { Button } from '../platform/button.tsx'
import { useAct, useClient } from '../platform/client.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { TextField } from '../platform/text-field.tsx'
import { useText } from '../platform/texts.tsx'

type RenameConversationProps = { conversation: Conversation; onClose: () => void }

export function RenameConversation({ conversation, onClose }: RenameConversationProps) {
  const text = useText()
  const client = useClient()
  const { act, working } = useAct()
  const [name, setName] = useState(conversation.name ?? '')
  const { organizationId, id: conversationId } = conversation
  const save = () =>
    void act(async () => {
      await client.do('conversation.rename', { organizationId, conversationId, name: name.trim() })
      onClose()
    })
  const footer = (
    <Button look="primary" working={working} disabled={name.trim() === ''} onClick={save}>
      {text('people.rename')}
    </Button>
  )
  return (
    <Dialog title={text('people.rename')} open onClose={onClose} footer={footer}>
      <TextField
        label={text('form.name')}
        value={name}
        maxLength={limits.conversationName}
        onChange={(event) => setName(event.target.value)}
      />
    </Dialog>
  )
}
