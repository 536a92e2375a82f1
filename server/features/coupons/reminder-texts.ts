import type { Locale } from '../../../protocol/identity.ts'

type Reminder = { title: string; timeZone: string; expiresAt: string }
const MINUTE_MS = 60_000

/** What a holder reads before their coupon expires: the last minute it is good in, by the campaign's clocks. */
export function reminderText(locale: Locale, { title, timeZone, expiresAt }: Reminder): string {
  const last = new Date(Date.parse(expiresAt) - MINUTE_MS)
  const until = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone }).format(last)
  return texts[locale](title, until)
}

const texts: Record<Locale, (title: string, until: string) => string> = {
  en: (title, until) => `Your coupon “${title}” is good until ${until}.`,
  'zh-CN': (title, until) => `您的优惠券“${title}”有效期至 ${until}。`,
}
