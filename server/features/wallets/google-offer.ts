import type { Locale } from '../../../protocol/identity.ts'
import type { Face, FaceState, FaceWords } from './face.ts'

/** How Google Wallet calls a coupon: an object, of a class that says what all of its campaign have in common. */
export type Offer = { offerClass: object; offerObject: object }

/** Google cuts the title off behind this, on small screens. */
const TITLE_MAX = 60

/** `issuerId`: who we are to Google. Ids of everything there begin with it. */
export function offerOf(face: Face, passId: string, issuerId: string): Offer {
  const classId = `${issuerId}.${face.campaignId}`
  const words = face.words[face.locale]
  return {
    offerClass: {
      id: classId,
      issuerName: face.issuer,
      provider: face.issuer,
      reviewStatus: 'UNDER_REVIEW',
      redemptionChannel: 'INSTORE',
      title: titleOf(words),
      hexBackgroundColor: face.accent,
      ...(words.conditions !== '' && { finePrint: words.conditions }),
      ...localized(face),
    },
    offerObject: {
      id: googleIdOf(passId, issuerId),
      classId,
      state: googleStateOf(face.state),
      ...(face.code !== null && { barcode: { type: 'QR_CODE', value: face.code, alternateText: face.code } }),
      ...((face.from ?? face.until) && { validTimeInterval: intervalOf(face) }),
    },
  }
}

export const googleIdOf = (passId: string, issuerId: string) => `${issuerId}.${passId}`

/** `COMPLETED` is shown as used. */
export const googleStateOf = ({ kind }: FaceState) => ({ usable: 'ACTIVE', used: 'COMPLETED', over: 'INACTIVE' })[kind]

function intervalOf({ from, until }: Face) {
  return {
    ...(from && { start: { date: from.toISOString() } }),
    ...(until && { end: { date: until.toISOString() } }),
  }
}

function titleOf({ worth, title }: FaceWords): string {
  const whole = title === '' || title === worth ? worth : `${worth}: ${title}`
  return whole.slice(0, TITLE_MAX).toWellFormed()
}

/** The other language, where it says something else. */
function localized({ locale, words }: Face) {
  const other: Locale = locale === 'en' ? 'zh-CN' : 'en'
  const [own, translated] = [titleOf(words[locale]), titleOf(words[other])]
  if (own === translated) return {}
  return {
    localizedTitle: {
      defaultValue: { language: locale, value: own },
      translatedValues: [{ language: other, value: translated }],
    },
  }
}
