import { createByPlace } from '../platform/by-place.ts'
import { keepDraft } from './drafts.ts'
import type { MediaPart } from './part-text.ts'

/** A file of the message that is being written; the part of the app that uploads it is loaded with the first one. */
export type Attachment = {
  id: string
  file: File
  kind: MediaPart['kind']
  /** `waiting`: for the network; `checking`: all is there, and the server looks at it. */
  state: 'sending' | 'waiting' | 'checking' | 'ready' | 'failed'
  sentBytes: number
  part?: MediaPart
  /** Why it failed. */
  fault?: unknown
  /** For those who do not see the picture. */
  description: string
}

/** Puts a message on its way with these, and says whether it went. */
export type Go = (media: readonly MediaPart[]) => Promise<boolean>
/** `heldFor`: the message was sent, and waits until everything has arrived. */
type Attached = { items: readonly Attachment[]; heldFor?: Go | undefined }

const nothing: readonly Attachment[] = []
export const attached = createByPlace<Attached>()
export const useAttachments = (place: string): readonly Attachment[] => attached.use(place)?.items ?? nothing
export const useIsHeld = (place: string): boolean => attached.use(place)?.heldFor !== undefined

export const isArriving = ({ state }: Attachment): boolean => state !== 'ready' && state !== 'failed'

/** As messages take them, in their order. */
export const mediaOf = (items: readonly Attachment[]): MediaPart[] =>
  items.flatMap(({ part, description }) => (part ? [description ? { ...part, description } : part] : []))

/** Sends now, or as soon as everything has arrived. Says whether it went now. */
export function sendFrom(place: string, go: Go): Promise<boolean> {
  attached.put(place, { items: attached.get(place)?.items ?? nothing, heldFor: go })
  return sendHeld(place)
}

const going = new Set<string>()

/** What did not go stays, and so does the reason why something could not go along. */
export async function sendHeld(place: string): Promise<boolean> {
  const { items = nothing, heldFor } = attached.get(place) ?? {}
  if (!heldFor || going.has(place) || items.some(isArriving)) return false
  going.add(place)
  const went = await heldFor(mediaOf(items)).finally(() => going.delete(place))
  release(place)
  if (went) {
    keepDraft(place, '')
    dropSent(place, items)
  }
  return went
}

/** What waited to be sent can be changed again. */
export function release(place: string): void {
  const now = attached.get(place)
  if (now) keepItems(place, now.items)
}

/** Those without a part did not go along; their reasons stay. */
export function dropSent(place: string, sent: readonly Attachment[]): void {
  const ids = new Set(sent.flatMap(({ id, part }) => (part ? [id] : [])))
  keepItems(place, attached.get(place)?.items.filter(({ id }) => !ids.has(id)) ?? [])
}

/** Whatever waited waits no more. */
export function keepItems(place: string, items: readonly Attachment[]): void {
  attached.put(place, items.length > 0 ? { items } : undefined)
}
