import { useCallback, useSyncExternalStore } from 'react'

export const phone = '(max-width: 767px)'
export const touch = '(pointer: coarse)'

const lists = new Map<string, MediaQueryList>()

export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const list = listOf(query)
      list.addEventListener('change', listener)
      return () => list.removeEventListener('change', listener)
    },
    [query],
  )
  return useSyncExternalStore(subscribe, () => listOf(query).matches)
}

/** Every menu asks on every drawing, so the browser is asked once. */
function listOf(query: string): MediaQueryList {
  const known = lists.get(query) ?? matchMedia(query)
  lists.set(query, known)
  return known
}
