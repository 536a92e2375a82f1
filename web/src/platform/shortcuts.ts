import { useEffect, useRef } from 'react'

export type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'isComposing'>

/** The one list of shortcuts; the sheet behind "?" and the key handlers read it. */
export const shortcuts = {
  palette: 'mod+k',
  sheet: '?',
  nextRegion: 'f6',
  previousRegion: 'shift+f6',
  nextConversation: 'alt+arrowdown',
  previousConversation: 'alt+arrowup',
  nextUnread: 'alt+shift+arrowdown',
  previousUnread: 'alt+shift+arrowup',
  newConversation: 'c',
  togglePane: 'mod+.',
  jumpToUnread: 'j',
  reply: 'r',
  react: 'x',
  edit: 'e',
  editLast: 'arrowup',
  close: 'escape',
  send: 'enter',
  newLine: 'shift+enter',
  moveInChart: 'm',
} as const
export type ShortcutName = keyof typeof shortcuts

type Handlers = Partial<Record<ShortcutName, (() => void) | undefined>>

/** Listens on the window; single letters rest while somebody is typing. */
export function useShortcuts(handlers: Handlers): void {
  const latest = useRef(handlers)
  useEffect(() => {
    latest.current = handlers
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return
      for (const [name, handler] of Object.entries(latest.current)) {
        if (!handler || !isShortcut(name) || !matches(event, shortcuts[name])) continue
        if (isPlain(shortcuts[name]) && isTyping(event.target)) continue
        event.preventDefault()
        handler()
        return
      }
    }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [])
}

export function matches(event: Key, shortcut: string): boolean {
  if (event.isComposing) return false
  const parts = shortcut.split('+')
  const key = parts.at(-1)
  if (event.key.toLowerCase() !== key) return false
  const mod = event.ctrlKey || event.metaKey
  // "?" needs Shift on most keyboards, so Shift is only compared for keys that have no sign of their own.
  const shift = /^[^\w]$/.test(key) ? true : parts.includes('shift') === event.shiftKey
  return shift && parts.includes('mod') === mod && parts.includes('alt') === event.altKey
}

const names: Record<string, string> = {
  mod: 'Ctrl',
  alt: 'Alt',
  shift: 'Shift',
  arrowup: '↑',
  arrowdown: '↓',
  escape: 'Esc',
  enter: '⏎',
}
const macNames: Record<string, string> = { mod: '⌘', alt: '⌥', shift: '⇧' }

export function keyNames(shortcut: string, mac: boolean): string[] {
  return shortcut.split('+').map((key) => (mac ? macNames[key] : undefined) ?? names[key] ?? key.toUpperCase())
}

const isShortcut = (name: string): name is ShortcutName => Object.hasOwn(shortcuts, name)
const isPlain = (shortcut: string): boolean => !/mod|alt|f6|escape/.test(shortcut)

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}
