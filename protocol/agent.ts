/** What a browser's `User-Agent` says of it, as names; empty where it says nothing that is known. */
export function wordsOfAgent(userAgent: string): { browser: string; system: string } {
  return { browser: first(userAgent, browsers), system: first(userAgent, systems) }
}

/**
 * Whether it calls itself a phone or a tablet. Tablets that call themselves computers are known to their scripts alone.
 */
export const isMobileAgent = (userAgent: string): boolean => /android|iphone|ipad|mobile/i.test(userAgent)

/** Whether it calls itself a computer that no phone or tablet passes for. */
export const isComputerAgent = (userAgent: string): boolean =>
  /^mozilla\/.*\((windows|x11)/i.test(userAgent) && !isMobileAgent(userAgent)

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
