import { useState } from 'react'
import { v7 as newId } from 'uuid'
import { useLocation } from 'wouter'
import { limits } from '../../../protocol/limits.ts'
import type { Conversation } from '../../../sdk/index.ts'
import { useHere } from '../organization/organization-context.tsx'
import { Button } from '../platform/button.tsx'
import { useAct, useClient } from '../platform/client.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { TextField } from '../platform/text-field.tsx'
import { useText } from '../platform/texts.tsx'
import { CopyList } from './copy-list.tsx'
import type { Copied } from './copy-list.tsx'
import { listenersOf } from './list-rows.ts'
import { suggestedName } from './suggested-name.ts'
import { TickList } from './tick-list.tsx'
import { nobody } from './ticks.ts'
import { useMemberRows } from './use-member-rows.ts'

type SplitGroupProps = { conversation: Conversation; onClose: () => void }

/** A group of one's own out of some members of another; they are told, and the old one stays as it is. */
export function SplitGroup({ conversation, onClose }: SplitGroupProps) {
  const text = useText()
  const client = useClient()
  const [, go] = useLocation()
  const { membership } = useHere()
  const { act, working } = useAct()
  const [ticks, setTicks] = useState(nobody)
  const [typed, setTyped] = useState<string>()
  const [copies, setCopies] = useState<Copied[]>([])
  const [conversationId] = useState(() => newId())
  const { rows, more, isLoadingMore } = useMemberRows(conversation)
  const others = rows.filter(({ isMe, isOwner }) => !isMe && (conversation.kind === 'group' || !isOwner))
  const chosen = others.filter(({ id }) => ticks.ids.has(id))
  const name = typed ?? suggestedName([membership.name, ...chosen.map((member) => member.name)])
  const of = conversation.kind === 'broadcast' ? listenersOf(conversation) : (conversation.memberCount ?? 1) - 1
  const { organizationId, id: fromId } = conversation
  const create = () =>
    void act(async () => {
      const personIds = Array.from(ticks.ids)
      const making = { organizationId, conversationId, fromId, name: name.trim(), personIds, copies }
      await client.do('conversation.split', making)
      onClose()
      go(`/c/${conversationId}`)
    })
  const isReady = ticks.ids.size > 0 && name.trim() !== ''
  const footer = (
    <Button look="primary" working={working} disabled={!isReady} onClick={create}>
      {text('new.create', { count: ticks.ids.size })}
    </Button>
  )
  return (
    <Dialog title={text('split.title')} open onClose={onClose} footer={footer}>
      <p className="muted t13 before-ticks">
        {text(`split.help.${conversation.kind === 'group' ? 'group' : 'broadcast'}`)}
      </p>
      <TickList
        members={others}
        more={more}
        isLoadingMore={isLoadingMore}
        ticks={ticks}
        onTick={setTicks}
        all={{ rule: 'these', ids: new Set(others.slice(0, limits.peoplePerCommand).map(({ id }) => id)) }}
        none={nobody}
      />
      <output className="muted t13">{text('listeners.count', { count: ticks.ids.size, of })}</output>
      <TextField
        label={text('form.name')}
        value={name}
        maxLength={limits.conversationName}
        onChange={(event) => setTyped(event.target.value)}
      />
      <CopyList conversation={conversation} chosen={copies} onChoose={setCopies} />
    </Dialog>
  )
}
