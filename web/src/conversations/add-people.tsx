import { useState } from 'react'
import type { Member } from '../../../protocol/organization.ts'
import type { Conversation } from '../../../sdk/index.ts'
import { Button } from '../platform/button.tsx'
import { useAct, useClient } from '../platform/client.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { useText } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import { PeoplePicker } from './people-picker.tsx'

type AddPeopleProps = { conversation: Conversation; onClose: () => void }

export function AddPeople({ conversation, onClose }: AddPeopleProps) {
  const text = useText()
  const toast = useToast()
  const client = useClient()
  const { act, working } = useAct()
  const [chosen, setChosen] = useState<Member[]>([])
  const { organizationId, id: conversationId } = conversation
  const add = () =>
    void act(async () => {
      const personIds = chosen.map(({ personId }) => personId)
      await client.do('conversation.add-members', { organizationId, conversationId, personIds })
      toast({ message: text('people.added', { count: chosen.length }) })
      onClose()
    })
  const footer = (
    <Button look="primary" working={working} disabled={chosen.length === 0} onClick={add}>
      {text('people.addCount', { count: chosen.length })}
    </Button>
  )
  return (
    <Dialog title={text('people.add')} open onClose={onClose} footer={footer}>
      <PeoplePicker chosen={chosen} onChoose={setChosen} />
    </Dialog>
  )
}
