import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'

/** What makes and uses passkeys, as a phone or a laptop does, with everything in the test's hands. */
export type Authenticator = {
  id: string
  /** Grows with each use. */
  counter: number
  create(options: Asked, more?: Twist): object
  get(options: Asked, more?: Twist): object
}
type Asked = Record<string, unknown>
/** What is done otherwise than it should be. */
export type Twist = { origin?: string; domain?: string; challenge?: string; isVerified?: boolean; handle?: string }

const USER_PRESENT = 1
const USER_VERIFIED = 4
const HAS_CREDENTIAL = 64

export function createAuthenticator(home: string): Authenticator {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const rawId = randomBytes(16)
  const id = rawId.toString('base64url')
  const authenticator: Authenticator = { id, counter: 0, create, get }
  let handle = ''

  function create(options: Asked, twist: Twist = {}) {
    handle = String(Object(options['user']).id)
    const credential = Buffer.concat([Buffer.alloc(16), uint16(rawId.length), rawId, coseKey(publicKey)])
    const data = authenticatorData({ twist, flags: HAS_CREDENTIAL, rest: credential })
    const attestation = Buffer.concat([
      Buffer.from([0xa3]),
      text('fmt'),
      text('none'),
      text('attStmt'),
      Buffer.from([0xa0]),
      text('authData'),
      bytes(data),
    ])
    const clientDataJSON = clientData('webauthn.create', options, twist)
    const response = { clientDataJSON, attestationObject: attestation.toString('base64url'), transports: ['internal'] }
    return { id, rawId: id, type: 'public-key', response }
  }

  function get(options: Asked, twist: Twist = {}) {
    authenticator.counter++
    const data = authenticatorData({ twist, flags: 0, rest: Buffer.alloc(0) })
    const clientDataJSON = clientData('webauthn.get', options, twist)
    const hash = createHash('sha256').update(Buffer.from(clientDataJSON, 'base64url')).digest()
    const signature = sign('sha256', Buffer.concat([data, hash]), privateKey).toString('base64url')
    const authenticatorDataText = data.toString('base64url')
    const userHandle = twist.handle ?? handle
    const response = { clientDataJSON, authenticatorData: authenticatorDataText, signature, userHandle }
    return { id, rawId: id, type: 'public-key', response }
  }

  function authenticatorData({ twist, flags, rest }: { twist: Twist; flags: number; rest: Buffer }): Buffer {
    const domain = twist.domain ?? new URL(home).hostname
    const verified = twist.isVerified === false ? 0 : USER_VERIFIED
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(authenticator.counter)
    return Buffer.concat([
      createHash('sha256').update(domain).digest(),
      Buffer.from([USER_PRESENT | verified | flags]),
      counter,
      rest,
    ])
  }

  function clientData(type: string, options: Asked, { origin = home, challenge }: Twist): string {
    const data = { type, challenge: challenge ?? options['challenge'], origin, crossOrigin: false }
    return Buffer.from(JSON.stringify(data)).toString('base64url')
  }

  return authenticator
}

const uint16 = (value: number) => Buffer.from([value >> 8, value & 255])

/** CBOR, as much of it as is needed. */
const text = (value: string) => Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)])
const bytes = (value: Buffer) => Buffer.concat([Buffer.from([0x59]), uint16(value.length), value])

/** The public key of ES256 as COSE writes it: {1: 2, 3: -7, -1: 1, -2: x, -3: y}. */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  const point = (value: string) => Buffer.concat([Buffer.from([0x58, 32]), Buffer.from(value, 'base64url')])
  return Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
    point(x),
    Buffer.from([0x22]),
    point(y),
  ])
}
