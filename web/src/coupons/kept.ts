import { openDB, type DBSchema } from 'idb'
import type { HeldCoupon } from '../../../protocol/coupons.ts'
import type { InputOf } from '../../../sdk/index.ts'
import { spelled } from './spelled.ts'

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
  // Asked for once: browsers give up what they may when space is short, and this must not be.
  if (scan.outcome.kind === 'pending' && 'storage' in navigator) navigator.storage.persist().catch(() => undefined)
  await (await open()).put('scans', { personId, id: scan.redeem.redemptionId, ...scan })
}

/** In the order in which they were made. */
export async function keptScans(personId: string): Promise<KeptScan[]> {
  const scans = await (await open()).getAllFromIndex('scans', 'person', personId)
  return scans.toSorted((one, other) => takenAt(one).localeCompare(takenAt(other)))
}
const takenAt = ({ redeem }: KeptScan) => redeem.takenAt ?? ''

/** A second one of the same coupon would be refused because of the first, as if somebody had cheated. */
export async function waitingSince(
  personId: string,
  { organizationId, code }: Pick<KeptScan['redeem'], 'organizationId' | 'code'>,
): Promise<Date | undefined> {
  const scans = await keptScans(personId).catch(() => [])
  const before = scans.find(
    ({ outcome, redeem }) =>
      outcome.kind === 'pending' && redeem.organizationId === organizationId && spelled(redeem.code) === spelled(code),
  )
  return before && new Date(takenAt(before))
}

export async function forgetScan(redemptionId: string): Promise<void> {
  await (await open()).delete('scans', redemptionId)
}

/** A scan that is older than that is no longer taken by the server. */
const SCAN_MAX_MS = 7 * 24 * 3_600_000

/**
 * Of everybody but one. What the server has not decided yet waits for whoever scanned it, who finds it here when they
 * are signed in again; nobody else sees it.
 */
export async function forgetCoupons(exceptOf: string | null): Promise<void> {
  const oldest = new Date(Date.now() - SCAN_MAX_MS).toISOString()
  const transaction = (await open()).transaction(['booklets', 'scans'], 'readwrite')
  const [booklets, scans] = [transaction.objectStore('booklets'), transaction.objectStore('scans')]
  for (const personId of await booklets.getAllKeys()) if (personId !== exceptOf) await booklets.delete(personId)
  for (const { id, personId, outcome, redeem } of await scans.getAll()) {
    const isWaiting = outcome.kind === 'pending' && (redeem.takenAt ?? '') > oldest
    if (personId !== exceptOf && !isWaiting) await scans.delete(id)
  }
  await transaction.done
}

/** Who signs out is asked before, where something waits yet. */
export async function forgetScansOf(personId: string): Promise<void> {
  const scans = await (await open()).getAllFromIndex('scans', 'person', personId)
  await Promise.all(scans.map(({ id }) => forgetScan(id)))
}
