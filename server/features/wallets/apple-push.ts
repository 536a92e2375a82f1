import { connect, constants, type ClientHttp2Session } from 'node:http2'
import type { AppleCertificates } from './apple-certificates.ts'

/** What Apple's service says of one announcement. `gone`: the phone is not there any more, and is not told again. */
export type Pushed = 'told' | 'gone'

const ANSWER_MAX_MS = 10_000

/**
 * Tells phones that a pass has changed: each asks then what. The message says nothing at all; the certificate of the
 * passes opens the connection.
 */
export async function pushToPhones(
  url: string,
  { certificate, key, passType }: AppleCertificates,
  pushTokens: readonly string[],
): Promise<Map<string, Pushed>> {
  const session = connect(url, { cert: certificate, key })
  const broken = new Promise<never>((_resolve, reject) => session.once('error', reject))
  try {
    const asked = pushTokens.map(async (token) => [token, await push(session, passType, token)] as const)
    return new Map(await Promise.race([Promise.all(asked), broken]))
  } finally {
    session.destroy()
  }
}

async function push(session: ClientHttp2Session, topic: string, pushToken: string): Promise<Pushed> {
  const stream = session.request({
    ':method': 'POST',
    ':path': `/3/device/${pushToken}`,
    'apns-topic': topic,
    'apns-push-type': 'background',
    'apns-priority': '5',
  })
  const { status, body } = await new Promise<{ status: number; body: string }>((resolve, reject) => {
    let status = 0
    let body = ''
    stream.setTimeout(ANSWER_MAX_MS, () => stream.close(constants.NGHTTP2_CANCEL))
    stream.setEncoding('utf8')
    stream.on('response', (headers) => (status = headers[':status'] ?? 0))
    stream.on('data', (text: string) => (body += text))
    stream.on('close', () => resolve({ status, body }))
    stream.on('error', reject)
    stream.end('{}')
  })
  if (status === 200) return 'told'
  const reason = /"reason"\s*:\s*"(\w+)"/.exec(body)?.[1] ?? 'no reason'
  // A token of another kind of device, or of a phone that has been wiped.
  if (status === 410 || reason === 'BadDeviceToken' || reason === 'DeviceTokenNotForTopic') return 'gone'
  throw new Error(`Apple's push service answered ${status || 'nothing'} (${reason}).`)
}
