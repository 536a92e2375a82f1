import type { CampaignState, CouponState } from '../../../protocol/coupons.ts'
import type { ErrorCode } from '../../../protocol/errors.ts'
import type { CampaignId, CouponId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import type { CampaignContent } from './campaign-content.ts'
import { couponIdOf } from './coupon-id.ts'
import { expiryOf, localDay, wakingTime } from './time-rules.ts'
import { worthOf } from './value-rules.ts'

/** What decides over a campaign. */
export type CampaignFacts = {
  id: CampaignId
  organizationId: OrganizationId
  state: CampaignState
  content: CampaignContent
}
/** A campaign whose stock is held. */
export type HeldCampaign = CampaignFacts & {
  issued: number
  committed: number
  /** When a job looks after its coupons next. */
  tendAt: string | null
}

export type Asked = {
  organizationId: OrganizationId
  campaignId: CampaignId
  personId: PersonId
  /** For what it is issued: the same key gives the same coupon, whenever and however often it is asked for. */
  sourceKey: string
  /** Taken by the person, who keeps it by that. */
  isClaim: boolean
}
/** What somebody is and has, as far as a campaign cares. */
export type PersonFacts = {
  takesPart: boolean
  tags: readonly string[]
  /** Coupons of this campaign that were issued to them, or given by others. */
  taken: number
  /** Coupons of all campaigns that they can use yet. */
  open: number
}
/** What was issued for a source before. */
export type Issued = { id: CouponId; issuedTo: PersonId; code: string; state: CouponState }

export type Fresh = {
  id: CouponId
  organizationId: OrganizationId
  campaignId: CampaignId
  sourceKey: string
  issuedTo: PersonId
  code: string
  state: 'issued' | 'saved'
  balance: number | null
  committed: number
  expiresAt: string | null
  remindAt: string | null
  isClaim: boolean
  day: string
}
export type Answer = { couponId: CouponId; isFresh: boolean } | { refusal: ErrorCode }
export type Admission = { fresh: Fresh[]; answers: Answer[] }

export type Known = {
  campaigns: ReadonlyMap<CampaignId, HeldCampaign>
  /** By `campaign person`. */
  people: ReadonlyMap<string, PersonFacts>
  /** What was issued before. */
  issued: ReadonlyMap<CouponId, Issued>
  now: Date
  makeCode(): string
}

export const keyOf = (campaignId: string, other: string) => `${campaignId} ${other}`

/**
 * Pure: who gets a coupon, in the order of asking. What was issued for a source before is the answer again. Counts run
 * on within the batch, so that neither stock nor budget nor anybody's share is exceeded by one.
 */
export function admit(asked: readonly Asked[], known: Known): Admission {
  const { take, fresh } = beginAdmission(known)
  return { answers: asked.map(take), fresh }
}

/** The same one by one, for whoever decides by something else in between. `counts` go on from an earlier admission. */
export function beginAdmission(known: Known, counts = new Counts(known)) {
  const made = new Map<CouponId, Issued>()
  const fresh: Fresh[] = []
  function take(one: Asked): Answer {
    const id = couponIdOf(one.campaignId, one.sourceKey)
    const before = made.get(id) ?? known.issued.get(id)
    if (before && before.issuedTo !== one.personId) return { refusal: 'coupon.source-taken' }
    if (before) return { couponId: before.id, isFresh: false }
    const campaign = known.campaigns.get(one.campaignId)
    if (!campaign || campaign.organizationId !== one.organizationId) return { refusal: 'campaign.not-found' }
    const refusal = refuseOffer(campaign, known.now) ?? counts.refuse(campaign, one.personId)
    if (refusal) return { refusal }
    const coupon = counts.issue(campaign, { ...one, id })
    fresh.push(coupon)
    made.set(id, coupon)
    return { couponId: coupon.id, isFresh: true }
  }
  return { take, fresh }
}

/** Why nobody gets one now; undefined: it is given out. */
export function refuseOffer({ state, content }: CampaignFacts, now: Date): ErrorCode | undefined {
  if (state !== 'active') return 'coupon.not-offered'
  if (content.startsAt !== null && Date.parse(content.startsAt) > now.getTime()) return 'coupon.not-started'
  if (content.endsAt !== null && Date.parse(content.endsAt) <= now.getTime()) return 'coupon.campaign-over'
  return undefined
}

/** Why this person gets none, whatever is left. */
export function refusePerson(
  { content }: CampaignFacts,
  personId: PersonId,
  facts: PersonFacts,
): ErrorCode | undefined {
  const { customers, perPerson } = content
  if (!facts.takesPart) return 'coupon.not-for-person'
  if (customers.kind === 'people' && !customers.personIds.includes(personId)) return 'coupon.not-for-person'
  if (customers.kind === 'tags' && !customers.tags.some((tag) => facts.tags.includes(tag)))
    return 'coupon.not-for-person'
  if (perPerson !== null && facts.taken >= perPerson) return 'coupon.person-limit'
  return facts.open >= limits.couponsPerBooklet ? 'coupon.booklet-full' : undefined
}

/** Why there is none any more. */
export function refuseStock({ content, issued, committed }: HeldCampaign): ErrorCode | undefined {
  if (content.stock !== null && issued >= content.stock) return 'coupon.sold-out'
  const worth = worthOf(content.value) ?? 0
  return content.budget !== null && committed + worth > content.budget ? 'coupon.budget-spent' : undefined
}

type Terms = Pick<Fresh, 'balance' | 'committed' | 'expiresAt' | 'remindAt' | 'day'>

/** How far stock, budget and people's shares are used within a batch. */
export class Counts {
  #known: Known
  readonly #campaigns = new Map<CampaignId, HeldCampaign>()
  readonly #people = new Map<string, PersonFacts>()
  readonly #openMore = new Map<PersonId, number>()
  readonly #terms = new Map<CampaignId, Terms>()

  constructor(known: Known) {
    this.#known = known
  }

  /** What was counted so far stays; of all else this is known now. */
  goOn(known: Known): void {
    this.#known = known
  }

  refuse(campaign: HeldCampaign, personId: PersonId): ErrorCode | undefined {
    const facts = this.#factsOf(campaign.id, personId)
    const open = facts.open + (this.#openMore.get(personId) ?? 0)
    return refusePerson(campaign, personId, { ...facts, open }) ?? refuseStock(this.#campaignOf(campaign))
  }

  issue(campaign: HeldCampaign, one: Asked & { id: CouponId }): Fresh {
    const { id, organizationId, campaignId, personId, sourceKey, isClaim } = one
    const { makeCode } = this.#known
    const held = this.#campaignOf(campaign)
    const terms = this.#termsOf(campaign)
    const facts = this.#factsOf(campaignId, personId)
    this.#campaigns.set(campaignId, { ...held, issued: held.issued + 1, committed: held.committed + terms.committed })
    this.#people.set(keyOf(campaignId, personId), { ...facts, taken: facts.taken + 1 })
    this.#openMore.set(personId, (this.#openMore.get(personId) ?? 0) + 1)
    const state = isClaim ? 'saved' : 'issued'
    const made = { id, code: makeCode(), issuedTo: personId, state } as const
    return { ...made, organizationId, campaignId, sourceKey, isClaim, ...terms }
  }

  #campaignOf(campaign: HeldCampaign): HeldCampaign {
    return this.#campaigns.get(campaign.id) ?? campaign
  }

  #factsOf(campaignId: CampaignId, personId: PersonId): PersonFacts {
    const key = keyOf(campaignId, personId)
    const nothing = { takesPart: false, tags: [], taken: 0, open: 0 }
    return this.#people.get(key) ?? this.#known.people.get(key) ?? nothing
  }

  /** The same for all coupons that a campaign issues at one moment. */
  #termsOf({ id, content }: HeldCampaign): Terms {
    const known = this.#terms.get(id) ?? termsOf(content, this.#known.now)
    this.#terms.set(id, known)
    return known
  }
}

const DAY_MS = 24 * 3_600_000

function termsOf(content: CampaignContent, now: Date): Terms {
  const { value, timeZone, remindDays } = content
  const expiresAt = expiryOf(content, now)
  const remindAt =
    expiresAt !== null && remindDays !== null ? new Date(expiresAt.getTime() - remindDays * DAY_MS) : null
  return {
    balance: value.kind === 'gift' ? value.amount : null,
    committed: worthOf(value) ?? 0,
    expiresAt: expiresAt?.toISOString() ?? null,
    // One that is as short as that was reminded of by being issued.
    remindAt: remindAt !== null && remindAt > now ? wakingTime(timeZone, remindAt).toISOString() : null,
    day: localDay(timeZone, now),
  }
}
