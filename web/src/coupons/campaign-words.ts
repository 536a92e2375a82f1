import type { Campaign, CouponCustomers, CouponValue, TimeWindow } from '../../../protocol/coupons.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import type { InputOf } from '../../../sdk/index.ts'
import type { Shown } from './coupon-card.tsx'
import { momentAt, wallTime } from '../platform/zoned-time.ts'
import { readAmount, typeAmount } from './money.ts'

/** What stands in the fields of the editor, as it was typed. */
export type CampaignWords = {
  name: string
  title: string
  text: string
  terms: string
  kind: CouponValue['kind']
  amount: string
  percent: string
  cap: string
  item: string
  currency: string
  minimumOrder: string
  /** By whose clocks the times below are. */
  timeZone: string
  startsAt: string
  endsAt: string
  validDays: string
  windows: TimeWindow[]
  places: string
  customers: CouponCustomers['kind']
  tags: string
  personIds: PersonId[]
  stock: string
  perPerson: string
  budget: string
  remindDays: string
  isTransferable: boolean
  /** Null: who makes the campaign. */
  senderId: PersonId | null
  senderIds: PersonId[]
  redeemers: 'everybody' | 'named'
  redeemerIds: PersonId[]
}

export const emptyWords = (currency: string, timeZone: string): CampaignWords => ({
  name: '',
  title: '',
  text: '',
  terms: '',
  kind: 'amount',
  amount: '',
  percent: '10',
  cap: '',
  item: '',
  currency,
  minimumOrder: '',
  timeZone,
  startsAt: '',
  endsAt: '',
  validDays: '',
  windows: [],
  places: '',
  customers: 'everybody',
  tags: '',
  personIds: [],
  stock: '',
  perPerson: '1',
  budget: '',
  remindDays: '3',
  isTransferable: false,
  senderId: null,
  senderIds: [],
  redeemers: 'everybody',
  redeemerIds: [],
})

/** A campaign as its editor shows it. */
export function wordsOf(campaign: Campaign, currency: string): CampaignWords {
  const { value, minimumOrder, customers, timeZone, senderId, senderIds, redeemerIds } = campaign
  const money = currencyIn(campaign) ?? currency
  const typed = (amount: number | null | undefined) => (amount ? typeAmount({ amount, currency: money }) : '')
  const number = (count: number | null) => (count === null ? '' : String(count))
  return {
    name: campaign.name,
    title: campaign.title,
    text: campaign.text,
    terms: campaign.terms,
    kind: value.kind,
    amount: 'amount' in value ? typed(value.amount) : '',
    percent: value.kind === 'percentage' ? String(value.percent) : '10',
    cap: value.kind === 'percentage' ? typed(value.cap?.amount) : '',
    item: value.kind === 'item' ? value.item : '',
    currency: money,
    minimumOrder: typed(minimumOrder?.amount),
    timeZone,
    startsAt: wallTime(campaign.startsAt, timeZone),
    endsAt: wallTime(campaign.endsAt, timeZone),
    validDays: number(campaign.validDays),
    windows: campaign.windows,
    places: campaign.places.join(', '),
    customers: customers.kind,
    tags: customers.kind === 'tags' ? customers.tags.join(', ') : '',
    personIds: customers.kind === 'people' ? customers.personIds : [],
    stock: number(campaign.stock),
    perPerson: number(campaign.perPerson),
    budget: typed(campaign.budget),
    remindDays: number(campaign.remindDays),
    isTransferable: campaign.isTransferable,
    senderId,
    senderIds,
    redeemers: redeemerIds === null ? 'everybody' : 'named',
    redeemerIds: redeemerIds ?? [],
  }
}

function currencyIn({ value, minimumOrder }: Pick<Campaign, 'value' | 'minimumOrder'>): string | undefined {
  if ('currency' in value) return value.currency
  return (value.kind === 'percentage' ? value.cap?.currency : undefined) ?? minimumOrder?.currency
}

export type CampaignContent = Omit<InputOf<'campaign.create'>, 'organizationId' | 'campaignId' | 'value'> & {
  value: CouponValue
}
/** Fields that must be filled in, or hold what cannot be. */
export type Faults = ReadonlySet<keyof CampaignWords>
export type Read = { content: CampaignContent; faults: Faults }

/** What the fields come to. With faults it is good for nothing but the preview. */
export function readWords(words: CampaignWords): Read {
  const faults = new Set<keyof CampaignWords>()
  const { currency } = words
  const amount = (name: 'amount' | 'cap' | 'minimumOrder' | 'budget') => {
    const typed = words[name].trim()
    const read = readAmount(typed, currency)
    if (typed !== '' && read === undefined) faults.add(name)
    return read
  }
  const count = (name: 'stock' | 'perPerson' | 'validDays' | 'remindDays' | 'percent', max: number) => {
    const typed = words[name].trim()
    if (typed === '') return null
    const least = name === 'validDays' ? 0 : 1
    const isSound = /^\d{1,8}$/.test(typed) && Number(typed) >= least && Number(typed) <= max
    if (!isSound) faults.add(name)
    return isSound ? Number(typed) : null
  }
  const money = (read: number | undefined) => (read === undefined ? null : { amount: read, currency })
  for (const name of ['name', 'title'] as const) if (words[name].trim() === '') faults.add(name)
  const { timeZone, senderId, senderIds } = words
  const [startsAt, endsAt] = [momentAt(words.startsAt, timeZone), momentAt(words.endsAt, timeZone)]
  if (startsAt && endsAt && endsAt <= startsAt) faults.add('endsAt')
  const content: CampaignContent = {
    name: words.name.trim(),
    title: words.title.trim(),
    text: words.text.trim(),
    terms: words.terms.trim(),
    value: readValue(words, { faults, amount, percent: () => count('percent', 100) ?? 1 }),
    minimumOrder: money(amount('minimumOrder')),
    timeZone,
    startsAt,
    endsAt,
    validDays: count('validDays', 3_650),
    windows: words.windows,
    places: listed(words.places),
    customers: readCustomers(words, faults),
    stock: count('stock', 10_000_000),
    perPerson: count('perPerson', 1_000),
    budget: amount('budget') ?? null,
    remindDays: count('remindDays', 60),
    isTransferable: words.isTransferable,
    ...(senderId && { senderId }),
    senderIds,
    redeemerIds: words.redeemers === 'named' ? words.redeemerIds : null,
  }
  if (content.windows?.some(({ days }) => days.length === 0)) faults.add('windows')
  return { content, faults }
}

function readCustomers(words: CampaignWords, faults: Set<keyof CampaignWords>): CouponCustomers {
  const { customers: kind, personIds } = words
  const tags = listed(words.tags)
  if (kind === 'tags' && tags.length === 0) faults.add('tags')
  if (kind === 'people' && personIds.length === 0) faults.add('personIds')
  if (kind === 'tags') return { kind, tags }
  return kind === 'people' ? { kind, personIds } : { kind }
}

type Reading = {
  faults: Set<keyof CampaignWords>
  amount: (name: 'amount' | 'cap') => number | undefined
  percent: () => number
}

function readValue(words: CampaignWords, { faults, amount, percent }: Reading): CouponValue {
  const { kind, currency } = words
  if (kind === 'percentage') {
    if (words.percent.trim() === '') faults.add('percent')
    const cap = amount('cap')
    return { kind, percent: percent(), cap: cap === undefined ? null : { amount: cap, currency } }
  }
  if (kind === 'item') {
    if (words.item.trim() === '') faults.add('item')
    return { kind, item: words.item.trim() }
  }
  if (words.amount.trim() === '') faults.add('amount')
  return { kind, amount: amount('amount') ?? 0, currency }
}

/** The coupon as the customer will see it, before it is complete. */
export function previewOf({ content }: Read, picture: string | null): Shown {
  const { title, text = '', value, minimumOrder = null, windows = [], places = [], validDays = null } = content
  const time = (at: string | null | undefined) => at ?? null
  const [startsAt, endsAt] = [time(content.startsAt), time(content.endsAt)]
  return { title, text, value, minimumOrder, windows, places, validDays, startsAt, endsAt, picture }
}

const listed = (words: string) =>
  words
    .split(/[,，;；\n]/)
    .map((word) => word.trim())
    .filter(Boolean)
