import { useSyncExternalStore } from 'react'

export type Theme = 'system' | 'light' | 'dark'

const stored = 'shoptalk.theme' // read by public/theme.js too
const listeners = new Set<() => void>()

/** The chosen theme; the system decides where nothing was chosen. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  return [useSyncExternalStore(subscribe, current), choose]
}

function choose(theme: Theme): void {
  if (theme === 'system') {
    localStorage.removeItem(stored)
    delete document.documentElement.dataset['theme']
  } else {
    localStorage.setItem(stored, theme)
    document.documentElement.dataset['theme'] = theme
  }
  for (const listener of listeners) listener()
}

function current(): Theme {
  const theme = document.documentElement.dataset['theme']
  return theme === 'light' || theme === 'dark' ? theme : 'system'
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
