import { v7 as newId } from 'uuid'
import { limits } from '../../../protocol/limits.ts'
import { RequestError } from '../../../sdk/index.ts'
import type { Client } from '../../../sdk/index.ts'
import { uploadMedia } from '../../../sdk/upload.ts'
import { attached, isArriving, keepItems, release, sendHeld } from '../conversations/attached.ts'
import type { Attachment } from '../conversations/attached.ts'

/** More at once make none of them faster. */
const AT_ONCE_MAX = 3
/** Fast enough for the eye, slow enough for the machine. */
const PROGRESS_MS = 100

type Job = { client: Client; organizationId: string; place: string; id: string }

const waiting: Job[] = []
const running = new Map<string, AbortController>()
let watched: Client | undefined

/** What it may measure, by what it is. The server looks at the bytes and has the last word. */
export const largestOf = {
  picture: limits.mediaPictureBytes,
  video: limits.mediaVideoBytes,
  file: limits.mediaFileBytes,
} as const

type Adding = Omit<Job, 'id'> & { files: readonly File[] }

/** Begins to upload these; answers with how many there was no room for. */
export function attach({ files, ...where }: Adding): number {
  watch(where.client)
  const { place } = where
  const items = attached.get(place)?.items ?? []
  const taken = files.slice(0, Math.max(0, limits.mediaPerMessage - items.length))
  const added = taken.map(toAttachment)
  if (added.length > 0) keepItems(place, [...items, ...added])
  for (const { id, fault } of added) if (fault === undefined) begin({ ...where, id })
  return files.length - taken.length
}

/** Also while it arrives; what waited for it can be changed again. */
export function detach(place: string, id: string): void {
  running.get(id)?.abort()
  keepItems(place, attached.get(place)?.items.filter((one) => one.id !== id) ?? [])
}

export function retry(job: Job): void {
  change(job, { state: 'sending', sentBytes: 0, fault: undefined })
  begin(job)
}

export function describe(place: string, id: string, description: string): void {
  change({ place, id }, { description })
}

function toAttachment(file: File): Attachment {
  const kind = kindOf(file)
  const fault = refusalOf(file, kind)
  const state = fault ? 'failed' : 'sending'
  return { id: newId(), file, kind, state, sentBytes: 0, description: '', ...(fault && { fault }) }
}

/** Pictures that are drawings in words are files: nothing in them may run. */
function kindOf({ type }: File): Attachment['kind'] {
  if (type.startsWith('image/') && !type.startsWith('image/svg')) return 'picture'
  return type.startsWith('video/') ? 'video' : 'file'
}

/** Said before anything is sent. */
function refusalOf({ size }: File, kind: Attachment['kind']): RequestError | undefined {
  if (size === 0) return new RequestError('media.empty')
  return size > largestOf[kind] ? new RequestError('media.too-large') : undefined
}

function begin(job: Job): void {
  waiting.push(job)
  next()
}

function next(): void {
  while (running.size < AT_ONCE_MAX) {
    const job = waiting.shift()
    if (!job) return
    const item = find(job)
    if (item) void run(job, item.file)
  }
}

async function run(job: Job, file: File): Promise<void> {
  const stop = new AbortController()
  running.set(job.id, stop)
  const { client, organizationId } = job
  try {
    const part = await uploadMedia({
      client,
      url: location.origin,
      organizationId,
      file,
      name: shortened(file.name),
      signal: stop.signal,
      onProgress: seldom(({ state, sentBytes }) => change(job, { state, sentBytes })),
    })
    change(job, { state: 'ready', part, sentBytes: file.size, kind: part.kind })
  } catch (fault) {
    // Who has sent the message sees first that this does not go along.
    release(job.place)
    change(job, { state: 'failed', fault })
  } finally {
    running.delete(job.id)
    next()
  }
  await sendHeld(job.place)
}

const find = ({ place, id }: Pick<Job, 'place' | 'id'>) => attached.get(place)?.items.find((one) => one.id === id)

function change(of: Pick<Job, 'place' | 'id'>, to: Partial<Attachment>): void {
  const now = attached.get(of.place)
  if (!now || !find(of)) return
  attached.put(of.place, { ...now, items: now.items.map((one) => (one.id === of.id ? { ...one, ...to } : one)) })
}

type Tell = NonNullable<Parameters<typeof uploadMedia>[0]['onProgress']>

/** Every change of state, and the bytes now and then. */
function seldom(tell: Tell): Tell {
  let toldMs = 0
  let told = ''
  return (progress) => {
    if (progress.state === told && performance.now() - toldMs < PROGRESS_MS) return
    toldMs = performance.now()
    told = progress.state
    tell(progress)
  }
}

/** The end tells what kind of file it is. */
const shortened = (name: string): string =>
  name.length <= limits.mediaName ? name || '?' : `${name.slice(0, limits.mediaName - 41)}…${name.slice(-40)}`

/** Who signs out takes nothing with them; who closes the page is asked. */
function watch(client: Client): void {
  if (watched === client) return
  watched = client
  client.subscribe(() => {
    if (client.status === 'signed-out') forget()
  })
  addEventListener('beforeunload', (event) => {
    if (attached.places().some((place) => attached.get(place)?.items.some(isArriving))) event.preventDefault()
  })
}

function forget(): void {
  for (const stop of running.values()) stop.abort()
  for (const place of attached.places()) attached.put(place, undefined)
}
