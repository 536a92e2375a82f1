import { MessagesSquare } from 'lucide-react'
import { Suspense } from 'react'
import { Link, useLocation, useSearchParams } from 'wouter'
import { AppShell } from '../organization/app-shell.tsx'
import { ConversationPane } from '../organization/screens.ts'
import { useKnown, useStatus } from '../platform/client.tsx'
import { EmptyState } from '../platform/empty-state.tsx'
import { keysOf } from '../platform/keys.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { shortcuts, useShortcuts } from '../platform/shortcuts.ts'
import { useText } from '../platform/texts.tsx'
import { ConversationView } from './conversation-view.tsx'
import { ConversationsSide } from './conversations-side.tsx'
import { LogSkeleton } from './log-skeleton.tsx'
import { findConversation } from './loaded-log.ts'

/** List, conversation and what is beside it. */
export function ConversationsScreen({ conversationId }: { conversationId?: string }) {
  const text = useText()
  const [, go] = useLocation()
  const [params, setParams] = useSearchParams()
  const conversation = useKnown((state) => findConversation(state, conversationId))
  const pane = conversation ? params.get('pane') : null
  const show = (next: string | null) => setParams(next === null ? {} : { pane: next })
  useShortcuts({
    togglePane: conversation ? () => show(pane === null ? 'people' : null) : undefined,
    close: pane === null ? undefined : () => show(null),
  })
  const isOpen = conversationId !== undefined
  return (
    <AppShell
      side={<ConversationsSide current={conversationId} />}
      sideLabel={text('region.conversations')}
      main={
        conversation ? (
          <ConversationView
            key={conversation.id}
            conversation={conversation}
            isPaneOpen={pane !== null}
            onBack={() => go('/')}
            onPane={show}
          />
        ) : (
          <NoConversation isOpen={isOpen} />
        )
      }
      mainLabel={text('conversation.main')}
      {...(conversation &&
        pane !== null && {
          pane: (
            <Suspense fallback={<SkeletonList rows={6} />}>
              <ConversationPane key={pane} conversation={conversation} shows={pane} onClose={() => show(null)} />
            </Suspense>
          ),
          paneLabel: text('region.details'),
        })}
      phone={{ shows: !isOpen ? 'side' : pane === null ? 'main' : 'pane', isRoot: !isOpen }}
    />
  )
}

function NoConversation({ isOpen }: { isOpen: boolean }) {
  const text = useText()
  const isLoading = useStatus() === 'connecting'
  if (isOpen && isLoading) return <LogSkeleton />
  return isOpen ? (
    <EmptyState icon={MessagesSquare} title={text('conversation.gone')} body={text('conversation.goneBody')}>
      <Link className="btn phone-only" href="/">
        {text('action.back')}
      </Link>
    </EmptyState>
  ) : (
    <EmptyState
      icon={MessagesSquare}
      title={text('conversation.choose')}
      body={text('conversation.chooseBody', { keys: keysOf(shortcuts.palette) })}
    />
  )
}
