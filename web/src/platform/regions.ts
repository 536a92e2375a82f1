import { useShortcuts } from './shortcuts.ts'

/** F6 and Shift+F6 walk through the regions of the screen that are visible. */
export function useRegionKeys(): void {
  useShortcuts({ nextRegion: () => focusRegion(1), previousRegion: () => focusRegion(-1) })
}

function focusRegion(step: 1 | -1): void {
  const regions = Array.from(document.querySelectorAll<HTMLElement>('[data-region]')).filter((region) =>
    region.checkVisibility(),
  )
  const current = regions.findIndex((region) => region.contains(document.activeElement))
  regions.at(nextIndex(current, step, regions.length))?.focus()
}

export function nextIndex(current: number, step: 1 | -1, count: number): number {
  if (count === 0) return 0
  if (current < 0) return step > 0 ? 0 : count - 1
  return (current + step + count) % count
}
