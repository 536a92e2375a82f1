import { useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
let now = new Date()
let timer: ReturnType<typeof setInterval> | undefined

/** The time for what is shown, at most a minute old: "Today" becomes "Yesterday" while the page stays open. */
export const useNow = (): Date => useSyncExternalStore(subscribe, () => now)

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(tick, 30_000)
  tick()
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

function tick(): void {
  const next = new Date()
  if (next.getMinutes() === now.getMinutes() && next.getTime() - now.getTime() < 60_000) return
  now = next
  for (const listener of listeners) listener()
}
