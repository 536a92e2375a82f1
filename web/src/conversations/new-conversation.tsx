import { useState } from 'react'
import { v7 as newId } from 'uuid'
import { useLocation } from 'wouter'
import { limits } from '../../../protocol/limits.ts'
import type { Member } from '../../../protocol/organization.ts'
import type { NewKind } from '../organization/commands.tsx'
import { useHere } from '../organization/organization-context.tsx'
import { Button } from '../platform/button.tsx'
import { useAct, useClient } from '../platform/client.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { Segments } from '../platform/segments.tsx'
import { TextField } from '../platform/text-field.tsx'
import { useText } from '../platform/texts.tsx'
import { PeoplePicker } from './people-picker.tsx'

const kinds = ['direct', 'group', 'broadcast'] as const

export function NewConversation({ kind: first, onClose }: { kind: NewKind; onClose: () => void }) {
  const text = useText()
  const [, go] = useLocation()
  const client = useClient()
  const { organization } = useHere()
  const { act, working } = useAct()
  const [kind, setKind] = useState(first)
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<Member[]>([])
  // One id for all attempts: pressing twice, or again after a lost answer, makes one conversation.
  const [conversationId] = useState(() => newId())
  const write = (member: Member) => {
    onClose()
    go(`/with/${member.personId}`)
  }
  const create = () =>
    void act(async () => {
      if (kind === 'direct') return
      const personIds = chosen.map(({ personId }) => personId)
      const organizationId = organization.id
      await client.do('conversation.create', { organizationId, conversationId, kind, name: name.trim(), personIds })
      onClose()
      go(`/c/${conversationId}`)
    })
  const footer = kind !== 'direct' && (
    <Button look="primary" working={working} disabled={name.trim() === ''} onClick={create}>
      {text('new.create', { count: chosen.length })}
    </Button>
  )
  return (
    <Dialog title={text('conversation.new')} open onClose={onClose} footer={footer}>
      <div className="new-conversation">
        <Segments
          label={text('new.kind')}
          value={kind}
          options={kinds.map((value) => ({ value, label: text(`new.kind.${value}`) }))}
          onChange={setKind}
        />
        {kind !== 'direct' && (
          <TextField
            label={text('form.name')}
            help={text(kind === 'group' ? 'new.groupHelp' : 'new.broadcastHelp')}
            value={name}
            maxLength={limits.conversationName}
            onChange={(event) => setName(event.target.value)}
          />
        )}
        <PeoplePicker
          key={kind === 'direct' ? 'one' : 'many'}
          chosen={kind === 'direct' ? [] : chosen}
          onChoose={setChosen}
          {...(kind === 'direct' && { onPick: write })}
        />
      </div>
    </Dialog>
  )
}
