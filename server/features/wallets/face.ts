import type { Locale } from '../../../protocol/identity.ts'

/** What a pass shows of a coupon, in both languages, whatever wallet it lies in. */
export type Face = {
  /** The establishment. */
  issuer: string
  accent: string
  /** Of the establishment: what people read whose phone speaks neither language. */
  locale: Locale
  campaignId: string
  /** Null once it is worth nothing. */
  code: string | null
  words: Record<Locale, FaceWords>
  /** Where it is taken; empty: everywhere. */
  places: readonly string[]
  from: Date | null
  until: Date | null
  state: FaceState
}
export type FaceWords = { worth: string; title: string; conditions: string }
export type FaceState =
  | { kind: 'usable' }
  | { kind: 'used'; at: Date; place: string }
  /** Has ended, was taken back, or passed on to somebody else. */
  | { kind: 'over' }
