import { z } from 'zod'
import { Currency, MinorUnits, Money } from './currency.ts'
import {
  AudienceId,
  CampaignId,
  ConversationId,
  CouponId,
  Instant,
  LogNumber,
  Moment,
  OrganizationId,
  PersonId,
} from './ids.ts'
import { limits } from './limits.ts'
import { TimeZone } from './reports.ts'
import { line, text } from './text.ts'

/** What a coupon gives. Money in the smallest unit of its currency. */
export const CouponValue = z.discriminatedUnion('kind', [
  /** So much less. */
  z.strictObject({ kind: z.literal('amount'), amount: MinorUnits.min(1), currency: Currency }),
  /** So many hundredths less, at most `cap`. */
  z.strictObject({
    kind: z.literal('percentage'),
    percent: z.int().min(1).max(100),
    cap: Money.nullable().default(null),
  }),
  /** Something for nothing. */
  z.strictObject({ kind: z.literal('item'), item: line({ max: limits.campaignName }) }),
  /** An amount that is spent in as many steps as one likes. */
  z.strictObject({ kind: z.literal('gift'), amount: MinorUnits.min(1), currency: Currency }),
])
export type CouponValue = z.infer<typeof CouponValue>

const ClockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'Must be a time of day, like 09:30.' })
const EndTime = z.union([ClockTime, z.literal('24:00')])
/**
 * Days of the week (1 Monday to 7 Sunday) and hours in which a coupon is redeemed: from `from` up to, not including,
 * `until`. Where `until` is not after `from`, it is on the next day.
 */
export const TimeWindow = z
  .strictObject({ days: z.array(z.int().min(1).max(7)).min(1).max(7), from: ClockTime, until: EndTime })
  .refine(({ from, until }) => from !== until, { error: 'Begins when it ends. A whole day is from 00:00 until 24:00.' })
export type TimeWindow = z.infer<typeof TimeWindow>

/** Who may have one, of those who take part in the organization, inside or outside. Tags are those of contacts. */
export const CouponCustomers = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('everybody') }),
  z.strictObject({
    kind: z.literal('tags'),
    tags: z
      .array(line({ max: limits.tag }))
      .min(1)
      .max(limits.tagsPerContact),
  }),
  z.strictObject({ kind: z.literal('people'), personIds: z.array(PersonId).min(1).max(limits.peoplePerCommand) }),
])
export type CouponCustomers = z.infer<typeof CouponCustomers>

const People = z.array(PersonId).max(limits.campaignStaff)

/** What a campaign says and allows. */
const content = {
  /** For those who manage it. */
  name: line({ max: limits.campaignName }),
  /** What customers read. */
  title: line({ max: limits.campaignName }),
  text: text({ max: limits.campaignText }).default(''),
  terms: text({ max: limits.campaignTerms }).default(''),
  value: CouponValue,
  /** The least order it is redeemed with. */
  minimumOrder: Money.nullable().default(null),
  /** Of the windows and of days; the organization's where absent. */
  timeZone: TimeZone.optional(),
  /** Coupons are given and redeemed from `startsAt` up to, not including, `endsAt`. */
  startsAt: Moment.nullable().default(null),
  endsAt: Moment.nullable().default(null),
  /** Each coupon is good until the end of the day that is so many days after the one it was issued on. */
  validDays: z.int().min(0).max(3_650).nullable().default(null),
  /** Empty: at any time. */
  windows: z.array(TimeWindow).max(limits.campaignWindows).default([]),
  /** Where it is redeemed, by the names that the tills have. Empty: everywhere. */
  places: z
    .array(line({ max: limits.place }))
    .max(limits.campaignPlaces)
    .default([]),
  customers: CouponCustomers.default({ kind: 'everybody' }),
  /** Coupons in total; null: no end. */
  stock: z.int().min(1).max(limits.campaignStock).nullable().default(null),
  /** Coupons for one person; null: no end. */
  perPerson: z.int().min(1).max(1_000).nullable().default(1),
  /** What all its coupons are worth at most, in the currency of its value. */
  budget: MinorUnits.min(1).nullable().default(null),
  isTransferable: z.boolean().default(false),
  /** Holders are reminded so many days before their coupon expires. */
  remindDays: z.int().min(1).max(60).nullable().default(null),
  /** The member in whose name coupons are sent; who makes the campaign, where absent. */
  senderId: PersonId.optional(),
  /** Members who may put it into their messages, besides owners and administrators. */
  senderIds: People.default([]),
  /** Members who redeem it, besides owners and administrators; null: all of them. */
  redeemerIds: People.nullable().default(null),
}

/** Draft → active ⇄ paused → ended. Ended: nobody gets one any more; who has one redeems it until it expires. */
export const CampaignState = z.enum(['draft', 'active', 'paused', 'ended'])
export type CampaignState = z.infer<typeof CampaignState>

/** `issued`: all that were given out. Those among them that are `redeemed`, `expired` or `void` are over. */
export const CampaignCounts = z.object({
  issued: z.int(),
  /** Of these, taken by people themselves, from a message or a scanned code. */
  claimed: z.int(),
  redeemed: z.int(),
  expired: z.int(),
  void: z.int(),
  /** What redeemed coupons gave, in minor units. */
  valueGiven: z.int(),
})

/** A campaign as those see it who manage it. */
export const Campaign = z.object({
  id: CampaignId,
  organizationId: OrganizationId,
  state: CampaignState,
  ...z.object(content).required().shape,
  startsAt: Instant.nullable(),
  endsAt: Instant.nullable(),
  /** Where its picture is; null: it has none. */
  picture: z.string().nullable(),
  createdAt: Instant,
  /** How many can be given out yet; null: no end. */
  left: z.int().nullable(),
  counts: CampaignCounts,
  may: z.object({ manage: z.boolean(), send: z.boolean(), redeem: z.boolean() }),
})
export type Campaign = z.infer<typeof Campaign>
/** A campaign as those see it who only redeem it: what the till asks for; nothing of customers, money and counts. */
export const TillCampaign = Campaign.pick({
  id: true,
  organizationId: true,
  state: true,
  name: true,
  title: true,
  text: true,
  terms: true,
  value: true,
  minimumOrder: true,
  timeZone: true,
  startsAt: true,
  endsAt: true,
  validDays: true,
  windows: true,
  places: true,
  isTransferable: true,
  picture: true,
  may: true,
})
export type TillCampaign = z.infer<typeof TillCampaign>
export const SeenCampaign = z.union([Campaign, TillCampaign])
export type SeenCampaign = z.infer<typeof SeenCampaign>

const inOrganization = { organizationId: OrganizationId }
const oneCampaign = { ...inOrganization, campaignId: CampaignId }
export const OneCampaign = z.strictObject(oneCampaign)
export const CreateCampaign = z.strictObject({ ...oneCampaign, ...content })
/** What is absent stays as it is. The value is fixed once a coupon has been issued. */
export const ChangeCampaign = z.strictObject({ ...oneCampaign, ...withoutDefaults() })
export type ChangeCampaign = z.output<typeof ChangeCampaign>
export const SetCampaignState = z.strictObject({ ...oneCampaign, state: z.enum(['active', 'paused', 'ended']) })
/** PNG, JPEG or WebP, in base64; null takes it away. */
export const SetCampaignPicture = z.strictObject({
  ...oneCampaign,
  picture: z
    .base64()
    .max(limits.campaignPictureBytes * 1.4)
    .nullable(),
})
/** The newest first. Members see those they may send or redeem; of these only what the till asks for. */
export const ListCampaigns = z.strictObject({
  ...inOrganization,
  state: CampaignState.optional(),
  after: CampaignId.optional(),
  limit: z.int().min(1).max(limits.page).default(50),
})
export const CampaignList = z.object({ campaigns: z.array(SeenCampaign), next: CampaignId.nullable() })
/** The last so many days, in the campaign's time zone. */
export const GetCampaignStatistics = z.strictObject({ ...oneCampaign, days: z.int().min(1).max(366).default(30) })
/** Days and places without anything are left out. What was issued has no place. */
export const CampaignStatistics = z.object({
  counts: CampaignCounts,
  days: z.array(z.object({ day: z.iso.date(), place: z.string(), ...CampaignCounts.shape })),
})

/** What a customer sees of a campaign. */
export const Offer = z.object({
  campaignId: CampaignId,
  organization: z.object({ id: OrganizationId, name: z.string(), accent: z.string() }),
  title: z.string(),
  text: z.string(),
  terms: z.string(),
  picture: z.string().nullable(),
  value: CouponValue,
  minimumOrder: Money.nullable(),
  timeZone: z.string(),
  startsAt: Instant.nullable(),
  endsAt: Instant.nullable(),
  validDays: z.int().nullable(),
  windows: z.array(TimeWindow),
  places: z.array(z.string()),
  isTransferable: z.boolean(),
})
export type Offer = z.infer<typeof Offer>

/**
 * `issued`: sent to the person, who has not kept it yet. `saved`: kept. `locked`: a till holds it for a moment. The
 * others are ends, from which only taking back a redemption leads on.
 */
export const CouponState = z.enum(['issued', 'saved', 'locked', 'redeemed', 'expired', 'void'])
export type CouponState = z.infer<typeof CouponState>

/** A coupon as its holder sees it. */
export const Coupon = z.object({
  id: CouponId,
  campaignId: CampaignId,
  organizationId: OrganizationId,
  state: CouponState,
  /** What is shown at the till, in three groups: `7KQ2-MWXP-4HTD`. Null once it is over. */
  code: z.string().nullable(),
  /** Of a gift: what is left, in minor units. */
  balance: z.int().nullable(),
  issuedAt: Instant,
  /** Good up to, not including, this time. */
  expiresAt: Instant.nullable(),
  lockedUntil: Instant.nullable(),
  /** When and where it was last redeemed. */
  redeemedAt: Instant.nullable(),
  redeemedPlace: z.string().nullable(),
  remindedAt: Instant.nullable(),
})
export type Coupon = z.infer<typeof Coupon>
export const HeldCoupon = z.object({ coupon: Coupon, offer: Offer })
export type HeldCoupon = z.infer<typeof HeldCoupon>

/** Of oneself, in all organizations, the newest first. `open`: those that can be used yet. */
export const ReadBooklet = z.strictObject({
  organizationId: OrganizationId.optional(),
  show: z.enum(['open', 'over', 'all']).default('open'),
  after: CouponId.optional(),
  limit: z.int().min(1).max(limits.page).default(100),
})
export const Booklet = z.object({
  /** Null: this person has never had a coupon, so there is no booklet. */
  createdAt: Instant.nullable(),
  coupons: z.array(HeldCoupon),
  next: CouponId.nullable(),
})
export type Booklet = z.infer<typeof Booklet>

/** The message in which one sees the coupon. */
const inMessage = { audienceId: AudienceId, number: LogNumber }
export const GetOffer = z.strictObject({ ...oneCampaign, ...inMessage })
export const SeenOffer = z.object({
  offer: Offer,
  state: CampaignState,
  /** One's own coupons of this campaign, the newest first. */
  coupons: z.array(Coupon),
  /** Why one cannot claim one now; null: one can. */
  refusal: z.string().nullable(),
})
export type SeenOffer = z.infer<typeof SeenOffer>

/** `claimId` is chosen by the client: the same one twice is one claim. */
export const ClaimCoupon = z.strictObject({ ...oneCampaign, ...inMessage, claimId: z.uuid() })
export type ClaimCoupon = z.infer<typeof ClaimCoupon>
/** Those who hold it. */
export const OneCoupon = z.strictObject({ couponId: CouponId })
export const TransferCoupon = z.strictObject({ couponId: CouponId, personId: PersonId })

/** Gives each of them a coupon, by a message of the campaign's sender. `issueId`: the same one twice is once. */
export const IssueCoupons = z.strictObject({
  ...oneCampaign,
  issueId: z.uuid(),
  personIds: z.array(PersonId).min(1).max(limits.couponsPerCommand),
})
export const IssuedCoupons = z.object({
  /** In the order of the people. */
  results: z.array(
    z.object({
      personId: PersonId,
      couponId: CouponId.nullable(),
      conversationId: ConversationId.nullable(),
      refusal: z.string().nullable(),
    }),
  ),
})
export type IssuedCoupons = z.infer<typeof IssuedCoupons>
export const VoidCoupon = z.strictObject({
  ...inOrganization,
  couponId: CouponId,
  reason: line({ max: limits.couponReason }),
})

/** What a campaign has given out, the newest first; without codes. */
export const ListCoupons = z.strictObject({
  ...oneCampaign,
  state: CouponState.optional(),
  after: CouponId.optional(),
  limit: z.int().min(1).max(limits.page).default(50),
})
export const IssuedCoupon = z.object({
  ...Coupon.omit({ code: true }).shape,
  holderId: PersonId,
  holderName: z.string(),
  voidReason: z.string().nullable(),
})
export const CouponList = z.object({ coupons: z.array(IssuedCoupon), next: CouponId.nullable() })

function withoutDefaults() {
  const entries = Object.entries(content).map(([name, schema]) => {
    const bare = schema instanceof z.ZodDefault ? schema.unwrap() : schema
    return [name, z.optional(bare)]
  })
  return Object.fromEntries(entries) as {
    [N in keyof typeof content]: z.ZodOptional<
      (typeof content)[N] extends z.ZodDefault<infer Inner> ? Inner : (typeof content)[N]
    >
  }
}
