import type { z } from 'zod'
import {
  Campaign,
  ChangeCampaign,
  CreateCampaign,
  OneCampaign,
  SeenCampaign,
  SetCampaignState,
  type CampaignState,
} from '../../../protocol/coupons.ts'
import type { OrganizationId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import { recordAct } from '../../platform/audit.ts'
import { command, personOf, query, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isActiveMember, isAdministrator, lockOrganization } from '../organization/index.ts'
import { policyOf } from '../reports/index.ts'
import { allowCampaign } from './access.ts'
import type { HeldCampaign } from './admission.ts'
import type { CampaignContent } from './campaign-content.ts'
import { requireSound } from './campaign-rules.ts'
import { seeCampaign, viewCampaign } from './campaign-view.ts'
import * as store from './campaign-store.ts'
import { tendBy } from './tend-job.ts'
import { tellManagers } from './tell-holders.ts'
import { nextDue } from './tend-store.ts'

export const createCampaign = command({
  name: 'campaign.create',
  summary: 'Make a campaign of coupons: what they give, to whom, when and where, and how many. It begins as a draft.',
  input: CreateCampaign,
  output: Campaign,

  lock: (ctx, { organizationId }) => lockOrganization(ctx.tx, organizationId),
  allow: (ctx, { organizationId }) => isAdministrator(ctx.tx, organizationId, personOf(ctx)),

  async run(ctx, { organizationId, campaignId: id, ...input }) {
    const createdBy = personOf(ctx)
    const existing = await store.readCampaign(ctx.tx, id)
    if (existing) {
      const isOwn = existing.organizationId === organizationId && existing.createdBy === createdBy
      if (isOwn) return viewCampaign(ctx, id)
      throw new Refusal('campaign.id-taken', { path: 'campaignId' })
    }
    if ((await store.countCampaigns(ctx.tx, organizationId)) >= limits.campaigns) throw new Refusal('campaign.limit')
    const content = await fillIn(ctx, organizationId, { ...input, senderId: input.senderId ?? createdBy })
    requireSound(content, { issued: 0, committed: 0, now: ctx.now })
    await requireSender(ctx, organizationId, content)
    if (!(await store.insertCampaign(ctx.tx, { id, organizationId, content, createdBy }, ctx.now)))
      throw new Refusal('campaign.id-taken', { path: 'campaignId' })
    recordAct(ctx, { organizationId, act: 'campaign.created', thingId: id })
    tellManagers(ctx.tx, organizationId)
    return viewCampaign(ctx, id)
  },
})

export const changeCampaign = command({
  name: 'campaign.change',
  summary: 'Change a campaign. What has been issued keeps its value and its end.',
  input: ChangeCampaign,
  output: Campaign,
  lock: holdOne,
  allow: allowManaging,

  async run(ctx, { organizationId, campaignId, ...changes }, held) {
    const campaign = requireGoing(held)
    const content = { ...campaign.content, ...withoutAbsent(changes) }
    const sound = { ...content, ...(await fillIn(ctx, organizationId, content)) }
    requireSound(sound, { ...campaign, before: campaign.content, now: ctx.now })
    await requireSender(ctx, organizationId, sound)
    await store.setContent(ctx.tx, campaignId, sound)
    const fields = Object.keys(withoutAbsent(changes))
    recordAct(ctx, { organizationId, act: 'campaign.changed', thingId: campaignId, facts: { fields } })
    tellManagers(ctx.tx, organizationId)
    if (campaign.state !== 'draft') {
      const isReminding = sound.remindDays !== null
      const due = [sound.endsAt, await nextDue(ctx.tx, campaignId, { isReminding })]
      await tendBy(ctx.tx, campaign, due.flatMap((time) => time ?? []).toSorted()[0] ?? null)
    }
    return viewCampaign(ctx, campaignId)
  },
})

export const setCampaignState = command({
  name: 'campaign.set-state',
  summary: 'Begin to give coupons out, pause that and their redemption, or end it for good: issued ones stay good.',
  input: SetCampaignState,
  output: Campaign,
  lock: holdOne,
  allow: allowManaging,

  async run(ctx, { organizationId, campaignId, state }, held) {
    if (!held) throw new Refusal('campaign.not-found')
    if (held.state === state) return viewCampaign(ctx, campaignId)
    requireStep(held, state)
    if (state === 'active') {
      requireSound(held.content, { ...held, now: ctx.now })
      await requireSender(ctx, organizationId, held.content)
    }
    await store.setState(ctx.tx, campaignId, state)
    recordAct(ctx, { organizationId, act: 'campaign.state-changed', thingId: campaignId, facts: { state } })
    tellManagers(ctx.tx, organizationId)
    if (state === 'active') await tendBy(ctx.tx, held, held.content.endsAt)
    return viewCampaign(ctx, campaignId)
  },
})

export const getCampaign = query({
  name: 'campaign.get',
  summary: 'A campaign, with what has become of its coupons; for those who only redeem it what the till asks for.',
  input: OneCampaign,
  output: SeenCampaign,

  async allow(ctx, { organizationId, campaignId }) {
    const campaign = await store.findCampaign(ctx.tx, campaignId)
    const mayRedeem = await allowCampaign(ctx, organizationId, { campaign, what: 'redeem' })
    return mayRedeem === true || allowCampaign(ctx, organizationId, { campaign, what: 'send' })
  },

  run: (ctx, { campaignId }) => seeCampaign(ctx, campaignId),
})

type One = z.output<typeof OneCampaign>

export async function holdOne(ctx: Context, { campaignId }: One): Promise<HeldCampaign | undefined> {
  return (await store.holdStocks(ctx.tx, [campaignId]))[0]
}

export function allowManaging(ctx: Context, { organizationId }: One, campaign: HeldCampaign | undefined) {
  return allowCampaign(ctx, organizationId, { campaign, what: 'manage' })
}

function requireGoing(held: HeldCampaign | undefined): HeldCampaign {
  if (!held) throw new Refusal('campaign.not-found')
  if (held.state === 'ended') throw new Refusal('campaign.ended')
  return held
}

/** Nothing that has ended begins again, and a draft cannot be paused. */
function requireStep({ state }: HeldCampaign, next: CampaignState): void {
  if (state === 'ended') throw new Refusal('campaign.ended')
  if (state === 'draft' && next === 'paused')
    throw new Refusal('input.invalid', { path: 'state', message: 'A draft gives nothing out that could be paused.' })
}

type Input = Omit<z.output<typeof CreateCampaign>, 'organizationId' | 'campaignId' | 'senderId'> & {
  senderId: CampaignContent['senderId']
}

/** Times as the server writes them, and the organization's time zone where none is said. */
async function fillIn(ctx: Context, organizationId: OrganizationId, input: Input): Promise<CampaignContent> {
  const timeZone = input.timeZone ?? (await policyOf(ctx.tx, organizationId)).timeZone
  return { ...input, timeZone, startsAt: instantOf(input.startsAt), endsAt: instantOf(input.endsAt) }
}

const instantOf = (time: string | null) => (time === null ? null : `${new Date(time).toISOString().slice(0, -1)}000Z`)

async function requireSender(ctx: Context, organizationId: OrganizationId, { senderId }: CampaignContent) {
  if (!(await isActiveMember(ctx.tx, organizationId, senderId)))
    throw new Refusal('campaign.sender-unknown', { path: 'senderId' })
}

function withoutAbsent<T extends object>(changes: T) {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as {
    [N in keyof T]?: Exclude<T[N], undefined>
  }
}
