import { createPrivateKey, X509Certificate } from 'node:crypto'

/** What signs passes, and proves to Apple that changes of them may be announced. */
export type AppleCertificates = {
  /** PEM of each. */
  certificate: string
  key: string
  /** Apple's certificate in between, "Worldwide Developer Relations". */
  intermediate: string
  passType: string
  teamId: string
  endsAt: Date
}

/** A phone says nothing when it refuses a pass: what could make it refuse is said here, before. */
export class CertificateProblem extends Error {
  override name = 'CertificateProblem'
}

/** Reads the file that holds the pass certificate, its key and Apple's certificate, in any order. */
export function readCertificates(pem: string, now: Date): AppleCertificates {
  const certificates = blocksOf(pem, /CERTIFICATE/).map(parseCertificate)
  const [key] = blocksOf(pem, /(RSA )?PRIVATE KEY/)
  if (key === undefined)
    throw new CertificateProblem('holds no private key without a passphrase (openssl rsa takes one away)')
  const privateKey = parseKey(key)
  const own = certificates.find(({ certificate }) => certificate.checkPrivateKey(privateKey))
  if (!own) throw new CertificateProblem('holds no certificate that belongs to its private key')
  const { passType, teamId } = namesOf(own.certificate)
  const issuer = certificates.find(({ certificate }) => isIssuedBy(own.certificate, certificate))
  if (!issuer)
    throw new CertificateProblem(
      `lacks the certificate that issued it: "${commonName(own.certificate.issuer)}" ` +
        `(${generationOf(own.certificate.issuer)}), from apple.com/certificateauthority`,
    )
  for (const { certificate } of [own, issuer]) checkDates(certificate, now)
  const endsAt = new Date(Math.min(Date.parse(own.certificate.validTo), Date.parse(issuer.certificate.validTo)))
  const { pem: certificate } = own
  return { certificate, key, intermediate: issuer.pem, passType, teamId, endsAt }
}

function blocksOf(pem: string, kind: RegExp): string[] {
  const block = new RegExp(`-----BEGIN ${kind.source}-----[A-Za-z0-9+/=\\s]+-----END ${kind.source}-----`, 'g')
  return Array.from(pem.matchAll(block), ([text]) => text)
}

function parseCertificate(pem: string) {
  try {
    return { pem, certificate: new X509Certificate(pem) }
  } catch (cause) {
    throw new CertificateProblem('holds a certificate that cannot be read', { cause })
  }
}

function parseKey(pem: string) {
  try {
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyType === 'rsa') return key
  } catch (cause) {
    throw new CertificateProblem('holds a private key that cannot be read', { cause })
  }
  throw new CertificateProblem('holds a private key that is not RSA, which passes are signed with')
}

/** Apple writes both into the certificate, so that nobody has to type them. */
function namesOf({ subject }: X509Certificate): { passType: string; teamId: string } {
  const passType = /^UID=(pass\..+)$/m.exec(subject)?.[1]
  const teamId = /^OU=([A-Z0-9]{10})$/m.exec(subject)?.[1]
  if (passType === undefined || teamId === undefined)
    throw new CertificateProblem(
      'holds a certificate that is not for passes: its subject names no pass type (UID=pass.…) and team (OU=…)',
    )
  return { passType, teamId }
}

const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate) =>
  certificate !== issuer && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)

function checkDates({ subject, validFrom, validTo }: X509Certificate, now: Date) {
  const name = commonName(subject)
  if (Date.parse(validTo) <= now.getTime()) throw new CertificateProblem(`holds "${name}", which ended on ${validTo}`)
  if (Date.parse(validFrom) > now.getTime())
    throw new CertificateProblem(`holds "${name}", which is valid from ${validFrom} only`)
}

const generationOf = (name: string) => /^OU=(.*)$/m.exec(name)?.[1] ?? 'of no generation'
const commonName = (name: string) => /^CN=(.*)$/m.exec(name)?.[1] ?? name.replaceAll('\n', ', ')
