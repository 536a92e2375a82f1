import { setTimeout } from 'node:timers/promises'
import { z } from 'zod'
import { CampaignId, CouponId, MessageId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { OrderStatus } from '../../../protocol/orders.ts'
import type { Part } from '../../../protocol/parts.ts'
import type { Reaction, Tools } from '../../platform/feature.ts'
import { readLagMs } from '../../platform/reaction-runner.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { Tx } from '../../platform/sql.ts'
import { postInName } from '../conversations/index.ts'
import { fillFor, templateOf } from '../fields/index.ts'
import { findParticipants, lockOrganization } from '../organization/index.ts'
import { applyRules } from './apply-rules.ts'
import { keeperOf, readSettings } from './customer-store.ts'
import { isTakenBack, readContents } from './decision-store.ts'

const Reward = z.object({
  ruleId: z.string(),
  version: z.int(),
  orderId: z.string(),
  status: OrderStatus,
  personId: PersonId,
  coupons: z.array(z.object({ campaignId: CampaignId, couponId: CouponId })).min(1),
})
type Reward = z.infer<typeof Reward>
const Fact = z.object({ organizationId: OrganizationId, body: z.object({ rewards: z.array(Reward) }) })

/**
 * Tells customers of the coupons that their orders have brought, by a message in the name of the rule's sender. The id
 * of the message is the first coupon's: told twice it is one message.
 */
export const sendCoupons: Reaction = {
  name: 'orders.send-coupons',
  to: ['order.rewarded'],
  portionMax: 5,
  async run(facts, tools) {
    await letRulesGoFirst(tools)
    for (const fact of facts) {
      const { organizationId, body } = Fact.parse(fact)
      for (const reward of body.rewards) await send(organizationId, reward, tools)
    }
  },
}

/** In a rush what is decided comes before what is told; but nobody waits for long. */
const BEHIND_MS = 1_000
const LOOK_MS = 250
const WAIT_MAX_MS = 5_000

async function letRulesGoFirst({ database, clock }: Tools): Promise<void> {
  const until = performance.now() + WAIT_MAX_MS
  while (performance.now() < until) {
    const lagMs = await database.read((tx) => readLagMs(tx, applyRules, clock()))
    if (lagMs < BEHIND_MS) return
    await setTimeout(LOOK_MS)
  }
}

async function send(organizationId: OrganizationId, reward: Reward, { database, clock }: Tools): Promise<void> {
  await database.transaction(async (tx) => {
    await lockOrganization(tx, organizationId)
    if (await isTakenBack(tx, reward)) return
    const [rule] = await readContents(tx, [reward])
    const [first] = reward.coupons
    if (!rule || !first) return
    const { personId, coupons } = reward
    const authorId = await senderOf(tx, {
      organizationId,
      personId,
      wanted: rule.content.senderId,
      madeBy: rule.madeBy,
    })
    // Nobody stands behind it, or it is their own: it is in the booklet.
    if (!authorId || authorId === personId) return
    const now = clock()
    const words = await wordsFor(tx, rule.content.message, { organizationId, senderId: authorId, personId, now })
    const parts: Part[] = [...words, ...coupons.map((coupon) => ({ type: 'coupon' as const, ...coupon }))]
    const id = MessageId.parse(first.couponId)
    await once(() => postInName({ tx, now }, { organizationId, authorId, personId, id, parts }))
  })
}

/** What was sent before stays as it was, also where the same words would say something else today. */
async function once(post: () => Promise<unknown>): Promise<void> {
  try {
    await post()
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'message.id-taken') throw error
  }
}

type Senders = { organizationId: OrganizationId; personId: PersonId; wanted: PersonId | null; madeBy: PersonId }

/**
 * The member whom the rule names, else who looks after the customer, else who made the rule; who has left is passed
 * over.
 */
async function senderOf(tx: Tx, { organizationId, personId, wanted, madeBy }: Senders): Promise<PersonId | undefined> {
  const keeperId = await keeperOf(tx, organizationId, personId)
  const asked = [wanted, keeperId, madeBy].flatMap((one) => one ?? [])
  const present = await findParticipants(tx, organizationId, asked)
  const active = new Set(present.flatMap((one) => (one.state === 'active' && !one.isExternal ? [one.personId] : [])))
  return asked.find((one) => active.has(one))
}

type Around = { organizationId: OrganizationId; senderId: PersonId; personId: PersonId; now: Date }

/** The rule's words, filled for this customer; what is not known of them leaves its place empty. */
async function wordsFor(tx: Tx, message: string, { organizationId, senderId, personId, now }: Around): Promise<Part[]> {
  if (message.trim() === '') return []
  const { timeZone } = (await readSettings(tx, [organizationId])).get(organizationId) ?? {}
  const template = templateOf([{ type: 'text', text: message }])
  const [filled] = await fillFor(tx, template, { organizationId, senderId, now, timeZone }, [personId])
  return (filled?.parts ?? []).filter((part) => part.type !== 'text' || part.text.trim() !== '')
}
