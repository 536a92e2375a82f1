import { PrecacheController } from 'workbox-precaching/PrecacheController.js'
import { isPagePath } from '../../../protocol/pages.ts'
import { answerWith, kindOf } from './answer-with.ts'

/** The files of the build, with their hashes; the build puts them here. */
declare const BUILT_FILES: { url: string; revision: string | null; integrity: string }[]

type Lasting = Event & { waitUntil(work: Promise<unknown>): void }
type Fetching = Lasting & { request: Request; respondWith(answer: Promise<Response>): void }
type Asking = Lasting & MessageEvent<{ entry: string }>
type Listen = {
  (name: 'install' | 'activate', listener: (event: Lasting) => void): void
  (name: 'fetch', listener: (event: Fetching) => void): void
  (name: 'message', listener: (event: Asking) => void): void
}
type Worker = {
  addEventListener: Listen
  skipWaiting(): Promise<void>
  clients: { matchAll(which: { type: 'window'; includeUncontrolled: true }): Promise<readonly unknown[]> }
}

/** The compiler knows of pages only; this runs beside them. */
declare const self: Worker
/** Each file must be just what was built: what a hotspot or a proxy answers in its place is never kept. */
const files = new PrecacheController()
files.addToCacheList(BUILT_FILES)

const PAGE = '/index.html'
/** A network that is there by name only. */
const PAGE_MAX_MS = 5_000

self.addEventListener('install', (event) => void files.install(event))
self.addEventListener('activate', (event) => {
  void files.activate(event) // takes away the files of the version before
  event.waitUntil(forgetOtherCaches())
})

/** Nothing is ever kept but the files of the build. Pages are the server's as long as it answers. */
self.addEventListener('fetch', (event) => {
  const { request } = event
  const kind = kindOf(request, { origin: location.origin, isPagePath, isKept: (url) => isKept(url) })
  if (kind === 'page')
    event.respondWith(
      answerWith(
        () => fetch(request),
        () => files.matchPrecache(PAGE),
        PAGE_MAX_MS,
      ),
    )
  if (kind === 'file') event.respondWith(files.matchPrecache(request.url).then((kept) => kept ?? fetch(request)))
})

/** A page asks whether it is of this version. Where it is, and no other page is open, this worker is the one. */
self.addEventListener('message', (event) => event.waitUntil(tell(event)))

async function tell({ data, ports }: Asking) {
  const isSame = isKept(data.entry)
  ports[0]?.postMessage(isSame)
  if (!isSame) return
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  if (windows.length <= 1) await self.skipWaiting()
}

const isKept = (url: string) => files.getCacheKeyForURL(url) !== undefined

async function forgetOtherCaches() {
  const { cacheName } = files.strategy
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name !== cacheName).map((name) => caches.delete(name)))
}
