import type { SocketLike } from '../api.ts'
import type { Random } from './random.ts'
import type { Timeline } from './timeline.ts'

/** Both ends of a simulated WebSocket. */
export type Wire = {
  readonly isOpen: boolean
  /** The client's end. */
  socket: SocketLike
  /** The server accepts the connection. */
  open(): void
  /** In order. */
  send(frame: object): void
  /** After a delay of its own: may overtake, and be overtaken. */
  sendLate(frame: object, delayMs: number): void
  /** Ends it; 1006 is what a client sees of a cable that was cut. */
  close(code: number): void
}

type WireOptions = {
  timeline: Timeline
  random: Random
  /** What the client says; each frame after its way through the network. */
  onFrame(text: string): void
  onClose(): void
}

type Listeners = {
  open: (() => void)[]
  error: (() => void)[]
  message: ((event: { data: unknown }) => void)[]
  close: ((event: { code: number }) => void)[]
}

export function createWire({ timeline, random, onFrame, onClose }: WireOptions): Wire {
  const listeners: Listeners = { open: [], error: [], message: [], close: [] }
  let state: 'connecting' | 'open' | 'closed' = 'connecting'
  let upMs = 0
  let downMs = 0
  const latencyMs = () => 1 + random.below(30)

  function close(code: number) {
    if (state === 'closed') return
    state = 'closed'
    onClose()
    timeline.after(latencyMs(), () => listeners.close.forEach((listener) => listener({ code })))
  }

  function arrive(frame: string) {
    if (state === 'open') listeners.message.forEach((listener) => listener({ data: frame }))
  }

  return {
    get isOpen() {
      return state === 'open'
    },
    socket: {
      send(text) {
        if (state !== 'open') throw new Error('The socket is not open.')
        upMs = Math.max(upMs, timeline.now() + latencyMs())
        timeline.after(upMs - timeline.now(), () => void (state === 'open' && onFrame(text)))
      },
      close: () => close(1000),
      addEventListener(type: keyof Listeners, listener: never) {
        listeners[type].push(listener)
      },
    },
    open() {
      if (state !== 'connecting') return
      state = 'open'
      listeners.open.forEach((listener) => listener())
    },
    send(frame) {
      const text = JSON.stringify(frame)
      downMs = Math.max(downMs, timeline.now() + latencyMs())
      timeline.after(downMs - timeline.now(), () => arrive(text))
    },
    sendLate(frame, delayMs) {
      const text = JSON.stringify(frame)
      timeline.after(delayMs, () => arrive(text))
    },
    close,
  }
}
