import { Braces, Copy, Ellipsis, Pencil, Reply, SmilePlus, Trash2, Users } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { useState } from 'react'
import { Menu, MenuItem, MenuLine } from '../platform/menu.tsx'
import { useText } from '../platform/texts.tsx'
import { quickReactions } from './message-actions.ts'
import type { MessageActions } from './message-actions.ts'
import type { MessageView } from './view.ts'

type ToolsProps = {
  message: MessageView
  actions: MessageActions
  isOpen: boolean
  onOpenChange: (open: boolean) => void
}

/** Appears where the pointer or the focus is; on touch screens a long press opens the menu. */
export function MessageTools({ message, actions, isOpen, onOpenChange }: ToolsProps) {
  const text = useText()
  const [reacting, setReacting] = useState(false)
  if (message.isDeleted || message.state === 'waiting' || message.state === 'failed') return null
  return (
    <div className="msgtools pop" data-open={isOpen || reacting ? '' : undefined}>
      {message.may.react && (
        <Menu
          label={text('message.react')}
          open={reacting}
          onOpenChange={setReacting}
          trigger={
            <button type="button" className="iconbtn" aria-label={text('message.react')} title={text('message.react')}>
              <SmilePlus className="i s" />
            </button>
          }
        >
          <QuickReactions message={message} actions={actions} />
        </Menu>
      )}
      {message.may.reply && (
        <button
          type="button"
          className="iconbtn"
          aria-label={text('message.reply')}
          title={text('message.reply')}
          onClick={() => actions.reply(message)}
        >
          <Reply className="i s" />
        </button>
      )}
      <MessageMenu message={message} actions={actions} isOpen={isOpen} onOpenChange={onOpenChange} />
    </div>
  )
}

function MessageMenu({ message, actions, isOpen, onOpenChange }: ToolsProps) {
  const text = useText()
  const trigger = (
    <button type="button" className="iconbtn" aria-label={text('message.more')} title={text('message.more')}>
      <Ellipsis className="i s" />
    </button>
  )
  return (
    <Menu label={text('message.more')} open={isOpen} onOpenChange={onOpenChange} trigger={trigger}>
      {message.may.react && <QuickReactions message={message} actions={actions} />}
      {message.may.reply && (
        <MenuItem icon={Reply} shortcut="r" onSelect={() => actions.reply(message)}>
          {text('message.reply')}
        </MenuItem>
      )}
      {message.text !== '' && (
        <MenuItem icon={Copy} onSelect={() => actions.copy(message)}>
          {text('message.copy')}
        </MenuItem>
      )}
      {message.may.seeRecipients && (
        <MenuItem icon={Users} onSelect={() => actions.showRecipients(message)}>
          {text('message.recipients')}
        </MenuItem>
      )}
      {message.fields && (
        <MenuItem icon={Braces} onSelect={() => actions.showFilled(message)}>
          {text('fields.got')}
        </MenuItem>
      )}
      {message.may.edit && (
        <MenuItem icon={Pencil} shortcut="e" onSelect={() => actions.edit(message)}>
          {text('message.edit')}
        </MenuItem>
      )}
      {message.may.delete && (
        <>
          <MenuLine />
          <MenuItem icon={Trash2} danger onSelect={() => actions.remove(message)}>
            {text('message.delete')}
          </MenuItem>
        </>
      )}
    </Menu>
  )
}

function QuickReactions({ message, actions }: { message: MessageView; actions: MessageActions }) {
  const own = new Set(message.reactions.filter((reaction) => reaction.own).map((reaction) => reaction.emoji))
  return (
    <div className="quick">
      {quickReactions.map((emoji) => (
        <DropdownMenu.Item
          key={emoji}
          className="menu-item"
          aria-label={emoji}
          data-own={own.has(emoji) ? '' : undefined}
          onSelect={() => actions.react(message, emoji, !own.has(emoji))}
        >
          {emoji}
        </DropdownMenu.Item>
      ))}
    </div>
  )
}
