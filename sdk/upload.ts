import { Upload, type DetailedError } from 'tus-js-client'
import { v7 } from 'uuid'
import type { ErrorBody, ErrorCode } from '../protocol/errors.ts'
import type { Part } from '../protocol/parts.ts'
import type { Client } from './api.ts'
import { delayMs } from './backoff.ts'
import { RequestError } from './request-error.ts'

/** A file by itself, for pages that load it when they want it: `index.ts` does not bring it. */
export type UploadOptions = {
  /** Signed in; asks whether the server has looked at it. */
  client: Pick<Client, 'do'>
  /** Where the server is. */
  url: string
  /** Outside browsers: what `connect` takes, too. */
  token?: string
  organizationId: string
  file: Blob
  name: string
  /** A MIME type; by default the file's own. */
  type?: string
  /** UUIDv7. The same one again goes on with what was begun. */
  mediaId?: string
  onProgress?: (progress: UploadProgress) => void
  /** Gives it up, on the server too. */
  signal?: AbortSignal
}

/** `waiting`: the network or the server is away; it goes on by itself. `checking`: all bytes have arrived. */
export type UploadProgress = { state: 'sending' | 'waiting' | 'checking'; sentBytes: number; bytes: number }
export type UploadedPart = Extract<Part, { type: 'media' }>

/** So much is sent again at most, where something between us keeps what it forwards. */
const CHUNK_BYTES = 8_000_000
/** A server that breaks on it again and again will not take it. */
const FAULTS_MAX = 8
const CHECK_MS = 200
const CHECK_MOST_MS = 3_000
/** After these the same request may succeed later. Limits of the day would keep the user waiting for hours. */
const passing: ReadonlySet<string> = new Set([
  'connection.lost',
  'media.offset',
  'server.busy',
  'server.draining',
  'server.fault',
  'server.unavailable',
])

/**
 * Uploads a picture, video or file, and answers with what a message takes. A lost connection is waited for, and only
 * what is missing is sent. Throws a `RequestError`, or the signal's reason.
 *
 * @example
 * const part = await uploadMedia({ client, url, organizationId, file, name: 'menu.pdf' })
 * client.post({ audienceId, parts: [{ type: 'text', text: 'Our menu' }, part] })
 */
export async function uploadMedia(options: UploadOptions): Promise<UploadedPart> {
  const mediaId = options.mediaId ?? v7()
  await sendAll(options, mediaId)
  return untilReady(options, mediaId)
}

async function sendAll(options: UploadOptions, mediaId: string): Promise<void> {
  const { file, signal, onProgress } = options
  const bytes = file.size
  const source = 'window' in globalThis ? file : Buffer.from(await file.arrayBuffer())
  signal?.throwIfAborted()
  let sentBytes = 0
  let failures = 0
  let faults = 0
  const upload = new Upload(source, {
    ...addressed(options, mediaId),
    onProgress(sent) {
      sentBytes = sent
      onProgress?.({ state: 'sending', sentBytes, bytes })
    },
    onChunkComplete() {
      failures = 0
      faults = 0
    },
  })
  const stopped = Promise.withResolvers<never>()
  const stop = () => {
    stopped.reject(signal?.reason)
    // What stays on the server is forgotten there by itself.
    upload.abort(true).catch(() => undefined)
  }
  signal?.addEventListener('abort', stop)
  try {
    for (;;) {
      const fault = await Promise.race([attempt(upload), stopped.promise])
      if (!fault) return
      if (fault.code !== 'connection.lost') faults++
      if (!passing.has(fault.code) || faults >= FAULTS_MAX) throw fault
      onProgress?.({ state: 'waiting', sentBytes, bytes })
      await pause(fault.retryAfterMs ?? delayMs(failures++, Math.random), signal)
      signal?.throwIfAborted()
    }
  } finally {
    signal?.removeEventListener('abort', stop)
    stopped.promise.catch(() => undefined)
  }
}

function addressed({ url, token, organizationId, name, file, ...rest }: UploadOptions, mediaId: string) {
  const type = (rest.type ?? file.type) || 'application/octet-stream'
  return {
    endpoint: `${url.replace(/\/+$/, '')}/v1/media`,
    metadata: { organizationId, mediaId, name, type },
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    chunkSize: CHUNK_BYTES,
    retryDelays: null,
    storeFingerprintForResuming: false,
  }
}

/** Sends what is missing, and answers with what has come between. */
function attempt(upload: Upload): Promise<RequestError | undefined> {
  return new Promise((resolve) => {
    upload.options.onSuccess = () => resolve(undefined)
    upload.options.onError = (error) => resolve(faultOf(error))
    upload.start()
  })
}

async function untilReady(options: UploadOptions, mediaId: string): Promise<UploadedPart> {
  const { client, organizationId, file, signal, onProgress } = options
  for (let round = 0; ; round++) {
    signal?.throwIfAborted()
    const media = await client.do('media.get', { organizationId, mediaId }).catch(overlookLoss)
    if (media?.part) return media.part
    // The code of a refusal, as the contract says.
    if (media?.refusal) throw new RequestError(media.refusal as ErrorCode)
    onProgress?.({ state: media ? 'checking' : 'waiting', sentBytes: file.size, bytes: file.size })
    await pause(Math.min(CHECK_MS * 1.5 ** round, CHECK_MOST_MS), signal)
  }
}

function overlookLoss(error: unknown): undefined {
  if (!(error instanceof RequestError && passing.has(error.code))) throw error
}

function faultOf(error: Error | DetailedError): RequestError {
  const answer = 'originalResponse' in error ? error.originalResponse : undefined
  if (!answer) return new RequestError('connection.lost', { cause: error })
  const body = bodyOf(answer.getBody())
  if (body) return new RequestError(body.code, body)
  // Not our server's words: something between us answered.
  const status = answer.getStatus()
  const code = status === 413 ? 'media.too-large' : status < 500 && status !== 423 ? 'media.invalid' : 'server.busy'
  return new RequestError(code, { cause: error })
}

function bodyOf(text: string): ErrorBody | undefined {
  try {
    const body: unknown = JSON.parse(text)
    // The edge: whoever answers with these two speaks the contract.
    return typeof body === 'object' && body !== null && 'code' in body && 'message' in body
      ? (body as ErrorBody)
      : undefined
  } catch {
    return undefined
  }
}

/** Ends early when the network is back, and when it is given up. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      if ('window' in globalThis) removeEventListener('online', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal?.addEventListener('abort', end)
    if ('window' in globalThis) addEventListener('online', end)
  })
}
