import { createHash } from 'node:crypto'
import type { Mail } from './mail-html.ts'

export type Parcel = Mail & { id: string; from: string; to: string }
export type PostOffice = { send(parcel: Parcel): Promise<void>; [Symbol.asyncDispose](): Promise<void> }

/** A few connections at once, and milliseconds until an attempt is given up. What SMTP_URL says itself stands. */
const limits = {
  pool: true,
  maxConnections: 3,
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  socketTimeout: 30_000,
} as const

/** A few connections to the mail server, kept for one job. */
export async function openPostOffice(url: string): Promise<PostOffice> {
  const { createTransport } = await import('nodemailer')
  const transport = createTransport({ url, ...limits })
  return {
    async send({ id, from, to, ...mail }) {
      // A server that stops between sending and noting it sends again: under one id, programs show the mail once.
      // It is a hash, because the id is that of the request, which only the one who asked should know.
      const hash = createHash('sha256').update(id).digest('hex').slice(0, 32)
      const messageId = `<${hash}@${from.slice(from.indexOf('@') + 1)}>`
      await transport.sendMail({ ...mail, from, to, messageId, headers: { 'Auto-Submitted': 'auto-generated' } })
    },
    [Symbol.asyncDispose]: async () => transport.close(),
  }
}

/** The mail server has refused this mail or its recipient for good; another attempt would hear the same. */
export function isPermanent(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error) || !('responseCode' in error)) return false
  const isAboutMail = error.code === 'EENVELOPE' || error.code === 'EMESSAGE'
  return isAboutMail && typeof error.responseCode === 'number' && error.responseCode >= 500
}
