import { ImageUp } from 'lucide-react'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { Welcome } from '../identity/welcome.tsx'
import { Notice } from '../platform/notice.tsx'
import { useText } from '../platform/texts.tsx'
import { openDetector, tokenIn } from './read-code.ts'
import { useCamera } from './use-camera.ts'

/** Reads a code with the camera, or from a picture. */
export function ScanScreen() {
  const text = useText()
  const [, go] = useLocation()
  const [fault, setFault] = useState<'foreign' | 'unread'>()
  const read = (words: string) => {
    const token = tokenIn(words)
    if (token === undefined) setFault('foreign')
    else go(`/c/${token}`)
  }
  const { video, state } = useCamera(read)
  const readFile = async (file: File) => {
    setFault(undefined)
    const detector = await openDetector()
    const [found] = await detector.detect(await createImageBitmap(file))
    if (found) read(found.rawValue)
    else setFault('unread')
  }
  return (
    <Welcome place={text('signIn.place', { host: location.host })} title={text('scan.title')} lead={text('scan.lead')}>
      <div className="scan">
        <div className="scan-view" data-state={state}>
          {/* What a camera sees has no captions. */}
          {/* oxlint-disable-next-line jsx-a11y/media-has-caption */}
          <video ref={video} playsInline muted aria-label={text('scan.camera')} />
        </div>
        <output className="help">{text(`scan.${state}`)}</output>
        {fault && <Notice meaning="bad">{text(`scan.${fault}`)}</Notice>}
        <label className="btn">
          <ImageUp className="i s" />
          {text('scan.file')}
          <input
            type="file"
            className="sr"
            accept="image/*"
            onChange={(event) => {
              const file = event.target.files?.[0]
              event.target.value = ''
              if (file) readFile(file).catch(() => setFault('unread'))
            }}
          />
        </label>
        <Link className="btn quiet" href="/">
          {text('action.back')}
        </Link>
      </div>
    </Welcome>
  )
}
