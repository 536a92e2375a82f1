import { decimalsOf } from '../../../protocol/decimals.ts'

/**
 * `1863.40` of EUR is 186340; undefined where it is no amount. A comma or a point divides off the smaller unit where at
 * most as many digits follow as the currency has; every other one stands between thousands.
 */
export function readAmount(text: string, currency: string): number | undefined {
  const digits = decimalsOf(currency)
  const plain = text.trim().replaceAll(/[\s\u00a0'’]/g, '')
  if (!/^\d[\d.,]*$/.test(plain)) return undefined
  const mark = plain.search(/[.,]\d*$/)
  const behind = mark < 0 ? '' : plain.slice(mark + 1)
  const isAlone = mark === plain.search(/[.,]/)
  // Where the smaller unit has three digits, `12.345` is twelve and some thousandths.
  const isDecimal = mark >= 0 && ((isAlone && digits >= behind.length) || !isThousands(plain, mark, behind))
  const whole = (isDecimal ? plain.slice(0, mark) : plain).replaceAll(/[.,]/g, '')
  const fraction = isDecimal ? behind : ''
  if (fraction.length > digits && /[1-9]/.test(fraction.slice(digits))) return undefined
  const amount = Number(whole + fraction.slice(0, digits).padEnd(digits, '0'))
  return Number.isSafeInteger(amount) ? amount : undefined
}

/** `1,863` and `1.863.400`: three digits behind each mark, and the last one is not alone of its kind. */
function isThousands(plain: string, mark: number, behind: string): boolean {
  if (behind.length !== 3) return false
  const marks = plain.replaceAll(/\d/g, '')
  const isUniform = marks === (plain[mark] ?? '').repeat(marks.length)
  return isUniform && /^\d{1,3}([.,]\d{3})+$/.test(plain)
}

/** What a shop writes: always a point, never one between thousands. */
export function readDecimal(text: string, currency: string): number | undefined {
  const digits = decimalsOf(currency)
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(text) ?? []
  if (whole === undefined || /[1-9]/.test(fraction.slice(digits))) return undefined
  const amount = Number(whole + fraction.slice(0, digits).padEnd(digits, '0'))
  return Number.isSafeInteger(amount) ? amount : undefined
}
