import { keyNames } from './shortcuts.ts'

/** A shortcut as keys: "mod+k" reads Ctrl K, or ⌘ K on a Mac. */
export function Keys({ shortcut }: { shortcut: string }) {
  return <kbd aria-hidden="true">{keyNames(shortcut, onMac()).join(' ')}</kbd>
}

const onMac = (): boolean => /mac|iphone|ipad/i.test(navigator.userAgent)
