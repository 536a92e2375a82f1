import { useEffect, useRef } from 'react'
import type { RefObject } from 'react'

/** Tabs that find no room side by side: the one that leads to where one is shows. */
export function useCurrentInView(place: string): RefObject<HTMLElement | null> {
  const tabs = useRef<HTMLElement>(null)
  useEffect(() => {
    const links = Array.from(tabs.current?.querySelectorAll('a') ?? [])
    const current = links.find((link) => place.startsWith(link.pathname))
    current?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [place])
  return tabs
}
