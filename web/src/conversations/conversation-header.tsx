import { ChevronLeft, PanelRight } from 'lucide-react'
import { AvatarStack } from '../platform/avatar.tsx'
import { Badge, Count } from '../platform/badge.tsx'
import { IconButton } from '../platform/icon-button.tsx'
import { useText } from '../platform/texts.tsx'
import type { PersonView } from './view.ts'

type HeaderProps = {
  name: string
  about: string
  /** Of the other one in a direct conversation. */
  isOnline?: boolean
  people: readonly PersonView[]
  /** Somebody from outside is or was in it. */
  isExternal?: boolean
  unreadElsewhere: number
  isPaneOpen: boolean
  onBack: () => void
  onTogglePane?: (() => void) | undefined
}

export function ConversationHeader(props: HeaderProps) {
  const text = useText()
  return (
    <header className="bar">
      <button type="button" className="back-count phone-only" onClick={props.onBack}>
        <span className="sr">{text('action.back')}</span>
        <ChevronLeft className="i l" />
        <Count quiet count={props.unreadElsewhere} label={text('list.unreadCount', { count: props.unreadElsewhere })} />
      </button>
      <div className="heading grow">
        <h1 className="cut" title={props.name} dir="auto">
          {props.name}
        </h1>
        <span className="dim t12 cut" title={props.about}>
          {props.isOnline && <span className="presence">{text('presence.online')}</span>}
          {props.about}
        </span>
      </div>
      {props.isExternal && (
        <Badge meaning="external" title={text('external.help')}>
          {text('external.badge')}
        </Badge>
      )}
      <span className="wide-only">
        <AvatarStack people={props.people} />
      </span>
      {props.onTogglePane && (
        <IconButton
          icon={PanelRight}
          label={text(props.isPaneOpen ? 'pane.close' : 'pane.open')}
          shortcut="mod+."
          aria-pressed={props.isPaneOpen}
          onClick={props.onTogglePane}
        />
      )}
    </header>
  )
}
