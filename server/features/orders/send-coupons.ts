import { z } from 'zod'
import { CampaignId, CouponId, MessageId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { OrderStatus } from '../../../protocol/orders.ts'
import type { Part } from '../../../protocol/parts.ts'
import type { Reaction, Tools } from '../../platform/feature.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { Tx } from '../../platform/sql.ts'
import { postInName } from '../conversations/index.ts'
import { fillFor, templateOf } from '../fields/index.ts'
import { findParticipants, lockOrganization } from '../organization/index.ts'
import { applyRules } from './apply-rules.ts'
import { keepersOf, readSettings } from './customer-store.ts'
import { findIssues, readContents } from './decision-store.ts'
import { issueKey } from './limits.ts'

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
 * Tells customers of the coupons that their orders have brought, by messages in the name of the rules' senders. The id
 * of a message is its first coupon's: told twice it is one message.
 */
export const sendCoupons: Reaction = {
  name: 'orders.send-coupons',
  to: ['order.rewarded'],
  portionMax: 5,
  // What is decided comes before what is told.
  yieldsTo: { other: applyRules, lateMs: 1_000, waitMaxMs: 5_000 },
  async run(facts, tools) {
    const rewards = facts.flatMap((fact) => {
      const { organizationId, body } = Fact.parse(fact)
      return body.rewards.map((reward) => ({ organizationId, reward }))
    })
    for (const [organizationId, own] of Map.groupBy(rewards, (one) => one.organizationId))
      await sendAll(
        organizationId,
        own.map(({ reward }) => reward),
        tools,
      )
  },
}

/** One transaction for all of them: it is the number of transactions that costs. */
async function sendAll(organizationId: OrganizationId, rewards: readonly Reward[], { database, clock }: Tools) {
  await database.transaction(async (tx) => {
    await lockOrganization(tx, organizationId)
    const around = { organizationId, now: clock() }
    const wanted = await readWanted(tx, organizationId, rewards)
    const words = await wordsFor(tx, wanted, around)
    const posts = wanted.map(({ reward: { personId, coupons }, authorId }, index) => ({
      authorId,
      personId,
      id: MessageId.parse(coupons[0]?.couponId),
      parts: [...(words[index] ?? []), ...coupons.map((coupon) => ({ type: 'coupon' as const, ...coupon }))],
    }))
    for (const { answer } of await postInName({ tx, now: around.now }, organizationId, posts))
      // What was sent before stays as it was, also where the same words would say something else today.
      if (answer instanceof Refusal && answer.code !== 'message.id-taken') throw answer
  })
}

const versionKey = ({ ruleId, version }: Pick<Reward, 'ruleId' | 'version'>) => `${ruleId} ${version}`

type Wanted = { reward: Reward; authorId: PersonId; message: string }

/** Not what was taken back meanwhile; nor where nobody stands behind it, or it is their own: it is in the booklet. */
async function readWanted(tx: Tx, organizationId: OrganizationId, rewards: readonly Reward[]): Promise<Wanted[]> {
  const [issues, contents, keepers] = await Promise.all([
    findIssues(tx, rewards),
    readContents(tx, Array.from(new Map(rewards.map((one) => [versionKey(one), one])).values())),
    keepersOf(
      tx,
      organizationId,
      rewards.map(({ personId }) => personId),
    ),
  ])
  const gone = new Set(issues.flatMap((one) => (one.isTakenBack ? [issueKey(one.ruleId, one)] : [])))
  const rules = new Map(contents.map((rule) => [versionKey(rule), rule]))
  const asked = rewards.flatMap((reward) => {
    const rule = rules.get(versionKey(reward))
    if (!rule || gone.has(issueKey(reward.ruleId, reward))) return []
    const { senderId, message } = rule.content
    const senders = [senderId, keepers.get(reward.personId), rule.madeBy].flatMap((one) => one ?? [])
    return [{ reward, message, senders }]
  })
  const people = new Set(asked.flatMap(({ senders }) => senders))
  const present = await findParticipants(tx, organizationId, Array.from(people))
  const active = new Set(present.flatMap((one) => (one.state === 'active' && !one.isExternal ? [one.personId] : [])))
  return asked.flatMap(({ reward, message, senders }) => {
    // The member whom the rule names, else who looks after the customer, else who made the rule; who has left is passed
    // over.
    const authorId = senders.find((one) => active.has(one))
    return authorId && authorId !== reward.personId ? [{ reward, authorId, message }] : []
  })
}

type Around = { organizationId: OrganizationId; now: Date }

/** The rules' words, filled for each customer; what is not known of them leaves its place empty. */
async function wordsFor(tx: Tx, wanted: readonly Wanted[], { organizationId, now }: Around): Promise<Part[][]> {
  const words = wanted.map((): Part[] => [])
  const spoken = wanted.map((one, index) => ({ ...one, index })).filter(({ message }) => message.trim() !== '')
  if (spoken.length === 0) return words
  const { timeZone } = (await readSettings(tx, [organizationId])).get(organizationId) ?? {}
  for (const own of Map.groupBy(spoken, ({ message, authorId }) => `${authorId} ${message}`).values()) {
    const [{ message, authorId: senderId } = {}] = own
    if (message === undefined || senderId === undefined) continue
    const template = templateOf([{ type: 'text', text: message }])
    const personIds = Array.from(new Set(own.map(({ reward }) => reward.personId)))
    const filled = await fillFor(tx, template, { organizationId, senderId, now, timeZone }, personIds)
    const texts = new Map(filled.map(({ personId, parts }) => [personId, parts]))
    for (const { reward, index } of own)
      words[index] = (texts.get(reward.personId) ?? []).filter(
        (part) => part.type !== 'text' || part.text.trim() !== '',
      )
  }
  return words
}
