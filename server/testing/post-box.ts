import { once } from 'node:events'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'

export type PostBox = {
  /** For SMTP_URL. */
  url: string
  /** The next mail to an address that nobody has taken yet; waits for it. */
  next(address: string): Promise<Email>
  readonly received: readonly Email[]
  /** Decides about each recipient: answers with an error, whose `responseCode` goes to the sender. */
  judge: (address: string) => Error | undefined
  [Symbol.asyncDispose](): Promise<void>
}

/** A real mail server that keeps what it gets. */
export async function openPostBox(): Promise<PostBox> {
  const received: Email[] = []
  const untaken: { address: string; mail: Email }[] = []
  const waiting: { address: string; take(mail: Email): void }[] = []
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onRcptTo({ address }, _session, callback) {
      callback(box.judge(address) ?? null)
    },
    async onData(stream, session, callback) {
      const addresses = session.envelope.rcptTo.map(({ address }) => address)
      callback(await keep(stream, addresses))
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')

  /** Answers with the fault, where there is one. */
  async function keep(stream: AsyncIterable<Buffer>, addresses: readonly string[]): Promise<Error | undefined> {
    try {
      const mail = await readMail(stream)
      received.push(mail)
      for (const address of addresses) hand(address, mail)
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }

  function hand(address: string, mail: Email) {
    const index = waiting.findIndex((one) => one.address === address)
    if (index === -1) untaken.push({ address, mail })
    else waiting.splice(index, 1)[0]?.take(mail)
  }

  const box: PostBox = {
    url: `smtp://127.0.0.1:${portOf(server)}`,
    received,
    judge: () => undefined,
    next(address) {
      const index = untaken.findIndex((one) => one.address === address)
      const [found] = index === -1 ? [] : untaken.splice(index, 1)
      return found ? Promise.resolve(found.mail) : new Promise((take) => void waiting.push({ address, take }))
    },
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  }
  return box
}

async function readMail(stream: AsyncIterable<Buffer>): Promise<Email> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return PostalMime.parse(Buffer.concat(chunks))
}

function portOf(server: SMTPServer): number {
  const address = server.server.address()
  if (address === null || typeof address === 'string') throw new Error('The mail server does not listen.')
  return address.port
}
