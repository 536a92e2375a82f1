import { ChevronLeft, ChevronRight, Download, X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { useRef, useState } from 'react'
import type { KeyboardEvent, TouchEvent } from 'react'
import type { MediaPart } from '../conversations/part-text.ts'
import { IconButton } from '../platform/icon-button.tsx'
import { useReturnedFocus } from '../platform/returned-focus.ts'
import { useTexts } from '../platform/texts.tsx'
import { bytesText } from './bytes.ts'
import { originalOf, previewOf } from './media-address.ts'

type ViewerProps = { pictures: readonly MediaPart[]; first: string; onClose: () => void }

/** One picture of a message, as large as the window; arrows and swipes lead to the others. */
export function MediaViewer({ pictures, first, onClose }: ViewerProps) {
  const { text, locale } = useTexts()
  const focus = useReturnedFocus()
  const [at, setAt] = useState(() => pictures.findIndex(({ mediaId }) => mediaId === first))
  const part = pictures[at]
  const step = (by: number) => setAt((now) => Math.min(Math.max(now + by, 0), pictures.length - 1))
  const swipe = useSwipe(step)
  if (!part) return null
  const onKeyDown = (event: KeyboardEvent) => {
    const to: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, Home: -pictures.length, End: pictures.length }
    // A tooltip would take the first Escape for itself.
    if (event.key === 'Escape') onClose()
    else if (to[event.key] !== undefined) step(to[event.key] ?? 0)
    else return
    event.preventDefault()
  }
  const position = text('media.position', { number: at + 1, total: pictures.length })
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Content
          className="viewer"
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => {
            focus.keep()
            event.preventDefault()
            if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus()
          }}
          onCloseAutoFocus={focus.giveBack}
          onKeyDown={onKeyDown}
          {...swipe}
        >
          <div className="viewer-bar">
            <Radix.Title className="cut grow" title={part.name} dir="auto">
              {part.name}
            </Radix.Title>
            {pictures.length > 1 && <output className="t13 num">{position}</output>}
            <a
              className="iconbtn"
              href={originalOf(part)}
              download={part.name}
              title={text('media.download')}
              aria-label={text('media.downloadOf', { name: part.name, size: bytesText(part.bytes, locale) })}
            >
              <Download className="i" />
            </a>
            <Radix.Close asChild>
              <IconButton icon={X} label={text('action.close')} shortcut="escape" />
            </Radix.Close>
          </div>
          <Shown key={part.mediaId} part={part} />
          {pictures.length > 1 && (
            <>
              <IconButton
                className="viewer-step before"
                icon={ChevronLeft}
                large
                label={text('media.previous')}
                disabled={at === 0}
                onClick={() => step(-1)}
              />
              <IconButton
                className="viewer-step after"
                icon={ChevronRight}
                large
                label={text('media.next')}
                disabled={at === pictures.length - 1}
                onClick={() => step(1)}
              />
            </>
          )}
          {part.description && (
            <p className="viewer-words" dir="auto">
              {part.description}
            </p>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** What was seen in the message at once, the original over it as soon as it is there. */
function Shown({ part }: { part: MediaPart }) {
  const { text } = useTexts()
  const [state, setState] = useState<'loading' | 'loaded' | 'broken'>('loading')
  const [hasPreview, setHasPreview] = useState(true)
  const [tries, setTries] = useState(0)
  const size = { width: part.width, height: part.height }
  const words = part.description ?? part.name
  if (state === 'broken' && !hasPreview) {
    const again = () => {
      setState('loading')
      setHasPreview(true)
      setTries(tries + 1)
    }
    return (
      <div className="viewer-stage" role="alert">
        <p>
          {text('media.notLoaded')}{' '}
          <button type="button" className="link" onClick={again}>
            {text('action.tryAgain')}
          </button>
        </p>
      </div>
    )
  }
  const asked = tries === 0 ? '' : `?try=${tries}`
  return (
    <div className="viewer-stage">
      {hasPreview && state !== 'loaded' && (
        <img
          src={previewOf(part) + asked}
          alt={state === 'broken' ? words : ''}
          {...size}
          onError={() => setHasPreview(false)}
        />
      )}
      {state !== 'broken' && (
        <img
          src={originalOf(part) + asked}
          alt={words}
          {...size}
          className={state === 'loading' ? 'is-coming' : undefined}
          onLoad={() => setState('loaded')}
          onError={() => setState('broken')}
        />
      )}
    </div>
  )
}

/** Far enough not to be a tap. */
const SWIPE_PX = 48

/** Nothing of it reaches the message behind, where a long press opens the menu. */
function useSwipe(step: (by: number) => void) {
  const start = useRef<{ x: number; y: number }>(undefined)
  return {
    onTouchStart(event: TouchEvent) {
      event.stopPropagation()
      const [touch, second] = Array.from(event.touches)
      start.current = touch && !second ? { x: touch.clientX, y: touch.clientY } : undefined
    },
    onTouchEnd(event: TouchEvent) {
      event.stopPropagation()
      const [touch] = Array.from(event.changedTouches)
      if (!touch || !start.current) return
      const [x, y] = [touch.clientX - start.current.x, touch.clientY - start.current.y]
      if (Math.abs(x) > SWIPE_PX && Math.abs(x) > 2 * Math.abs(y)) step(x < 0 ? 1 : -1)
    },
  }
}
