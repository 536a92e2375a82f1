import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const file = join(import.meta.dirname, '../results/coupons.json')

/** Each measure of coupons writes its own keys; those of the others stay. */
export function writeCouponResults(fresh: Readonly<Record<string, unknown>>): void {
  const before: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  writeFileSync(file, `${JSON.stringify({ ...Object(before), ...fresh }, null, 2)}\n`)
}
