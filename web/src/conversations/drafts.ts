import { useSyncExternalStore } from 'react'

/** What was begun and not sent, for each conversation; it survives a reload on this device. */
const prefix = 'shoptalk.draft '
const listeners = new Set<() => void>()
let drafts: ReadonlyMap<string, string> | undefined

export const useDrafts = (): ReadonlyMap<string, string> => useSyncExternalStore(subscribe, all)

export const draftOf = (place: string): string => all().get(place) ?? ''

export function keepDraft(place: string, words: string): void {
  const next = new Map(all())
  if (words.trim() === '') {
    next.delete(place)
    localStorage.removeItem(prefix + place)
  } else {
    next.set(place, words)
    localStorage.setItem(prefix + place, words)
  }
  drafts = next
  for (const listener of listeners) listener()
}

/** When somebody else signs in here. */
export function forgetDrafts(): void {
  for (const place of all().keys()) keepDraft(place, '')
}

function all(): ReadonlyMap<string, string> {
  drafts ??= new Map(
    Object.entries(localStorage)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, words]) => [key.slice(prefix.length), String(words)]),
  )
  return drafts
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
