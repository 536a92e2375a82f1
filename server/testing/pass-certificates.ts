import { generateKeyPairSync } from 'node:crypto'
import { createRequire } from 'node:module'

/** What the tests use of the library with which passes are signed; it comes with no types. */
type Forge = {
  pki: {
    createCertificate(): ForgeCertificate
    publicKeyFromPem(pem: string): unknown
    privateKeyFromPem(pem: string): unknown
    certificateToPem(certificate: ForgeCertificate): string
  }
  md: { sha256: { create(): unknown } }
}
type Name = { name?: string; shortName?: string; type?: string; value: string }
type ForgeCertificate = {
  publicKey: unknown
  serialNumber: string
  validity: { notBefore: Date; notAfter: Date }
  setSubject(names: Name[]): void
  setIssuer(names: Name[]): void
  setExtensions(extensions: object[]): void
  sign(key: unknown, digest: unknown): void
}
const forge = createRequire(import.meta.resolve('passkit-generator'))('node-forge') as Forge

type Pair = { publicKey: string; privateKey: string }
export type Authority = { pem: string; names: Name[]; pair: Pair }

export const makePair = (): Pair =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })

export type Validity = { from?: Date; until?: Date }

/** An authority of a test's own, as Apple's is: its certificate stands between. */
export function makeAuthority(generation: string, validity: Validity = {}): Authority {
  const pair = makePair()
  const names = [
    { name: 'commonName', value: 'Throw-away Developer Relations' },
    { shortName: 'OU', value: generation },
  ]
  return { pem: issue({ names, pair, by: { names, pair }, validity, isAuthority: true }), names, pair }
}

/** A pass certificate: pass type and team stand in its subject, as Apple writes them there. */
export function issuePassCertificate(by: Authority, pair: Pair, validity: Validity = {}): string {
  const names = [
    { type: '0.9.2342.19200300.100.1.1', value: 'pass.example.northwind' },
    { name: 'commonName', value: 'Pass Type ID: pass.example.northwind' },
    { shortName: 'OU', value: 'A1B2C3D4E5' },
  ]
  return issue({ names, pair, by, validity })
}

/** Of a server that is reached by this name. */
export function issueServerCertificate(by: Authority, pair: Pair): string {
  return issue({ names: [{ name: 'commonName', value: 'localhost' }], pair, by, hosts: ['localhost'] })
}

type Issued = {
  names: Name[]
  pair: Pair
  by: Pick<Authority, 'names' | 'pair'>
  validity?: Validity
  isAuthority?: boolean
  hosts?: string[]
}
let serial = 1

function issue({ names, pair, by, validity = {}, isAuthority = false, hosts }: Issued): string {
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.publicKeyFromPem(pair.publicKey)
  certificate.serialNumber = `01${(serial++).toString(16).padStart(4, '0')}`
  certificate.validity.notBefore = validity.from ?? new Date('2020-01-01')
  certificate.validity.notAfter = validity.until ?? new Date('2049-01-01')
  certificate.setSubject(names)
  certificate.setIssuer(by.names)
  const altNames = hosts?.map((value) => ({ type: 2, value }))
  certificate.setExtensions([
    { name: 'basicConstraints', cA: isAuthority },
    ...(altNames ? [{ name: 'subjectAltName', altNames }] : []),
  ])
  certificate.sign(forge.pki.privateKeyFromPem(by.pair.privateKey), forge.md.sha256.create())
  return forge.pki.certificateToPem(certificate)
}
