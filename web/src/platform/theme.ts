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
  for (const colour of document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')) colourFrame(colour, theme)
  for (const listener of listeners) listener()
}

/** The browser's own frame, or the phone's bar over an installed app; `public/theme.js` does the same at first. */
function colourFrame(colour: HTMLMetaElement, theme: Theme): void {
  const { of = '' } = colour.dataset
  if (theme === 'system') colour.media = `(prefers-color-scheme: ${of})`
  else colour.media = of === theme ? 'all' : 'not all'
}

function current(): Theme {
  const theme = document.documentElement.dataset['theme']
  return theme === 'light' || theme === 'dark' ? theme : 'system'
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
