import { useSyncExternalStore } from 'react'

/** One value for each place (a conversation, for instance), kept while the app is open. */
export type ByPlace<Value> = {
  use(place: string): Value | undefined
  get(place: string): Value | undefined
  /** `undefined` forgets it. */
  put(place: string, value: Value | undefined): void
  places(): string[]
}

export function createByPlace<Value>(): ByPlace<Value> {
  const listeners = new Set<() => void>()
  const all = new Map<string, Value>()
  const subscribe = (listener: () => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  return {
    use: (place) => useSyncExternalStore(subscribe, () => all.get(place)),
    get: (place) => all.get(place),
    put(place, value) {
      if (value === undefined) all.delete(place)
      else all.set(place, value)
      for (const listener of listeners) listener()
    },
    places: () => Array.from(all.keys()),
  }
}
