import { useVirtualizer } from '@tanstack/react-virtual'
import type { Virtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { KeyboardEvent, ReactNode } from 'react'
import { classes } from '../platform/classes.ts'
import { useDates } from '../platform/use-dates.ts'
import { useNow } from '../platform/now.ts'
import { useShortcuts } from '../platform/shortcuts.ts'
import { Skeleton } from '../platform/skeleton.tsx'
import { useText } from '../platform/texts.tsx'
import type { MessageActions } from './message-actions.ts'
import { mediaWords } from './part-text.ts'
import { MessageRow } from './message-row.tsx'
import type { MessageLook } from './message-row.tsx'
import { mediaHeight } from './media-shape.ts'
import { logRows } from './rows.ts'
import type { LogRow } from './rows.ts'
import type { MessageView } from './view.ts'

type MessageLogProps = {
  label: string
  messages: readonly MessageView[]
  look: MessageLook
  firstUnread?: string | undefined
  hasOlder: boolean
  isLoadingOlder: boolean
  onOlder: () => void
  /** The newest message that has been on the screen while somebody was looking. */
  onSeen: (key: string) => void
  actions: Omit<MessageActions, 'jumpTo'>
  /** What stands above the first message. */
  start: ReactNode
}

type Scroller = Virtualizer<HTMLDivElement, Element>

/** So near to the oldest loaded row that the page before it is fetched. */
const olderWithinRows = 12

export function MessageLog(props: MessageLogProps) {
  const { messages, firstUnread, hasOlder } = props
  const scroll = useRef<HTMLDivElement>(null)
  const rows = useMemo(() => logRows({ messages, firstUnread, hasOlder }), [messages, firstUnread, hasOlder])
  // oxlint-disable-next-line react/incompatible-library -- its functions may not be memoized, and nothing here does so
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    getItemKey: (index) => rows[index]?.key ?? index,
    estimateSize: (index) => estimate(rows[index]),
    overscan: 8,
    paddingEnd: 8,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: 40,
  })
  useOpening(virtualizer, rows)
  useOlder(virtualizer, props)
  useSeen(virtualizer, rows, props.onSeen)
  useStaying(virtualizer, scroll)
  const jump = useJumps(virtualizer, rows, scroll)
  const actions = useMemo(() => ({ ...props.actions, jumpTo: jump.toKey }), [props.actions, jump.toKey])
  const current = jump.current ?? rows.findLast((row) => row.kind === 'message')?.key
  return (
    <div className="log-frame">
      {/* Its arrow keys move the focus from message to message. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div ref={scroll} className="log" role="log" aria-live="off" aria-label={props.label} onKeyDown={jump.onKeyDown}>
        <div className="log-rows" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((item) => {
            const row = rows[item.index]
            if (!row) return null
            return (
              <div
                key={item.key}
                ref={virtualizer.measureElement}
                data-index={item.index}
                className="log-row"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <Row
                  row={row}
                  look={props.look}
                  actions={actions}
                  isCurrent={row.key === current}
                  start={props.start}
                />
              </div>
            )
          })}
        </div>
      </div>
      <JumpButtons virtualizer={virtualizer} rows={rows} />
      <Announcer messages={messages} />
    </div>
  )
}

type RowProps = { row: LogRow; look: MessageLook; actions: MessageActions; isCurrent: boolean; start: ReactNode }

function Row({ row, look, actions, isCurrent, start }: RowProps) {
  if (row.kind === 'message') return <MessageRow {...row} look={look} actions={actions} isCurrent={isCurrent} />
  if (row.kind === 'start') return start
  if (row.kind === 'older') return <OlderSkeleton />
  return <Line row={row} />
}

function Line({ row }: { row: Extract<LogRow, { kind: 'day' | 'new' }> }) {
  const text = useText()
  const dates = useDates()
  const now = useNow()
  return <div className={classes('day', row.kind)}>{row.kind === 'new' ? text('log.new') : dates.day(row.at, now)}</div>
}

const OlderSkeleton = () => (
  <div className="msg" aria-hidden="true">
    <Skeleton width={32} height={32} round />
    <div className="older">
      <Skeleton width={120} />
      <Skeleton width="70%" />
    </div>
  </div>
)

/** At the line above what is new, else at the end. */
function useOpening(virtualizer: Scroller, rows: readonly LogRow[]): void {
  const opened = useRef(false)
  useLayoutEffect(() => {
    if (opened.current || rows.length <= 1) return
    opened.current = true
    const at = rows.findIndex((row) => row.kind === 'new')
    if (at > 0) virtualizer.scrollToIndex(at, { align: 'start' })
    else virtualizer.scrollToEnd()
  }, [virtualizer, rows])
}

function useOlder(virtualizer: Scroller, { hasOlder, isLoadingOlder, onOlder }: MessageLogProps): void {
  const first = virtualizer.getVirtualItems()[0]?.index
  useEffect(() => {
    if (hasOlder && !isLoadingOlder && first !== undefined && first < olderWithinRows) onOlder()
  }, [first, hasOlder, isLoadingOlder, onOlder])
}

function useSeen(virtualizer: Scroller, rows: readonly LogRow[], onSeen: (key: string) => void): void {
  const last = virtualizer.isAtEnd(40) ? rows.length - 1 : (virtualizer.range?.endIndex ?? -1)
  const key = rows.slice(0, last + 1).findLast((row) => row.kind === 'message')?.key
  useEffect(() => {
    if (key === undefined) return
    const tell = () => {
      if (document.visibilityState === 'visible' && document.hasFocus()) onSeen(key)
    }
    tell()
    window.addEventListener('focus', tell)
    document.addEventListener('visibilitychange', tell)
    return () => {
      window.removeEventListener('focus', tell)
      document.removeEventListener('visibilitychange', tell)
    }
  }, [key, onSeen])
}

/** Who reads the newest goes on doing so when the composer grows or a keyboard comes. */
function useStaying(virtualizer: Scroller, scroll: { current: HTMLDivElement | null }): void {
  useEffect(() => {
    const element = scroll.current
    if (!element) return
    let height = element.clientHeight
    let isAtEnd = virtualizer.isAtEnd(40)
    const look = () => {
      if (element.clientHeight === height) isAtEnd = virtualizer.isAtEnd(40)
    }
    const observer = new ResizeObserver(() => {
      height = element.clientHeight
      if (isAtEnd) virtualizer.scrollToEnd()
    })
    observer.observe(element)
    element.addEventListener('scroll', look)
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [virtualizer, scroll])
}

/** Arrow keys move from message to message; a quote leads to what it quotes. */
function useJumps(virtualizer: Scroller, rows: readonly LogRow[], scroll: { current: HTMLDivElement | null }) {
  const [current, setCurrent] = useState<string>()
  return useMemo(() => {
    const toKey = (key: string) => {
      const index = rows.findIndex((row) => row.key === key)
      if (index < 0) return
      setCurrent(key)
      virtualizer.scrollToIndex(index, { align: 'auto' })
      // The row may have to be rendered first.
      requestAnimationFrame(() => requestAnimationFrame(() => focusMessage(scroll.current, key)))
    }
    const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
      const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
      const from = messageOf(event.target)
      if (step === 0 || from === undefined || event.altKey) return
      event.preventDefault()
      const messages = rows.filter((row) => row.kind === 'message')
      const next = messages[messages.findIndex((row) => row.key === from) + step]
      if (next) toKey(next.key)
    }
    return { current, toKey, onKeyDown }
  }, [virtualizer, rows, scroll, current])
}

const messageOf = (target: EventTarget): string | undefined =>
  target instanceof HTMLElement ? target.dataset['message'] : undefined

function focusMessage(log: HTMLElement | null, key: string): void {
  log?.querySelector<HTMLElement>(`[data-message="${CSS.escape(key)}"]`)?.focus({ preventScroll: true })
}

function JumpButtons({ virtualizer, rows }: { virtualizer: Scroller; rows: readonly LogRow[] }) {
  const text = useText()
  const newAt = rows.findIndex((row) => row.kind === 'new')
  const isAbove = newAt > 0 && newAt < (virtualizer.range?.startIndex ?? 0)
  const toNew = isAbove ? () => virtualizer.scrollToIndex(newAt, { align: 'start' }) : undefined
  useShortcuts({ jumpToUnread: toNew })
  return (
    <>
      {toNew && (
        <button type="button" className="jump up pop" onClick={toNew}>
          <ArrowUp className="i xs" />
          {text('log.toFirstUnread')}
        </button>
      )}
      {!virtualizer.isAtEnd(200) && rows.length > 1 && (
        <button type="button" className="jump down pop" onClick={() => virtualizer.scrollToEnd()}>
          <ArrowDown className="i xs" />
          {text('log.toEnd')}
        </button>
      )}
    </>
  )
}

/** Screen readers hear what arrives, not what scrolling brings into view. */
function Announcer({ messages }: { messages: readonly MessageView[] }) {
  const text = useText()
  const last = messages.at(-1)
  const [known] = useState(() => last?.key)
  const isNews = last && last.key !== known && !last.isOwn
  const words = last && [last.text, ...mediaWords(last.media, text)].join(' ').trim()
  return (
    <div className="sr" aria-live="polite">
      {isNews ? text('log.arrived', { name: last.author.name, words }) : ''}
    </div>
  )
}

/** Near the real height, so that the scroll bar hardly moves while rows are measured. */
function estimate(row: LogRow | undefined): number {
  if (row?.kind !== 'message') return row?.kind === 'start' ? 160 : 28
  const lines = Math.ceil(row.message.text.length / 90)
  return (row.follows ? 4 : 26) + 20 * lines + mediaHeight(row.message.media)
}
