import { Suspense, useState } from 'react'
import { useLocation } from 'wouter'
import { limits } from '../../../protocol/limits.ts'
import type { Conversation } from '../../../sdk/index.ts'
import { useHere } from '../organization/organization-context.tsx'
import { AttachCoupon, ChosenCoupon, DeleteMessage, ListenerLine } from '../organization/screens.ts'
import { useAct, useClient, useKnown } from '../platform/client.tsx'
import { Notice } from '../platform/notice.tsx'
import { useText } from '../platform/texts.tsx'
import { aboutConversation } from './about-conversation.ts'
import { Composer } from './composer.tsx'
import type { ComposerTask } from './composer.tsx'
import { ConversationHeader } from './conversation-header.tsx'
import { LogSkeleton } from './log-skeleton.tsx'
import { LogStart, madeLine } from './log-start.tsx'
import { MessageLog } from './message-log.tsx'
import { OneWayNotice } from './one-way-notice.tsx'
import { conversationName } from './list-rows.ts'
import { mainAudience } from './loaded-log.ts'
import { partsOf } from './part-text.ts'
import type { CouponPart, MediaPart } from './part-text.ts'
import { TypingLine } from './typing-line.tsx'
import { useBroadcastSending } from './use-broadcast-sending.ts'
import { useConversationLog } from './use-conversation-log.ts'
import type { ConversationLog } from './use-conversation-log.ts'
import { useMessageActions } from './use-message-actions.ts'
import { useUnreadElsewhere } from './use-unread-elsewhere.ts'
import type { MessageView } from './view.ts'

type ConversationViewProps = {
  conversation: Conversation
  isPaneOpen: boolean
  onBack: () => void
  onPane: (pane: string | null) => void
}

export function ConversationView({ conversation, isPaneOpen, onBack, onPane }: ConversationViewProps) {
  const text = useText()
  const { isOutside } = useHere()
  const log = useConversationLog(conversation)
  const [task, setTask] = useState<ComposerTask>()
  const [removing, setRemoving] = useState<MessageView>()
  const unreadElsewhere = useUnreadElsewhere(conversation.id)
  const actions = useMessageActions(conversation, { onTask: setTask, onRemove: setRemoving, onPane })
  const name = conversationName(conversation, log.names)
  const isOnline = useKnown(({ onlineIds }) => conversation.otherId !== null && onlineIds.has(conversation.otherId))
  return (
    <>
      <ConversationHeader
        name={name}
        about={aboutConversation(text, conversation, log.names)}
        isOnline={isOnline}
        people={log.recentPeople}
        isExternal={conversation.isExternal === true && !isOutside}
        unreadElsewhere={unreadElsewhere}
        isPaneOpen={isPaneOpen}
        onBack={onBack}
        onTogglePane={() => onPane(isPaneOpen ? null : 'people')}
      />
      {log.isLoaded ? (
        <MessageLog
          label={text('log.label')}
          messages={log.messages}
          look={conversation.kind === 'direct' ? 'bubbles' : 'rows'}
          firstUnread={log.firstUnread}
          hasOlder={log.hasOlder}
          isLoadingOlder={log.isLoadingOlder}
          onOlder={log.loadOlder}
          onSeen={log.markSeen}
          actions={actions}
          start={<LogStart kind={conversation.kind} name={name} made={madeLine(text, conversation, log.names)} />}
        />
      ) : (
        <LogSkeleton />
      )}
      <TypingLine names={log.typing} />
      <ConversationFoot conversation={conversation} name={name} log={log} task={task} onTask={setTask} />
      <Suspense fallback={null}>
        {removing && (
          <DeleteMessage message={removing} conversation={conversation} onClose={() => setRemoving(undefined)} />
        )}
      </Suspense>
    </>
  )
}

type FootProps = {
  conversation: Conversation
  name: string
  log: ConversationLog
  task: ComposerTask | undefined
  onTask: (task: ComposerTask | undefined) => void
}

/** The composer, or what stands where one may not write. */
function ConversationFoot(props: FootProps) {
  const text = useText()
  const [, go] = useLocation()
  const { isOutside } = useHere()
  const { conversation, log } = props
  const [ownerId] = conversation.ownerIds
  if (conversation.isClosed) {
    return (
      <div className="foot-notice">
        <Notice>{text('conversation.closed')}</Notice>
      </div>
    )
  }
  if (conversation.may.post) return <ConversationComposer {...props} />
  return (
    <OneWayNotice
      ownerName={conversation.ownerIds.map(log.names).join(', ')}
      onAnswerPrivately={isOutside ? undefined : ownerId && (() => go(`/with/${ownerId}`))}
    />
  )
}

function ConversationComposer({ conversation, name, log, task, onTask }: FootProps) {
  const client = useClient()
  const { act } = useAct()
  const { me, isOutside } = useHere()
  const [coupon, setCoupon] = useState<CouponPart>()
  const audience = useKnown((state) => mainAudience(state, conversation))
  const actions = useMessageActions(conversation, { onTask, onRemove: ignore, onPane: ignore })
  const broadcast = useBroadcastSending(conversation)
  if (!audience) return null
  const post = async (words: string, media: readonly MediaPart[]) => {
    const parts = partsOf(words, coupon ? [...media, coupon] : media)
    const replyTo = task?.message.at
    const audienceId = replyTo?.audienceId ?? audience.id
    if (broadcast && !task) await broadcast.send(parts, audience.id)
    else client.post({ audienceId, parts, ...(replyTo && { replyTo: replyTo.number }) })
    setCoupon(undefined)
    return true
  }
  const send = async (words: string, media: readonly MediaPart[]) => {
    if (task?.kind === 'edit') actions.saveEdit(task.message, words)
    else if (!(await act(() => post(words, media)))) return false
    onTask(undefined)
    return true
  }
  const editLast = () => {
    const last = log.messages.findLast((message) => message.author.id === me && message.may.edit)
    if (last) onTask({ kind: 'edit', message: last })
  }
  return (
    <>
      {broadcast && (
        <Suspense fallback={<div className="listener-line" />}>
          <ListenerLine conversation={conversation} />
        </Suspense>
      )}
      <Composer
        place={conversation.id}
        name={name}
        task={task}
        maxLength={limits.messageText}
        along={
          coupon && (
            <Suspense fallback={null}>
              <ChosenCoupon part={coupon} onRemove={() => setCoupon(undefined)} />
            </Suspense>
          )
        }
        tools={
          !isOutside && (
            <Suspense fallback={null}>
              <AttachCoupon onChoose={setCoupon} />
            </Suspense>
          )
        }
        onSend={send}
        onTyping={() => client.typing(audience.id)}
        onCancelTask={() => onTask(undefined)}
        onEditLast={editLast}
        fields={
          isOutside ? undefined : { conversation, audienceId: audience.id, coupon, onSent: () => setCoupon(undefined) }
        }
      />
    </>
  )
}

const ignore = () => undefined
