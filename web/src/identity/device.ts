type Browser = { userAgent: string; maxTouchPoints: number }

export type ThisDevice = { browser: string; system: string; class: 'mobile' | 'desktop' }

/** What a list of devices can show, so that one recognizes one's own. */
export function thisDevice({ userAgent, maxTouchPoints }: Browser): ThisDevice {
  const isMobile = /android|iphone|ipad|mobile/i.test(userAgent) || (/macintosh/i.test(userAgent) && maxTouchPoints > 1)
  return {
    browser: first(userAgent, browsers),
    system: first(userAgent, systems),
    class: isMobile ? 'mobile' : 'desktop',
  }
}

/** In this order: most browsers also name the ones after them. */
const browsers = { Edg: 'Edge', OPR: 'Opera', Firefox: 'Firefox', Chrom: 'Chrome', Safari: 'Safari' }
const systems = {
  Android: 'Android',
  iPhone: 'iPhone',
  iPad: 'iPad',
  Windows: 'Windows',
  'Mac OS': 'macOS',
  CrOS: 'ChromeOS',
  Linux: 'Linux',
}

function first(userAgent: string, names: Record<string, string>): string {
  return Object.entries(names).find(([mark]) => userAgent.includes(mark))?.[1] ?? ''
}
