import type { Site } from './site.ts'

export const testDevice = { name: 'Test', class: 'desktop' } as const
export type SignedIn = { personId: string; deviceId: string; token: string }

/** Asks for a code and reads it from the mail. */
export async function askForCode(site: Site, address: string): Promise<{ requestId: string; code: string }> {
  const { requestId } = await site.act<{ requestId: string }>('session.request-code', { address })
  return { requestId, code: codeIn((await site.post.next(address)).text ?? '') }
}

/** As a person does it: asks, reads the mail, types the code. */
export async function signIn(site: Site, address: string): Promise<SignedIn> {
  const request = await askForCode(site, address)
  return site.act<SignedIn>('session.start', { ...request, device: testDevice, keep: 'token' })
}

export function codeIn(text: string): string {
  const found = /\b(\d{4}) (\d{4})\b/.exec(text)
  if (!found) throw new Error(`There is no code in: ${text}`)
  return `${found[1]}${found[2]}`
}

/** Another code of eight digits. */
export const wrong = (code: string) => String((Number(code) + 1) % 100_000_000).padStart(8, '0')
