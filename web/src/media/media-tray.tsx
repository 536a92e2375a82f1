import { useId, useState } from 'react'
import { isArriving, release, useAttachments, useIsHeld } from '../conversations/attached.ts'
import type { Attachment } from '../conversations/attached.ts'
import { useText } from '../platform/texts.tsx'
import { AttachmentChip } from './attachment-chip.tsx'
import { useFaultText } from './use-fault-text.ts'
import './media.css'

/** Above the words: what goes along, how far it has come, and what could not be taken and why. */
export function MediaTray({ place }: { place: string }) {
  const text = useText()
  const id = useId()
  const items = useAttachments(place)
  const isHeld = useIsHeld(place)
  return (
    <div className="tray">
      <h2 className="sr" id={id}>
        {text('media.tray')}
      </h2>
      <ul aria-labelledby={id}>
        {items.map((item) => (
          <AttachmentChip key={item.id} place={place} item={item} />
        ))}
      </ul>
      {isHeld && items.some(isArriving) && (
        <p className="tray-held">
          <span>{text('media.held')}</span>
          <button type="button" className="link" onClick={() => release(place)}>
            {text('media.holdBack')}
          </button>
        </p>
      )}
      <News items={items} isHeld={isHeld} />
    </div>
  )
}

/** Screen readers hear what has changed, not each of the bytes. */
function News({ items, isHeld }: { items: readonly Attachment[]; isHeld: boolean }) {
  const text = useText()
  const explain = useFaultText()
  const [seen, setSeen] = useState<{ items: readonly Attachment[]; isHeld: boolean; news: string }>({
    items: [],
    isHeld: false,
    news: '',
  })
  if (seen.items !== items || seen.isHeld !== isHeld) {
    const before = new Map(seen.items.map((item) => [item.id, item.state]))
    const added = items.filter(({ id, state }) => !before.has(id) && state !== 'failed').length
    const changed = items.filter(({ id, state }) => before.get(id) !== state)
    const news = [
      ...(added > 0 ? [text('media.added', { count: added })] : []),
      ...changed.flatMap((item) => {
        const { name } = item.file
        if (item.state === 'failed') return [text('media.failed', { name, reason: explain(item) })]
        if (item.state === 'waiting') return [text('media.waiting')]
        return item.state === 'ready' ? [text('media.ready', { name })] : []
      }),
      ...(isHeld && !seen.isHeld ? [text('media.held')] : []),
    ]
    setSeen({ items, isHeld, news: news.length > 0 ? news.join(' ') : seen.news })
  }
  return (
    <div className="sr" aria-live="polite">
      {seen.news}
    </div>
  )
}
