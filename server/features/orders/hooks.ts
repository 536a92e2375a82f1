import type { FastifyInstance, FastifyRequest } from 'fastify'
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { limits } from '../../../protocol/limits.ts'
import { ShopKind } from '../../../protocol/shops.ts'
import type { Tools } from '../../platform/feature.ts'
import { parseJson } from '../../platform/json-input.ts'
import { Refusal } from '../../platform/refusal.ts'
import { ingest } from './ingest.ts'
import { readShopify } from './shopify.ts'
import * as store from './shop-store.ts'
import { isSigned, type ReadOrder } from './webhook.ts'
import { readWooCommerce } from './woocommerce.ts'

/** Where shops send their webhooks. */
export const HOOKS = '/hooks'

const MONTH_MS = 30 * 24 * 3_600_000
const Params = z.object({ kind: ShopKind, shopId: z.uuid() })
const readers = { shopify: readShopify, woocommerce: readWooCommerce }

/**
 * Webhooks of shops. Whatever is signed and understood is stored before it is answered; a call that was here before is
 * answered as it was then. What cannot be stored now is a fault, so that the shop tries again; what never can is kept
 * in a list that administrators see, and answered well, since a shop that hears of faults for long falls silent.
 */
export async function addRoutes(server: FastifyInstance, tools: Tools): Promise<void> {
  await server.register(
    async (hooks) => {
      // The signature is over the bytes as they come, whatever they are called.
      hooks.removeAllContentTypeParsers()
      hooks.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: limits.shopBodyBytes }, (_request, body, done) =>
        done(null, body),
      )
      hooks.post('/:kind/:shopId', async (request, reply) => {
        const answer = await receive(request, tools)
        return reply.code(200).header('cache-control', 'no-store').send(answer)
      })
    },
    { prefix: HOOKS },
  )
}

async function receive(request: FastifyRequest, { database, clock, seal }: Tools): Promise<{ outcome: string }> {
  const params = Params.safeParse(request.params)
  if (!params.success) throw new Refusal('shop.not-found')
  const { kind, shopId } = params.data
  const shop = await database.read((tx) => store.findShop(tx, shopId))
  if (shop?.kind !== kind) throw new Refusal('shop.not-found')
  const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  const now = clock()
  // WooCommerce asks once whether anybody is there, when the webhook is saved, and does not sign that.
  if (kind === 'woocommerce' && /^webhook_id=\d{1,20}$/.test(raw.toString('latin1', 0, 40))) return { outcome: 'ping' }
  const call = callOf(kind, request, raw)
  if (!isSigned(raw, call.signature, secretsOf(shop, { seal, now }))) {
    await database.transaction((tx) => store.countForged(tx, shopId))
    throw new Refusal('shop.signature-wrong')
  }
  const read = readBody({ kind, raw, topic: call.topic, states: shop.states })
  return database.transaction(async (tx) => {
    const delivery = { shopId, id: call.id, topic: call.topic, ...deliveryOf(read) }
    if (!(await store.insertDelivery(tx, delivery, now))) return { outcome: 'known' }
    if (read.outcome === 'stored') {
      const { organizationId } = shop
      await ingest({ tx, now }, [{ organizationId, origin: shopId, isPast: false, order: read.order }])
    }
    await store.noteDelivery(tx, shopId, now)
    await store.dropDeliveries(tx, shopId, new Date(now.getTime() - MONTH_MS))
    return { outcome: read.outcome }
  })
}

type Call = { signature: string; topic: string; id: string }
const HEADER_MAX = 200

function callOf(kind: ShopKind, request: FastifyRequest, raw: Uint8Array): Call {
  const header = (name: string) => {
    const value = request.headers[name]
    return (typeof value === 'string' ? value : '').slice(0, HEADER_MAX).replaceAll('\0', '')
  }
  // A call without an id of its own is known by what it says.
  const own = createHash('sha256').update(raw).digest('base64url')
  return kind === 'shopify'
    ? {
        signature: header('x-shopify-hmac-sha256'),
        topic: header('x-shopify-topic'),
        id: header('x-shopify-webhook-id') || header('x-shopify-event-id') || own,
      }
    : {
        signature: header('x-wc-webhook-signature'),
        topic: header('x-wc-webhook-topic'),
        // All that one webhook tells within a second has the same id there.
        id: `${header('x-wc-webhook-delivery-id')} ${own}`.trim(),
      }
}

function secretsOf(shop: store.SecretRow, { seal, now }: Pick<Tools, 'seal'> & { now: Date }): string[] {
  const { secret, previousSecret, previousUntil } = shop
  const isPreviousGood = previousUntil !== null && now.getTime() < Date.parse(previousUntil)
  return [seal.open(secret), ...(previousSecret && isPreviousGood ? [seal.open(previousSecret)] : [])]
}

type Signed = { kind: ShopKind; raw: Uint8Array; topic: string; states: store.ShopRow['states'] }

function readBody({ kind, raw, topic, states }: Signed): ReadOrder {
  try {
    return readers[kind]({ topic, body: parseJson(raw), states })
  } catch (error) {
    if (error instanceof Refusal) return { outcome: 'refused', detail: 'This is no JSON.' }
    throw error
  }
}

function deliveryOf(read: ReadOrder) {
  if (read.outcome === 'stored')
    return { outcome: read.outcome, detail: read.order.status, externalId: read.order.externalId }
  return { outcome: read.outcome, detail: read.detail.slice(0, 300), externalId: read.externalId ?? '' }
}
