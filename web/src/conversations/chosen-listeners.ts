import { useSyncExternalStore } from 'react'

/** Who of a broadcast gets the next messages, and when; by conversation. Kept while the app is open. */
export type ChosenListeners = {
  /** The narrowed audience; absent: everybody. */
  narrowed?: { audienceId: string; count: number } | undefined
  /** Messages wait until then. */
  postAt?: Date | undefined
  /** A first message has gone to these, and it was not said yet whether they become a broadcast of their own. */
  asksToKeep?: boolean | undefined
}

const nothing: ChosenListeners = {}
const listeners = new Set<() => void>()
let all: ReadonlyMap<string, ChosenListeners> = new Map()

export const useChosenListeners = (conversationId: string): ChosenListeners =>
  useSyncExternalStore(subscribe, () => all.get(conversationId) ?? nothing)

export function chooseListeners(conversationId: string, change: ChosenListeners): void {
  all = new Map(all).set(conversationId, { ...all.get(conversationId), ...change })
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
