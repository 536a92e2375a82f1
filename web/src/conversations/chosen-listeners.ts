import { createByPlace } from '../platform/by-place.ts'

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
const chosen = createByPlace<ChosenListeners>()

export const useChosenListeners = (conversationId: string): ChosenListeners => chosen.use(conversationId) ?? nothing

export function chooseListeners(conversationId: string, change: ChosenListeners): void {
  chosen.put(conversationId, { ...chosen.get(conversationId), ...change })
}
