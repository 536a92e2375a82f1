import { createHmac, timingSafeEqual } from 'node:crypto'
import type { z } from 'zod'
import type { OrderStatus, PutOrder } from '../../../protocol/orders.ts'

export type StateMap = Readonly<Record<string, OrderStatus | null | undefined>>
/** What a shop has sent, once its signature was found good. */
export type Received = { topic: string; body: unknown; states: StateMap }
export type ReadOrder =
  | { outcome: 'stored'; order: PutOrder }
  | { outcome: 'ignored' | 'refused'; detail: string; externalId?: string }
/** Where a call was refused for a state that is not known: which. */
export const unknownState = (field: string, own: string) => `${field} ${own}`
export function unknownStateIn({ outcome, detail }: { outcome: string; detail: string }): string | null {
  if (outcome !== 'refused') return null
  return /^(?:status|financial_status|fulfillment_status) (\S.*)$/.exec(detail)?.[1] ?? null
}

export type ReadWebhook = (received: Received) => ReadOrder

/** HMAC-SHA-256 of the bytes as they came, in base64, compared in a time that says nothing. */
export function isSigned(raw: Uint8Array, signature: string, secrets: readonly string[]): boolean {
  const given = Buffer.from(signature, 'base64')
  // All of them, whichever fits.
  return secrets
    .map((secret) => createHmac('sha256', secret).update(raw).digest())
    .map((right) => right.length === given.length && timingSafeEqual(right, given))
    .includes(true)
}

/** What people typed into a shop, in one line of at most so many characters. No order is lost for its words. */
export function lineOf(typed: string | null | undefined, max: number): string {
  const line = (typed ?? '').replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
  return line.slice(0, max).toWellFormed().trim()
}

/** What of a body that is no order, or none that can be read, is to blame. */
export function faultIn({ issues }: z.ZodError): string {
  const path = issues[0]?.path.join('.')
  return path ? `This order lacks ${path}, or it cannot be read.` : 'This is no order.'
}
