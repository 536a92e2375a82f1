import { useEffect, useRef, useState } from 'react'
import type { RefObject } from 'react'
import { openDetector } from './read-code.ts'

export type CameraState = 'starting' | 'looking' | 'refused' | 'missing'

/** Between two looks at the picture. */
const LOOK_EVERY_MS = 150

/** Shows what the camera sees, and hands over what it reads, until the screen goes. */
export function useCamera(onRead: (text: string) => void): {
  video: RefObject<HTMLVideoElement | null>
  state: CameraState
} {
  const video = useRef<HTMLVideoElement>(null)
  const latest = useRef(onRead)
  const [state, setState] = useState<CameraState>('starting')
  useEffect(() => {
    latest.current = onRead
  })
  useEffect(() => {
    const looking = new AbortController()
    start(looking.signal).catch((error: unknown) => {
      if (!looking.signal.aborted) setState(isRefusal(error) ? 'refused' : 'missing')
    })
    return () => looking.abort()

    async function start(signal: AbortSignal) {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' }, audio: false })
      signal.addEventListener('abort', () => stream.getTracks().forEach((track) => track.stop()))
      const screen = video.current
      if (signal.aborted || !screen) return stream.getTracks().forEach((track) => track.stop())
      screen.srcObject = stream
      await screen.play()
      const detector = await openDetector()
      setState('looking')
      while (!signal.aborted) {
        const [found] = screen.readyState >= screen.HAVE_CURRENT_DATA ? await detector.detect(screen) : []
        if (found && !signal.aborted) latest.current(found.rawValue)
        await new Promise((resolve) => void setTimeout(resolve, LOOK_EVERY_MS))
      }
    }
  }, [])
  return { video, state }
}

const isRefusal = (error: unknown) => error instanceof DOMException && error.name === 'NotAllowedError'
