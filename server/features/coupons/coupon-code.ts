import { randomBytes } from 'node:crypto'

/** Thirty-two letters and digits of which none looks like another: no 0, O, 1 and I. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
/** Sixty bits of chance: a guess hits one of ten million coupons once in a hundred thousand million. */
const LENGTH = 12

export function makeCodes(count: number): string[] {
  const bytes = randomBytes(count * LENGTH)
  return Array.from({ length: count }, (_, index) => {
    let code = ''
    for (let at = index * LENGTH; at < (index + 1) * LENGTH; at++) code += ALPHABET[(bytes[at] ?? 0) & 31]
    return code
  })
}

/** What was typed or scanned, as it is stored; undefined where it can be no code. */
export function plainCode(typed: string): string | undefined {
  const plain = typed.replaceAll(/[\s-]/g, '').toUpperCase()
  return plain.length === LENGTH && Array.from(plain).every((letter) => ALPHABET.includes(letter)) ? plain : undefined
}

/** In three groups. */
export const shownCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`
