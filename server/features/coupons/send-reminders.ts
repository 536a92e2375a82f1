import { z } from 'zod'
import { CampaignId, CouponId, MessageId, OrganizationId, type PersonId } from '../../../protocol/ids.ts'
import { record } from '../../platform/events.ts'
import type { Reaction, Tools } from '../../platform/feature.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { Tx } from '../../platform/sql.ts'
import { postInName } from '../conversations/index.ts'
import { findParticipants, lockOrganization } from '../organization/index.ts'
import { findCampaign } from './campaign-store.ts'
import { couponIdOf } from './coupon-id.ts'
import { findCoupons, type CouponRow } from './coupon-store.ts'
import { reminderText } from './reminder-texts.ts'
import { authorOf, localeOf, type Touched } from './tend-store.ts'

const Fact = z.object({
  organizationId: OrganizationId,
  body: z.object({ campaignId: CampaignId, couponIds: z.array(CouponId) }),
})
/** Each takes a transaction of its own to be told. */
const REMINDERS_PER_FACT = 20

type Where = { organizationId: OrganizationId; campaignId: CampaignId; now: Date }

/** With the same commit as the note that they were reminded: so each is told once. */
export async function recordReminders(
  tx: Tx,
  { organizationId, campaignId, now }: Where,
  reminded: readonly Touched[],
): Promise<void> {
  const ids = reminded.map(({ couponId }) => couponId)
  const portions = Array.from({ length: Math.ceil(ids.length / REMINDERS_PER_FACT) }, (_, index) => ({
    name: 'coupon.reminder-due',
    organizationId,
    body: { campaignId, couponIds: ids.slice(index * REMINDERS_PER_FACT, (index + 1) * REMINDERS_PER_FACT) },
  }))
  if (portions.length > 0) await record(tx, portions, now)
}

/** Reminds holders by a message where the coupon's own message was. Its id follows from the coupon: twice is once. */
export const sendReminders: Reaction = {
  name: 'coupons.send-reminders',
  to: ['coupon.reminder-due'],
  portionMax: 5,
  async run(facts, tools) {
    for (const fact of facts) {
      const { organizationId, body } = Fact.parse(fact)
      for (const couponId of body.couponIds) await remind({ ...body, organizationId, couponId }, tools)
    }
  },
}

type Reminding = { organizationId: OrganizationId; campaignId: CampaignId; couponId: CouponId }

async function remind(reminding: Reminding, { database, clock }: Tools): Promise<void> {
  try {
    await database.transaction((tx) => post(tx, reminding, clock()))
  } catch (error) {
    // It was told before, or cannot be told any more: the coupon is in the booklet.
    if (!(error instanceof Refusal)) throw error
  }
}

async function post(tx: Tx, { organizationId, campaignId, couponId }: Reminding, now: Date): Promise<void> {
  await lockOrganization(tx, organizationId)
  const campaign = await findCampaign(tx, campaignId)
  const [coupon] = await findCoupons(tx, [couponId])
  if (!campaign || campaign.content.remindDays === null || !coupon || !isWorthwhile(coupon, now)) return
  const { holderId: personId, expiresAt } = coupon
  const { title, timeZone, senderId } = campaign.content
  const author = await authorOf(tx, { organizationId, personId, couponId })
  const authorId = await senderFor(tx, { organizationId, personId, asked: [author, senderId] })
  if (authorId === undefined || expiresAt === null) return
  const locale = await localeOf(tx, organizationId, personId)
  const text = reminderText(locale, { title, timeZone, expiresAt })
  const parts = [
    { type: 'text' as const, text },
    { type: 'coupon' as const, campaignId, couponId },
  ]
  const id = MessageId.parse(couponIdOf(campaignId, `reminder ${couponId}`))
  const [posted] = await postInName({ tx, now }, organizationId, [{ authorId, personId, id, parts }])
  if (posted?.answer instanceof Refusal) throw posted.answer
}

const isWorthwhile = ({ state, expiresAt }: CouponRow, now: Date) =>
  (state === 'issued' || state === 'saved') && expiresAt !== null && Date.parse(expiresAt) > now.getTime()

type Senders = { organizationId: OrganizationId; personId: PersonId; asked: readonly (PersonId | undefined)[] }

/** Who wrote the coupon's message, else the campaign's sender; nobody writes to themselves, or to who has left. */
async function senderFor(tx: Tx, { organizationId, personId, asked }: Senders): Promise<PersonId | undefined> {
  const known = asked.filter((one) => one !== undefined)
  const present = await findParticipants(tx, organizationId, [...known, personId])
  const state = new Map(present.map((one) => [one.personId, one]))
  if ((state.get(personId)?.state ?? 'deactivated') === 'deactivated') return undefined
  return known.find((one) => {
    const member = state.get(one)
    return one !== personId && member?.state === 'active' && !member.isExternal
  })
}
