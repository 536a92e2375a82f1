import { Suspense, memo, useRef, useState } from 'react'
import type { KeyboardEvent } from 'react'
import { Avatar } from '../platform/avatar.tsx'
import { classes } from '../platform/classes.ts'
import { useDates } from '../platform/use-dates.ts'
import { useText } from '../platform/texts.tsx'
import type { MessageActions } from './message-actions.ts'
import { MediaPlace } from './media-place.tsx'
import { MessageBody } from './message-body.tsx'
import { Failure, Quote, Reactions, Ticks } from './message-marks.tsx'
import { CouponInMessage, MediaInMessage, MessageTools } from '../organization/screens.ts'
import type { MessageView } from './view.ts'

export type MessageLook = 'rows' | 'bubbles'

type MessageRowProps = {
  message: MessageView
  follows: boolean
  isLastOfRun: boolean
  look: MessageLook
  isCurrent: boolean
  actions: MessageActions
}

/** Rows where many speak, bubbles where two speak. */
export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { message, look, isCurrent, actions } = props
  const [menuOpen, setMenuOpen] = useState(false)
  const press = useLongPress(() => setMenuOpen(true))
  const Content = look === 'rows' ? RowContent : BubbleContent
  return (
    // The messages of a log form one stop of the Tab key; arrow keys move among them.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <article
      className={classes(look === 'rows' ? 'msg' : 'bubble-row', props.follows && 'more', message.isOwn && 'mine')}
      data-message={message.key}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- see above
      tabIndex={isCurrent ? 0 : -1}
      onKeyDown={(event) => onMessageKey(event, message, actions)}
      {...press}
    >
      <Content {...props} />
      <Suspense fallback={null}>
        <MessageTools message={message} actions={actions} isOpen={menuOpen} onOpenChange={setMenuOpen} />
      </Suspense>
    </article>
  )
})

function RowContent({ message, follows, actions }: MessageRowProps) {
  const dates = useDates()
  const time = (
    <time dateTime={message.postedAt.toISOString()} title={dates.full(message.postedAt)}>
      {follows ? dates.clock(message.postedAt) : dates.time(message.postedAt)}
    </time>
  )
  return (
    <>
      {follows ? (
        <span className="when num">{time}</span>
      ) : (
        <Avatar id={message.author.id} name={message.author.name} />
      )}
      <div>
        {follows ? (
          <span className="sr">{message.author.name}</span>
        ) : (
          <div className="who">
            <b className="cut" title={message.author.name}>
              {message.author.name}
            </b>
            {time}
            <Ticks message={message} />
          </div>
        )}
        <MessageContent message={message} actions={actions} tick={follows} />
      </div>
    </>
  )
}

function BubbleContent({ message, isLastOfRun, actions }: MessageRowProps) {
  const dates = useDates()
  return (
    <>
      <div className={classes('bubble', message.isOwn && 'mine', isLastOfRun && 'tail')}>
        <span className="sr">{message.author.name}</span>
        <MessageContent message={message} actions={actions} tick={false} />
      </div>
      {isLastOfRun && (
        <div className={classes('stamp', message.isOwn && 'mine')}>
          <time dateTime={message.postedAt.toISOString()} title={dates.full(message.postedAt)}>
            {dates.time(message.postedAt)}
          </time>
          <Ticks message={message} />
        </div>
      )}
    </>
  )
}

type ContentProps = { message: MessageView; actions: MessageActions; tick: boolean }

function MessageContent({ message, actions, tick }: ContentProps) {
  const text = useText()
  const hasTick = tick && message.state !== undefined && message.state !== 'failed'
  if (message.isDeleted) return <p className="tombstone">{text('message.deleted')}</p>
  const after = (message.isEdited || hasTick) && (
    <span className="after" dir="auto">
      {message.isEdited && text('message.edited')} {hasTick && <Ticks message={message} />}
    </span>
  )
  return (
    <>
      {message.copiedFrom && (
        <p className="copied-from dim t12">{text('message.copyOf', { name: message.copiedFrom })}</p>
      )}
      {message.fields && (
        <p className="copied-from dim t12">{text('message.withFields', { count: message.fields.recipients })}</p>
      )}
      {message.quote && <Quote quote={message.quote} onJump={actions.jumpTo} />}
      {message.text !== '' && <MessageBody text={message.text}>{after}</MessageBody>}
      {message.media.length > 0 && (
        <Suspense fallback={<MediaPlace media={message.media} />}>
          <MediaInMessage media={message.media} />
        </Suspense>
      )}
      {message.coupons.map((part) => (
        <Suspense key={part.campaignId} fallback={<div className="coupon-waiting" />}>
          <CouponInMessage part={part} at={message.at} />
        </Suspense>
      ))}
      {message.text === '' && after && <p>{after}</p>}
      <Failure message={message} actions={actions} />
      <Reactions message={message} onReact={actions.react} />
    </>
  )
}

function onMessageKey(event: KeyboardEvent, message: MessageView, actions: MessageActions): void {
  if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
  const does: Record<string, (() => void) | undefined> = {
    r: message.may.reply ? () => actions.reply(message) : undefined,
    e: message.may.edit ? () => actions.edit(message) : undefined,
    x: message.may.react ? () => openTools(event.currentTarget) : undefined,
    Delete: message.may.delete ? () => actions.remove(message) : undefined,
  }
  const run = does[event.key]
  if (!run) return
  event.preventDefault()
  event.stopPropagation()
  run()
}

const openTools = (row: Element) => row.querySelector<HTMLButtonElement>('.msgtools button')?.focus()

/** Long enough not to be a tap, short enough not to feel broken. */
const longPressMs = 450

function useLongPress(onPress: () => void) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const stop = () => clearTimeout(timer.current)
  return {
    onTouchStart: () => {
      stop()
      timer.current = setTimeout(onPress, longPressMs)
    },
    onTouchEnd: stop,
    onTouchMove: stop,
    onTouchCancel: stop,
  }
}
