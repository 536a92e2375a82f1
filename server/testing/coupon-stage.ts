import { randomBytes } from 'node:crypto'
import { pino } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import type { ConversationView, Message } from '../../protocol/conversations.ts'
import type { Booklet, Campaign, Coupon } from '../../protocol/coupons.ts'
import { features } from '../all-features.ts'
import { feature } from '../features/coupons/index.ts'
import { createSeal } from '../platform/seal.ts'
import { readSettings } from '../platform/settings.ts'
import type { Name } from './cast.ts'
import type { Outsider } from './outsiders.ts'
import { settle } from './settle.ts'
import { openWorld } from './world.ts'

export const HOUR_MS = 3_600_000
export const euros = (amount: number) => ({ amount, currency: 'EUR' })
export const amount = { kind: 'amount', ...euros(500) }
export type CouponStage = Awaited<ReturnType<typeof openCouponStage>>

/** A world with a broadcast in which Andrew tells Nancy, Janet and Robert of coupons. */
export async function openCouponStage() {
  const world = await openWorld(features)
  const inside = () => ({ organizationId: world.cast.organizationId })

  async function begin(more: object = {}): Promise<Campaign> {
    const input = { ...inside(), campaignId: uuidv7(), name: 'Spring', title: 'Five euros', value: amount, ...more }
    const { id: campaignId } = await world.act<Campaign>('andrew', 'campaign.create', input)
    return world.act('andrew', 'campaign.set-state', { ...inside(), campaignId, state: 'active' })
  }
  function makeGroup(kind: 'group' | 'broadcast', people: readonly Name[]): Promise<ConversationView> {
    const personIds = people.map((name) => world.cast[name].personId)
    const input = { ...inside(), conversationId: uuidv7(), kind, name: 'News', personIds }
    return world.act('andrew', 'conversation.create', input)
  }
  const audienceOf = ({ audiences }: ConversationView) => audiences[0]?.id
  const offerIn = (view: ConversationView, campaignId: string, more: object = {}) => ({
    ...inside(),
    audienceId: audienceOf(view),
    id: uuidv7(),
    parts: [{ type: 'coupon', campaignId, ...more }],
  })
  const tell = (campaignId: string) => world.act<Message>('andrew', 'message.post', offerIn(news, campaignId))
  const claimOf = ({ audienceId, number }: Message, campaignId: string) => ({
    ...inside(),
    campaignId,
    audienceId,
    number,
    claimId: uuidv7(),
  })
  const claim = (name: Name, message: Message, campaignId: string) =>
    world.act<Coupon>(name, 'coupon.claim', claimOf(message, campaignId))
  const redemptionOf = ({ code }: Coupon, more: object = {}) => ({
    ...inside(),
    code,
    redemptionId: uuidv7(),
    ...more,
  })
  const bookletOf = (name: Name, more: object = {}) => world.ask(name, 'booklet.read', more) as Promise<Booklet>
  const campaignNow = (campaignId: string) =>
    world.ask('andrew', 'campaign.get', { ...inside(), campaignId }) as Promise<Campaign>
  /** Of an active campaign, in somebody's booklet. */
  async function issued(name: Name, more: object = {}): Promise<{ coupon: Coupon; campaignId: string }> {
    const { id: campaignId } = await begin(more)
    return { coupon: await claim(name, await tell(campaignId), campaignId), campaignId }
  }
  const askAs = (someone: Outsider, command: string, input: object) => world.askAs(someone.actor, command, input)
  const seal = createSeal(randomBytes(32))
  const log = pino({ level: 'silent' })
  const toolsOf = () => ({
    database: world.database,
    clock: world.clock,
    settings: readSettings([], {}),
    seal,
    log,
  })
  async function tend(campaignId: string): Promise<void> {
    const payload = { campaignId, at: `${world.clock().toISOString().slice(0, -1)}000Z` }
    for (const job of feature.jobs ?? []) await job.run(payload, { ...toolsOf(), attempt: 1, attemptsMax: 3 })
    await world.delivery.settled()
  }
  const react = () => settle(feature.reactions ?? [], toolsOf())
  const news = await makeGroup('broadcast', ['nancy', 'janet', 'robert'])
  return {
    world,
    news,
    inside,
    begin,
    makeGroup,
    audienceOf,
    offerIn,
    tell,
    claimOf,
    claim,
    redemptionOf,
    bookletOf,
    campaignNow,
    issued,
    askAs,
    tend,
    react,
  }
}

/** What became of a command. */
export const codeOf = (outcome: PromiseSettledResult<unknown>) =>
  outcome.status === 'fulfilled' ? 'done' : String(Object(outcome.reason).code)
