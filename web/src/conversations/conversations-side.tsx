import { MessageSquarePlus, MessagesSquare, Search } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { useLocation } from 'wouter'
import { useCommands } from '../organization/commands.tsx'
import { useHere } from '../organization/organization-context.tsx'
import { useStatus } from '../platform/client.tsx'
import { EmptyState } from '../platform/empty-state.tsx'
import { IconButton } from '../platform/icon-button.tsx'
import { Keys } from '../platform/keys.tsx'
import { phone, useMedia } from '../platform/media.ts'
import { shortcuts, useShortcuts } from '../platform/shortcuts.ts'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useText } from '../platform/texts.tsx'
import { ConversationList } from './conversation-list.tsx'
import { listOrder, neighbour } from './list-order.ts'
import { useConversationRows } from './use-conversations.ts'
import type { ConversationRow } from './view.ts'

/** Only phones show it; they ask for it at once, and have it before the server's first answer. */
const loadInbox = () => import('./inbox.tsx')
if (matchMedia(phone).matches) void loadInbox()
const Inbox = lazy(async () => ({ default: (await loadInbox()).Inbox }))

/** The list of conversations, as a sidebar or as the first page of a phone. */
export function ConversationsSide({ current }: { current?: string | undefined }) {
  const text = useText()
  const { organization, isOutside } = useHere()
  const { startNew, openPalette } = useCommands()
  const isPhone = useMedia(phone)
  const rows = useConversationRows(current)
  const isLoading = useStatus() === 'connecting' && rows.length === 0
  useListKeys(rows, current)
  return (
    <>
      <div className="bar">
        <h1 className="org cut" title={organization.name}>
          {isPhone ? text('list.title') : organization.name}
        </h1>
        <span className="row g1 right">
          {isPhone && !isOutside && (
            <IconButton icon={Search} large label={text('palette.title')} onClick={openPalette} />
          )}
          {!isOutside && (
            <IconButton
              icon={MessageSquarePlus}
              label={text('conversation.new')}
              shortcut={shortcuts.newConversation}
              onClick={() => startNew('direct')}
            />
          )}
        </span>
      </div>
      {!isPhone && !isOutside && (
        <button type="button" className="search" onClick={openPalette}>
          <Search className="i s" />
          <span className="grow">{text('list.find')}</span>
          <Keys shortcut={shortcuts.palette} />
        </button>
      )}
      {isLoading && <SkeletonList rows={9} />}
      {!isLoading && rows.length === 0 && (
        <EmptyState
          icon={MessagesSquare}
          title={text('list.empty')}
          body={text(isOutside ? 'list.emptyOutside' : 'list.emptyBody')}
        />
      )}
      {rows.length > 0 &&
        (isPhone ? (
          <Suspense fallback={<SkeletonList rows={9} />}>
            <Inbox conversations={rows} />
          </Suspense>
        ) : (
          <ConversationList conversations={rows} onNew={isOutside ? undefined : startNew} />
        ))}
    </>
  )
}

function useListKeys(rows: readonly ConversationRow[], current: string | undefined): void {
  const [, go] = useLocation()
  const ordered = listOrder(rows)
  const to = (step: 1 | -1, unreadOnly: boolean) => () => {
    const next = neighbour(ordered, current, { step, unreadOnly })
    if (next) go(next.href)
  }
  useShortcuts({
    nextConversation: to(1, false),
    previousConversation: to(-1, false),
    nextUnread: to(1, true),
    previousUnread: to(-1, true),
  })
}
