import type { Mail } from './mail.ts'

export type Parcel = Mail & { id: string; from: string; to: string }
export type PostOffice = { send(parcel: Parcel): Promise<void>; [Symbol.asyncDispose](): Promise<void> }

/** Connections to the mail server at once. */
const CONNECTIONS_MAX = 3
/** Milliseconds until an attempt is given up. */
const timeouts = { connectionTimeout: '10000', greetingTimeout: '10000', socketTimeout: '30000' }

/** A few connections to the mail server, kept for one job. */
export async function openPostOffice(url: string): Promise<PostOffice> {
  const { createTransport } = await import('nodemailer')
  const transport = createTransport(withLimits(url))
  return {
    async send({ id, from, to, ...mail }) {
      // A server that stops between sending and noting it sends again: under one id, programs show the mail once.
      const messageId = `<${id}@${from.slice(from.indexOf('@') + 1)}>`
      await transport.sendMail({ ...mail, from, to, messageId, headers: { 'Auto-Submitted': 'auto-generated' } })
    },
    [Symbol.asyncDispose]: async () => transport.close(),
  }
}

/** What the operator's address says itself, as in `?tls.rejectUnauthorized=false`, stands. */
function withLimits(text: string): string {
  const url = new URL(text)
  const limits = { pool: 'true', maxConnections: String(CONNECTIONS_MAX), ...timeouts }
  for (const [name, value] of Object.entries(limits)) if (!url.searchParams.has(name)) url.searchParams.set(name, value)
  return url.href
}

/** The mail server has refused this mail or its recipient for good; another attempt would hear the same. */
export function isPermanent(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error) || !('responseCode' in error)) return false
  const isAboutMail = error.code === 'EENVELOPE' || error.code === 'EMESSAGE'
  return isAboutMail && typeof error.responseCode === 'number' && error.responseCode >= 500
}
