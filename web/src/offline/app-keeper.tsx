import { useEffect } from 'react'
import { useStatus } from '../platform/client.tsx'
import { useText } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import { watchVersions } from './keep-app.ts'

const WORKER = '/sw.js'
/** A till may stay open for weeks. */
const LOOK_MS = 3_600_000

/**
 * Keeps the app on this device, so that it opens without network, and says once when there is a newer one. What was
 * begun stays: drafts, what waits to be sent and scans are kept apart from the page.
 */
export function AppKeeper() {
  const text = useText()
  const toast = useToast()
  const isOpen = useStatus() === 'open'
  useEffect(() => {
    if (!isOpen) return
    const look = () =>
      keep(() =>
        toast({
          message: text('version.newer'),
          action: { label: text('version.reload'), onSelect: () => location.reload() },
        }),
      )
        // Where the browser keeps nothing, the app needs the network each time, and is newest each time.
        .catch(() => undefined)
    void look()
    const timer = setInterval(() => void look(), LOOK_MS)
    return () => clearInterval(timer)
  }, [isOpen, text, toast])
  return null
}

let keeping: Promise<ServiceWorkerRegistration> | undefined

/** A connection that is open anew may be one to a newer server. */
async function keep(onNewer: () => void): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  if (keeping) return void (await (await keeping).update())
  keeping = begin(onNewer)
  keeping.catch(() => (keeping = undefined))
  await keeping
}

async function begin(onNewer: () => void): Promise<ServiceWorkerRegistration> {
  const registration = await navigator.serviceWorker.register(WORKER, { updateViaCache: 'none' })
  watchVersions(registration, ownEntry(), onNewer)
  return registration
}

/** The script that the page began with is named by its content, and so tells the version. */
const ownEntry = () => document.querySelector<HTMLScriptElement>('script[type=module][src]')?.src ?? location.href
