import { openDB, type DBSchema } from 'idb'
import type { HeldCoupon } from '../../../protocol/coupons.ts'
import type { InputOf } from '../../../sdk/index.ts'

/** What happened to a scan that was made without network: nothing yet, or what the server said. */
export type Outcome =
  | { kind: 'pending' }
  | { kind: 'redeemed'; title: string; at: string }
  | { kind: 'refused'; code: string; usedAt: string | null; usedPlace: string | null }
export type KeptScan = { redeem: InputOf<'coupon.redeem'>; outcome: Outcome }

type Schema = DBSchema & {
  booklets: { key: string; value: { personId: string; coupons: HeldCoupon[]; keptAt: Date } }
  scans: { key: string; value: KeptScan & { personId: string; id: string }; indexes: { person: string } }
}

/** On this device, so that a coupon is shown and scanned where there is no network. */
const open = () =>
  (opening ??= openDB<Schema>('shoptalk-coupons', 1, {
    upgrade(database) {
      database.createObjectStore('booklets', { keyPath: 'personId' })
      database.createObjectStore('scans', { keyPath: 'id' }).createIndex('person', 'personId')
    },
  }))
let opening: ReturnType<typeof openDB<Schema>> | undefined

export async function keepBooklet(personId: string, coupons: HeldCoupon[]): Promise<void> {
  await (await open()).put('booklets', { personId, coupons, keptAt: new Date() })
}

export async function keptBooklet(personId: string): Promise<{ coupons: HeldCoupon[]; keptAt: Date } | null> {
  return (await (await open()).get('booklets', personId)) ?? null
}

export async function keepScan(personId: string, scan: KeptScan): Promise<void> {
  await (await open()).put('scans', { personId, id: scan.redeem.redemptionId, ...scan })
}

/** In the order in which they were made. */
export async function keptScans(personId: string): Promise<KeptScan[]> {
  const scans = await (await open()).getAllFromIndex('scans', 'person', personId)
  return scans.toSorted((one, other) => takenAt(one).localeCompare(takenAt(other)))
}
const takenAt = ({ redeem }: KeptScan) => redeem.takenAt ?? ''

export async function forgetScan(redemptionId: string): Promise<void> {
  await (await open()).delete('scans', redemptionId)
}
