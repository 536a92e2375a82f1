import { keyNames } from './shortcuts.ts'

/** A shortcut as keys: "mod+k" reads Ctrl K, or ⌘ K on a Mac. */
export function Keys({ shortcut }: { shortcut: string }) {
  return <kbd aria-hidden="true">{keysOf(shortcut)}</kbd>
}

export const keysOf = (shortcut: string): string => keyNames(shortcut, onMac()).join(' ')

const onMac = (): boolean => /mac|iphone|ipad/i.test(navigator.userAgent)
