import { isMobileAgent, wordsOfAgent } from '../../../protocol/agent.ts'

type Browser = { userAgent: string; maxTouchPoints: number }

export type ThisDevice = { browser: string; system: string; class: 'mobile' | 'desktop' }

/** What a list of devices can show, so that one recognizes one's own. */
export function thisDevice({ userAgent, maxTouchPoints }: Browser): ThisDevice {
  const isMobile = isMobileAgent(userAgent) || (/macintosh/i.test(userAgent) && maxTouchPoints > 1)
  return { ...wordsOfAgent(userAgent), class: isMobile ? 'mobile' : 'desktop' }
}
