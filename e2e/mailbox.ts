import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { callbackify } from 'node:util'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'

/** A real SMTP server that keeps what it gets. */
export type Mailbox = {
  url: string
  /** The next mail to this address that nobody has taken yet; waits for it. */
  take(address: string): Promise<Email>
  [Symbol.asyncDispose](): Promise<void>
}

const WAIT_MAX_MS = 15_000

export async function openMailbox(): Promise<Mailbox> {
  const mails = new Map<string, Email[]>()
  const waiting: (() => void)[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, { envelope }, done) {
      const keep = async () => {
        const mail = await PostalMime.parse(Buffer.concat(await stream.toArray()))
        for (const { address } of envelope.rcptTo) mails.set(address, [...(mails.get(address) ?? []), mail])
        for (const wake of waiting.splice(0)) wake()
      }
      callbackify(keep)(done)
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo // it listens on TCP
  const take = async (address: string): Promise<Email> => {
    const deadline = Date.now() + WAIT_MAX_MS
    while (Date.now() < deadline) {
      const mail = mails.get(address)?.shift()
      if (mail) return mail
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, deadline - Date.now())
        waiting.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
    throw new Error(`No mail came to ${address}. There are: ${Array.from(mails.keys()).join(', ')}`)
  }
  return {
    url: `smtp://127.0.0.1:${port}`,
    take,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** The eight digits in a mail. */
export function codeIn({ text = '' }: Email): string {
  const [code] = /\b\d{4} ?\d{4}\b/.exec(text) ?? []
  if (!code) throw new Error(`There is no code in this mail:\n${text}`)
  return code
}

export function linkIn({ text = '' }: Email): string {
  const [link] = /https?:\/\/\S+/.exec(text) ?? []
  if (!link) throw new Error(`There is no link in this mail:\n${text}`)
  return link
}
