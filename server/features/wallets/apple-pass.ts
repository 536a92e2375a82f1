import type { Locale } from '../../../protocol/identity.ts'
import type { AppleCertificates } from './apple-certificates.ts'
import type { Face, FaceWords } from './face.ts'
import { drawIcon } from './pass-icon.ts'
import { walletTexts, type WalletTexts } from './wallet-texts.ts'

/** Where the phone asks for changes, and with what token; absent where the server is not reached over HTTPS. */
export type PassService = { url: string; token: string } | undefined

const ICON_SIZE = 29
const LOGO_SIZE = 50
const DAY_MS = 24 * 3_600_000
const languages: Record<Locale, string> = { en: 'en', 'zh-CN': 'zh-Hans' }

/** A signed pass for Apple Wallet, of the style *coupon*. */
export async function signApplePass(
  face: Face,
  serial: string,
  { certificates, service }: { certificates: AppleCertificates; service: PassService },
): Promise<Buffer> {
  const { PKPass } = await import('passkit-generator')
  const { certificate: signerCert, key: signerKey, intermediate: wwdr } = certificates
  const files = { 'pass.json': Buffer.from(JSON.stringify(passOf(face, serial, { certificates, service }))) }
  const pass = new PKPass({ ...files, ...picturesOf(face.accent) }, { signerCert, signerKey, wwdr })
  if (face.code !== null) pass.setBarcodes(barcodeOf(face.code))
  if (face.until) {
    pass.setExpirationDate(face.until)
    // The phone shows it on its last day; a span may not be longer.
    const startDate = new Date(face.until.getTime() - DAY_MS)
    pass.setRelevantDates([{ startDate: startDate.toISOString(), endDate: face.until.toISOString() }])
  }
  for (const [locale, language] of Object.entries(languages)) pass.localize(language, translate(face, locale as Locale))
  return pass.getAsBuffer()
}

const barcodeOf = (code: string) =>
  ({ format: 'PKBarcodeFormatQR', message: code, messageEncoding: 'utf-8', altText: code }) as const

function passOf(face: Face, serial: string, how: { certificates: AppleCertificates; service: PassService }) {
  const { passType, teamId } = how.certificates
  const texts = walletTexts[face.locale]
  const words = face.words[face.locale]
  return {
    formatVersion: 1,
    serialNumber: serial,
    passTypeIdentifier: passType,
    teamIdentifier: teamId,
    organizationName: face.issuer,
    logoText: face.issuer,
    description: texts.description(words.worth, face.issuer),
    backgroundColor: rgbOf(face.accent),
    foregroundColor: 'rgb(255, 255, 255)', // accents are such that white is read on them
    labelColor: 'rgb(255, 255, 255)',
    groupingIdentifier: face.campaignId,
    sharingProhibited: true, // it is passed on here, or not at all
    voided: face.state.kind !== 'usable',
    ...(how.service && { webServiceURL: how.service.url, authenticationToken: how.service.token }),
    coupon: fieldsOf(face, words, texts),
  }
}

function fieldsOf({ code, places, until, state }: Face, words: FaceWords, texts: WalletTexts) {
  const where = { key: 'places', label: texts.places, value: places.length > 0 ? places.join(', ') : texts.everywhere }
  const day = { dateStyle: 'PKDateStyleMedium', timeStyle: 'PKDateStyleShort' }
  return {
    headerFields: until ? [{ key: 'until', label: texts.until, value: until.toISOString(), ...day }] : [],
    primaryFields: [{ key: 'worth', label: words.title, value: words.worth }],
    secondaryFields:
      state.kind === 'used'
        ? [
            {
              key: 'used',
              label: texts.used,
              value: state.at.toISOString(),
              changeMessage: `${texts.used}: %@`,
              ...day,
            },
            { key: 'used-at', label: texts.places, value: state.place },
          ]
        : [state.kind === 'over' ? { key: 'state', label: texts.state, value: texts.over } : where],
    backFields: [
      ...(code === null ? [] : [{ key: 'code', label: texts.code, value: code }]),
      ...(words.conditions === '' ? [] : [{ key: 'conditions', label: texts.conditions, value: words.conditions }]),
      ...(state.kind === 'usable' ? [] : [where]),
    ],
  }
}

/**
 * What the pass says in the establishment's language is the key of what it says in another. Whoever's phone speaks
 * neither reads the former.
 */
function translate(face: Face, locale: Locale): Record<string, string> {
  const [from, to] = [textsIn(face, face.locale), textsIn(face, locale)]
  const pairs = from.map((text, at) => [escape(text), escape(to[at] ?? text)] as const)
  return Object.fromEntries(pairs.filter(([text]) => text !== ''))
}

function textsIn({ words, issuer }: Face, locale: Locale): string[] {
  const texts = walletTexts[locale]
  const { worth, title, conditions } = words[locale]
  const said = Object.values(texts).filter((text) => typeof text === 'string')
  return [...said, `${texts.used}: %@`, worth, title, conditions, texts.description(worth, issuer)]
}

/** As a file of strings wants it: the library writes them down as they are. */
const escape = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

function picturesOf(accent: string): Record<string, Buffer> {
  const sized = (name: string, size: number) =>
    [1, 2, 3].map((times) => [`${name}${times === 1 ? '' : `@${times}x`}.png`, drawIcon(accent, size * times)])
  return Object.fromEntries([...sized('icon', ICON_SIZE), ...sized('logo', LOGO_SIZE)])
}

function rgbOf(accent: string): string {
  const channels = [1, 3, 5].map((at) => Number.parseInt(accent.slice(at, at + 2), 16))
  return `rgb(${channels.join(', ')})`
}
