import { Download, FileText, ImageOff, RotateCw, VideoOff } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { gridStyle } from '../conversations/media-place.tsx'
import { gridOf } from '../conversations/media-shape.ts'
import type { MediaPart } from '../conversations/part-text.ts'
import { Button } from '../platform/button.tsx'
import { useText, useTexts } from '../platform/texts.tsx'
import { bytesText } from './bytes.ts'
import { originalOf, previewOf } from './media-address.ts'
import './media.css'

const MediaViewer = lazy(async () => ({ default: (await import('./media-viewer.tsx')).MediaViewer }))

/** Pictures in a grid, videos to be played where they stand, files to be taken away. */
export function MediaInMessage({ media }: { media: readonly MediaPart[] }) {
  const [shown, setShown] = useState<string>()
  const pictures = media.filter(({ kind }) => kind === 'picture')
  return (
    <div className="media">
      {pictures.length > 0 && <PictureGrid pictures={pictures} onShow={setShown} />}
      {media.map((part) => {
        if (part.kind === 'video') return <Video key={part.mediaId} part={part} />
        return part.kind === 'file' && <FileCard key={part.mediaId} part={part} />
      })}
      {shown !== undefined && (
        <Suspense fallback={null}>
          <MediaViewer pictures={pictures} first={shown} onClose={() => setShown(undefined)} />
        </Suspense>
      )}
    </div>
  )
}

type GridProps = { pictures: readonly MediaPart[]; onShow: (mediaId: string) => void }

function PictureGrid({ pictures, onShow }: GridProps) {
  const { spans } = gridOf(pictures.length)
  return (
    <div className="media-grid" style={gridStyle(pictures)}>
      {pictures.map((part, at) => (
        <Picture
          key={part.mediaId}
          part={part}
          span={pictures.length === 1 ? 12 : (spans[at] ?? 3)}
          onShow={() => onShow(part.mediaId)}
        />
      ))}
    </div>
  )
}

type PictureProps = { part: MediaPart; span: number; onShow: () => void }

function Picture({ part, span, onShow }: PictureProps) {
  const text = useText()
  const { src, isBroken, onError, again } = useTrying(previewOf(part))
  const gridColumn = `span ${span}`
  if (isBroken) {
    return (
      <div className="media-broken" style={{ gridColumn }}>
        <ImageOff className="i" />
        <span className="t12">{text('media.notLoaded')}</span>
        <button type="button" className="link t12" onClick={again}>
          {text('action.tryAgain')}
        </button>
      </div>
    )
  }
  const words = part.description ?? part.name
  return (
    <button type="button" className="media-picture" style={{ gridColumn }} title={words} onClick={onShow}>
      <img
        src={src}
        alt={words}
        width={part.width}
        height={part.height}
        loading="lazy"
        decoding="async"
        onError={onError}
      />
    </button>
  )
}

function Video({ part }: { part: MediaPart }) {
  const text = useText()
  const { src, isBroken, onError, again } = useTrying(originalOf(part))
  if (isBroken) {
    return (
      <div className="media-video media-broken">
        <VideoOff className="i" />
        <span className="t13">{text('media.notPlayed')}</span>
        <span className="row">
          <Button size="small" icon={RotateCw} onClick={again}>
            {text('action.tryAgain')}
          </Button>
          <a className="btn small" href={originalOf(part)} download={part.name}>
            <Download className="i xs" />
            {text('media.download')}
          </a>
        </span>
      </div>
    )
  }
  return (
    // Who sends a video from a phone has no captions for it; its description says what is to be seen.
    // oxlint-disable-next-line jsx-a11y/media-has-caption
    <video
      className="media-video"
      // The first picture, which some browsers show only when asked for a time.
      src={`${src}#t=0.001`}
      aria-label={part.description ?? part.name}
      controls
      preload="metadata"
      playsInline
      onError={onError}
      // A long press is meant for the video.
      onTouchStart={(event) => event.stopPropagation()}
    />
  )
}

function FileCard({ part }: { part: MediaPart }) {
  const { text, locale } = useTexts()
  const size = bytesText(part.bytes, locale)
  return (
    <a
      className="media-file"
      href={originalOf(part)}
      download={part.name}
      aria-label={text('media.downloadOf', { name: part.name, size })}
    >
      <FileText className="i l" />
      <span className="col grow">
        <span className="cut" title={part.name} dir="auto">
          {part.name}
        </span>
        <span className="t12 dim num">{size}</span>
      </span>
      <Download className="i s" />
    </a>
  )
}

/** What could not be loaded is asked for again under another address: browsers remember failures. */
function useTrying(address: string) {
  const [tries, setTries] = useState(0)
  const [isBroken, setBroken] = useState(false)
  return {
    src: tries === 0 ? address : `${address}?try=${tries}`,
    isBroken,
    onError: () => setBroken(true),
    again: () => {
      setTries(tries + 1)
      setBroken(false)
    },
  }
}
