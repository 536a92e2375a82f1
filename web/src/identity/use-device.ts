import { useMemo } from 'react'
import { useText } from '../platform/texts.tsx'
import { thisDevice } from './device.ts'

/** How this browser introduces itself in the list of devices. */
export function useDevice(): { name: string; class: 'mobile' | 'desktop' } {
  const text = useText()
  return useMemo(() => {
    const { browser, system, class: kind } = thisDevice(navigator)
    const name = browser && system ? text('device.name', { browser, system }) : text('device.unknown')
    return { name, class: kind }
  }, [text])
}
