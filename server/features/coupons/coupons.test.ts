import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import type { Code, UsedCode } from '../../../protocol/codes.ts'
import type { ConversationView, HistoryPage, Message } from '../../../protocol/conversations.ts'
import type { Booklet, Campaign, CampaignList, Coupon, IssuedCoupons, SeenOffer } from '../../../protocol/coupons.ts'
import type { PersonEvent } from '../../../protocol/delivery.ts'
import type { RedeemedCoupon } from '../../../protocol/redemptions.ts'
import { limits } from '../../../protocol/limits.ts'
import type { z } from 'zod'
import type { Name } from '../../testing/cast.ts'
import { HOUR_MS, amount, codeOf, openCouponStage } from '../../testing/coupon-stage.ts'
import { bringIn } from '../../testing/outsiders.ts'
import type { World } from '../../testing/world.ts'

const stage = await openCouponStage()
const setState = (name: Name, state: string) =>
  stage.world.database.transaction(
    (tx) => tx`update member set state = ${state} where person_id = ${stage.world.cast[name].personId}`,
  )
const { world, inside, begin, makeGroup, offerIn, tell, claimOf, redemptionOf, bookletOf, campaignNow, issued, askAs } =
  stage
after(() => world[Symbol.asyncDispose]())
/** The smallest PNG. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

test('G18-01 G18-02 G18-04 G18-05 G18-06 a coupon in a message is claimed, kept and redeemed once', async () => {
  const campaign = await begin({ places: ['Berlin'] })
  const { campaigns } = (await world.ask('andrew', 'campaign.list', inside())) as z.output<typeof CampaignList>
  assert.equal(campaigns[0]?.id, campaign.id)
  const message = await tell(campaign.id)
  assert.equal((await bookletOf('nancy')).createdAt, null)
  const input = claimOf(message, campaign.id)
  const coupon = await world.act<Coupon>('nancy', 'coupon.claim', input)
  assert.deepEqual(await world.act('nancy', 'coupon.claim', input), coupon)
  assert.match(coupon.code ?? '', /^[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){2}$/)
  const away = { after: 0 }
  const heard = (await world.ask('nancy', 'sync.person-difference', away)) as { events: PersonEvent[] }
  assert.deepEqual(
    heard.events.flatMap((event) => (event.name === 'coupon.changed' ? [event.coupon] : [])),
    [coupon],
  )
  assert.ok(!JSON.stringify(await world.ask('janet', 'sync.person-difference', away)).includes(coupon.id))
  const booklet = await bookletOf('nancy')
  assert.deepEqual(
    booklet.coupons.map(({ coupon: { id, state }, offer: { title } }) => [id, state, title]),
    [[coupon.id, 'saved', 'Five euros']],
  )
  assert.ok(!JSON.stringify(message).includes(coupon.code ?? ''))
  const redeem = redemptionOf(coupon, { place: 'Berlin' })
  const done = await world.act<RedeemedCoupon>('robert', 'coupon.redeem', redeem)
  assert.equal(done.redemption.value, 500)
  const again = { ...redeem, redemptionId: uuidv7() }
  const refusal = await world.refuse('robert', 'coupon.redeem', again, 'coupon.redeemed')
  assert.deepEqual(refusal.details, { usedAt: '2026-05-14T09:00:00.000000Z', usedPlace: 'Berlin' })
  assert.match(refusal.message, /used at Berlin on 2026-05-14 at 09:00/)
  assert.deepEqual(await world.act('robert', 'coupon.redeem', redeem), done)
  await world.refuse('robert', 'coupon.redeem', { ...redeem, place: 'Rome' }, 'coupon.redemption-id-taken')
  await world.refuse('robert', 'coupon.redeem', again, 'coupon.redeemed')
  const counts = { issued: 1, claimed: 1, redeemed: 1, expired: 0, void: 0, valueGiven: 500 }
  assert.deepEqual((await campaignNow(campaign.id)).counts, counts)
  assert.equal((await bookletOf('nancy')).coupons.length, 0)
  assert.equal((await bookletOf('nancy', { show: 'over' })).coupons[0]?.coupon.redeemedPlace, 'Berlin')
})

test('G18-02 only managers of the coupons and members whom the campaign names put one into a message', async () => {
  const { id: campaignId } = await begin({ senderIds: [world.cast.nancy.personId] })
  const group = await makeGroup('group', ['nancy', 'robert'])
  await world.act('nancy', 'message.post', offerIn(group, campaignId))
  await world.refuse('robert', 'message.post', offerIn(group, campaignId), 'campaign.not-found')
  const direct = {
    ...inside(),
    personId: world.cast.janet.personId,
    id: uuidv7(),
    parts: [{ type: 'coupon', campaignId }],
  }
  await world.refuse('robert', 'direct.post', direct, 'campaign.not-found')
  const { coupon: other } = await issued('janet')
  const strange = offerIn(group, campaignId, { couponId: other.id })
  await world.refuse('andrew', 'message.post', strange, 'campaign.not-found')
  const words = await world.act<Message>('robert', 'message.post', {
    ...offerIn(group, ''),
    parts: [{ type: 'text', text: 'Hi' }],
  })
  const edit = {
    ...inside(),
    audienceId: words.audienceId,
    number: words.number,
    parts: [{ type: 'coupon', campaignId }],
  }
  await world.refuse('robert', 'message.edit', edit, 'campaign.not-found')
  const later = { ...offerIn(group, campaignId), postAt: new Date(world.clock().getTime() + HOUR_MS).toISOString() }
  await world.refuse('robert', 'schedule.create', later, 'campaign.not-found')
  await world.act('andrew', 'campaign.set-state', { ...inside(), campaignId, state: 'paused' })
  await world.refuse('nancy', 'message.post', offerIn(group, campaignId), 'coupon.not-offered')
  const elsewhere = { organizationId: world.cast.otherOrganizationId }
  const input = { ...elsewhere, campaignId: uuidv7(), name: 'Theirs', title: 'Theirs', value: amount }
  const theirs = await world.act<Campaign>('outsider', 'campaign.create', input)
  await world.act('outsider', 'campaign.set-state', { ...elsewhere, campaignId: theirs.id, state: 'active' })
  await world.refuse('andrew', 'message.post', offerIn(group, theirs.id), 'campaign.not-found')
})

test('G18-03 G18-07 coupons are sent to contacts, and one booklet holds those of several establishments', async () => {
  const maria = await bringIn(world, 'nancy', 'maria')
  const { id: campaignId } = await begin({ senderId: world.cast.nancy.personId })
  const issue = { ...inside(), campaignId, issueId: uuidv7(), personIds: [maria.personId] }
  const { results } = await world.act<IssuedCoupons>('andrew', 'coupon.issue', issue)
  assert.deepEqual(await world.act('andrew', 'coupon.issue', issue), { results })
  const fresh = { ...issue, issueId: uuidv7() }
  await world.refuse('robert', 'coupon.issue', fresh, 'access.refused')
  await setState('nancy', 'deactivated')
  await world.refuse('andrew', 'coupon.issue', fresh, 'campaign.sender-unknown')
  await setState('nancy', 'active')
  const [result] = results
  const { conversations } = (await askAs(maria, 'conversation.list', inside())) as { conversations: ConversationView[] }
  const [direct] = conversations
  assert.deepEqual([direct?.id, direct?.otherId], [result?.conversationId, world.cast.nancy.personId])
  const history = { ...inside(), audienceId: direct?.audiences[0]?.id }
  const { messages } = (await askAs(maria, 'message.history', history)) as z.output<typeof HistoryPage>
  const part = { type: 'coupon', campaignId, couponId: result?.couponId }
  assert.deepEqual(
    messages.map(({ parts }) => parts),
    [[part]],
  )
  const elsewhere = { organizationId: world.cast.otherOrganizationId }
  const input = { ...elsewhere, campaignId: uuidv7(), name: 'Theirs', title: 'Theirs', value: amount }
  const theirs = await world.act<Campaign>('outsider', 'campaign.create', input)
  await world.act('outsider', 'campaign.set-state', { ...elsewhere, campaignId: theirs.id, state: 'active' })
  const toMe = { ...elsewhere, campaignId: theirs.id, issueId: uuidv7(), personIds: [maria.personId] }
  const refused = await world.act<IssuedCoupons>('outsider', 'coupon.issue', toMe)
  assert.equal(refused.results[0]?.refusal, 'coupon.not-for-person')
  await world.database.transaction(
    (tx) => tx`
      insert into outsider (organization_id, person_id, name, state, created_at)
      values (${world.cast.otherOrganizationId}, ${maria.personId}, 'maria', 'active', now())`,
  )
  await world.act('outsider', 'coupon.issue', { ...toMe, issueId: uuidv7() })
  const booklet = (await askAs(maria, 'booklet.read', {})) as Booklet
  assert.deepEqual(booklet.coupons.map(({ offer }) => offer.organization.name).toSorted(), ['Elsewhere', 'Northwind'])
  const ofTheirs = (await askAs(maria, 'booklet.read', elsewhere)) as Booklet
  assert.deepEqual(
    ofTheirs.coupons.map(({ offer }) => offer.organization.name),
    ['Elsewhere'],
  )
  const mine = booklet.coupons.find(({ coupon }) => coupon.id === result?.couponId)?.coupon
  assert.equal(mine?.state, 'issued')
  const saved = (await askAs(maria, 'coupon.save', { couponId: mine?.id })) as { coupon: Coupon }
  assert.equal(saved.coupon.state, 'saved')
  await world.refuse('janet', 'coupon.save', { couponId: mine?.id }, 'coupon.not-found')
})

test('G18-05 a claim about an issued coupon gives nobody another one', async () => {
  const lucy = await bringIn(world, 'nancy', 'lucy')
  const { id: campaignId } = await begin({ perPerson: null })
  const issue = { ...inside(), campaignId, issueId: uuidv7(), personIds: [lucy.personId] }
  const { results } = await world.act<IssuedCoupons>('andrew', 'coupon.issue', issue)
  const asked = { ...inside(), conversationId: results[0]?.conversationId }
  const { audiences } = (await askAs(lucy, 'conversation.get', asked)) as ConversationView
  const seen = { ...inside(), audienceId: audiences[0]?.id, number: 1, campaignId }
  const offer = (await askAs(lucy, 'coupon.offer', seen)) as SeenOffer
  assert.equal(offer.offer.campaignId, campaignId, 'it is shown in the message')
  await assert.rejects(askAs(lucy, 'coupon.claim', { ...seen, claimId: uuidv7() }), { code: 'access.refused' })
  await world.refuse('andrew', 'coupon.claim', { ...seen, claimId: uuidv7() }, 'access.refused')
  assert.equal((await campaignNow(campaignId)).counts.issued, 1)
})

test('G18-05 the stock ends with its last coupon, however often all claim at once; nobody takes too many', async () => {
  const { id: campaignId } = await begin({ stock: 3, perPerson: 2 })
  const message = await tell(campaignId)
  const claims = (['nancy', 'janet', 'robert'] as const).flatMap((name) =>
    Array.from({ length: 3 }, () => ({ name, input: claimOf(message, campaignId) })),
  )
  const thrice = [...claims, ...claims, ...claims]
  const outcomes = await Promise.allSettled(thrice.map(({ name, input }) => world.ask(name, 'coupon.claim', input)))
  const ids = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [Object(one.value).id] : []))
  assert.deepEqual([ids.length, new Set(ids).size], [9, 3])
  assert.deepEqual(new Set(outcomes.map(codeOf)), new Set(['done', 'coupon.sold-out', 'coupon.person-limit']))
  const { left, counts } = await campaignNow(campaignId)
  assert.deepEqual([left, counts.issued, counts.claimed], [0, 3, 3])
  const lower = { ...inside(), campaignId, stock: 2 }
  await world.refuse('andrew', 'campaign.change', lower, 'campaign.stock-below-issued')
  await world.act('andrew', 'campaign.change', { ...lower, stock: 4 })
  assert.equal((await campaignNow(campaignId)).left, 1)
  await world.act('andrew', 'campaign.change', { ...lower, stock: 3 })
  const { claimId: _id, ...seen } = claimOf(message, campaignId)
  assert.equal(((await world.ask('andrew', 'coupon.offer', seen)) as SeenOffer).refusal, 'coupon.sold-out')
})

test('G18-05 a coupon is claimed only by those who see it and whom it is for, in its time', async () => {
  const { id: campaignId } = await begin({ customers: { kind: 'people', personIds: [world.cast.nancy.personId] } })
  const message = await tell(campaignId)
  await world.refuse('janet', 'coupon.claim', claimOf(message, campaignId), 'coupon.not-for-person')
  await world.refuse('outsider', 'coupon.claim', claimOf(message, campaignId), 'access.refused')
  await world.refuse('steven', 'coupon.claim', claimOf(message, campaignId), 'access.refused')
  const other = await begin()
  await world.refuse('nancy', 'coupon.claim', claimOf(message, other.id), 'access.refused')
  const offer = (await world
    .ask('janet', 'coupon.offer', claimOf(message, campaignId))
    .catch((error) => error)) as object
  assert.equal(Object(offer).code, 'input.invalid')
  const { claimId: _id, ...seen } = claimOf(message, campaignId)
  assert.equal(((await world.ask('janet', 'coupon.offer', seen)) as SeenOffer).refusal, 'coupon.not-for-person')
  assert.equal(((await world.ask('nancy', 'coupon.offer', seen)) as SeenOffer).refusal, null)
  await world.refuse('steven', 'coupon.offer', seen, 'access.refused')
  await world.act('andrew', 'campaign.set-state', { ...inside(), campaignId, state: 'paused' })
  await world.refuse('nancy', 'coupon.claim', claimOf(message, campaignId), 'coupon.not-offered')
  const soon = new Date(world.clock().getTime() + HOUR_MS).toISOString()
  const later = await begin({ startsAt: soon })
  const told = await tell(later.id)
  await world.refuse('nancy', 'coupon.claim', claimOf(told, later.id), 'coupon.not-started')
  const tagged = await begin({ customers: { kind: 'tags', tags: ['vip'] } })
  await world.refuse('nancy', 'coupon.claim', claimOf(await tell(tagged.id), tagged.id), 'coupon.not-for-person')
  const ending = await begin({ endsAt: soon })
  const last = await tell(ending.id)
  world.clock.advance(HOUR_MS)
  await world.refuse('nancy', 'coupon.claim', claimOf(last, ending.id), 'coupon.campaign-over')
  await world.act('andrew', 'campaign.change', { ...inside(), campaignId: ending.id, name: 'Over, and renamed' })
})

test('G18-05 a claim ends with the budget, a full booklet, and what was said before one came', async () => {
  const { id: campaignId } = await begin({ budget: 1_000, stock: 100, perPerson: null })
  assert.equal((await campaignNow(campaignId)).left, 2)
  const group = await makeGroup('group', ['nancy'])
  const { audienceId, number } = await world.act<Message>('andrew', 'message.post', offerIn(group, campaignId))
  const claim = () => ({ ...inside(), campaignId, audienceId, number, claimId: uuidv7() })
  const personIds = [world.cast.janet.personId]
  await world.act('andrew', 'conversation.add-members', { ...inside(), conversationId: group.id, personIds })
  await world.refuse('janet', 'coupon.claim', claim(), 'access.refused')
  await world.act('andrew', 'conversation.remove-members', { ...inside(), conversationId: group.id, personIds })
  const later = await world.act<Message>('andrew', 'message.post', offerIn(group, campaignId))
  await world.refuse('janet', 'coupon.claim', claimOf(later, campaignId), 'access.refused')
  await world.act('nancy', 'coupon.claim', claim())
  await world.database.transaction(
    (tx) => tx`
      insert into coupon (id, organization_id, campaign_id, source_key, issued_to, holder_id, code, state, committed,
        issued_at)
      select gen_random_uuid(), ${world.cast.organizationId}, ${campaignId}, 'filler ' || number,
        ${world.cast.andrew.personId}, ${world.cast.nancy.personId}, 'FILLER' || number, 'saved', 0, now()
      from generate_series(1, ${limits.couponsPerBooklet}::int) as number`,
  )
  await world.refuse('nancy', 'coupon.claim', claim(), 'coupon.booklet-full')
  await world.database.transaction((tx) => tx`delete from coupon where source_key like 'filler %'`)
  await world.act('nancy', 'coupon.claim', claim())
  await world.refuse('nancy', 'coupon.claim', claim(), 'coupon.budget-spent')
})

test('G18-01 campaigns are made, changed and seen by those who may; what contradicts itself is refused', async () => {
  const make = (more: object) => ({
    ...inside(),
    campaignId: uuidv7(),
    name: 'Odd',
    title: 'Odd',
    value: amount,
    ...more,
  })
  const percentage = { kind: 'percentage', percent: 10 }
  const refuse = (more: object, code: Parameters<World['refuse']>[3]) =>
    world.refuse('andrew', 'campaign.create', make(more), code)
  await refuse({ endsAt: '2020-01-01T00:00:00Z' }, 'campaign.over')
  await refuse({ value: percentage, budget: 1_000 }, 'campaign.budget-unknown')
  await refuse({ minimumOrder: { amount: 100, currency: 'JPY' } }, 'campaign.currency-differs')
  await refuse({ startsAt: '2030-01-02T00:00:00Z', endsAt: '2030-01-01T00:00:00Z' }, 'campaign.over')
  await refuse({ senderId: world.cast.outsider.personId }, 'campaign.sender-unknown')
  await refuse({ value: { kind: 'amount', amount: 5, currency: 'XXQ' } }, 'input.invalid')
  await refuse({ timeZone: 'Nowhere/Land' }, 'input.invalid')
  await refuse({ windows: [{ days: [1], from: '10:00', until: '10:00' }] }, 'input.invalid')
  await world.refuse('nancy', 'campaign.create', make({}), 'access.refused')
  const { campaignId } = await issued('nancy')
  const change = { ...inside(), campaignId, value: { ...amount, amount: 600 } }
  await world.refuse('andrew', 'campaign.change', change, 'campaign.value-fixed')
  const spent = { ...inside(), campaignId, budget: 499 }
  await world.refuse('andrew', 'campaign.change', spent, 'campaign.budget-below-issued')
  await world.refuse('nancy', 'campaign.change', { ...inside(), campaignId, name: 'Mine' }, 'access.refused')
  const renamed = await world.act<Campaign>('andrew', 'campaign.change', { ...inside(), campaignId, name: 'Spring 2' })
  assert.deepEqual([renamed.name, renamed.title, renamed.value], ['Spring 2', 'Five euros', amount])
  const draft = await world.act<Campaign>('andrew', 'campaign.create', make({ name: 'Draft' }))
  const ofRobert = await begin({ name: 'For Robert', redeemerIds: [world.cast.robert.personId] })
  const home = { organizationId: world.cast.otherOrganizationId }
  const theirs = await world.act<Campaign>('outsider', 'campaign.create', { ...make({}), ...home })
  await world.refuse('outsider', 'campaign.create', { ...make({ campaignId }), ...home }, 'campaign.id-taken')
  const idsFor = async (name: Name, more: object = {}) => {
    const list = (await world.ask(name, 'campaign.list', { ...inside(), ...more })) as z.output<typeof CampaignList>
    return list.campaigns.map(({ id }) => id)
  }
  const shown = await Promise.all((['andrew', 'robert', 'nancy'] as const).map((name) => idsFor(name)))
  const seen = [draft, ofRobert, theirs].map(({ id }) => shown.map((ids) => ids.includes(id)))
  assert.deepEqual(seen, [
    [true, false, false],
    [true, true, false],
    [false, false, false],
  ])
  const ours = new Set<string>([draft.id, ofRobert.id, campaignId])
  assert.ok((await idsFor('outsider', home)).every((id) => !ours.has(id)))
  await world.refuse('nancy', 'campaign.get', { ...inside(), campaignId: ofRobert.id }, 'campaign.not-found')
  await world.refuse('robert', 'coupon.list', { ...inside(), campaignId: ofRobert.id }, 'access.refused')
  const held = await world.ask('andrew', 'coupon.list', { ...inside(), campaignId, state: 'saved' })
  assert.deepEqual(
    Object(held).coupons.map(({ holderName }: { holderName: string }) => holderName),
    ['nancy'],
  )
})

test('G13-06 a scanned coupon code brings a coupon by message, once however often it is scanned', async () => {
  const { id: campaignId } = await begin({ senderId: world.cast.nancy.personId, perPerson: null })
  const codeFor = (subjectId: string, place: string) => ({
    ...inside(),
    kind: 'coupon',
    subjectId,
    codeId: uuidv7(),
    place,
  })
  const makeCode = (place: string, subjectId: string = campaignId) =>
    world.act<Code>('andrew', 'code.create', codeFor(subjectId, place))
  const tokenIn = ({ url }: Code) => url.slice(url.lastIndexOf('/') + 1)
  const [door, table] = [tokenIn(await makeCode('Door')), tokenIn(await makeCode('Table'))]
  await world.refuse('robert', 'code.create', codeFor(campaignId, 'Mine'), 'access.refused')
  const elsewhere = { ...codeFor(campaignId, 'Ours'), organizationId: world.cast.otherOrganizationId }
  await world.refuse('outsider', 'code.create', elsewhere, 'campaign.not-found')
  const elio = await bringIn(world, 'nancy', 'elio')
  const scans = [door, table, door, table].map((token) => askAs(elio, 'code.use', { token }) as Promise<UsedCode>)
  const used = await Promise.all(scans)
  assert.equal(new Set(used.map(({ conversationId }) => conversationId)).size, 1)
  const view = (await askAs(elio, 'conversation.get', {
    ...inside(),
    conversationId: used[0]?.conversationId,
  })) as ConversationView
  const history = { ...inside(), audienceId: view.audiences[0]?.id }
  const { messages } = (await askAs(elio, 'message.history', history)) as z.output<typeof HistoryPage>
  const { coupons } = (await askAs(elio, 'booklet.read', {})) as Booklet
  const part = { type: 'coupon', campaignId, couponId: coupons[0]?.coupon.id }
  assert.deepEqual(
    messages.map(({ parts, authorId }) => [parts, authorId]),
    [[[part], world.cast.nancy.personId]],
  )
  assert.equal(coupons.length, 1)
  await setState('nancy', 'deactivated')
  await world.refuse('robert', 'code.use', { token: door }, 'scan.revoked')
  await setState('nancy', 'active')
  await world.act('andrew', 'campaign.set-state', { ...inside(), campaignId, state: 'paused' })
  await world.refuse('robert', 'code.use', { token: door }, 'scan.revoked')
  await world.act('andrew', 'campaign.set-state', { ...inside(), campaignId, state: 'ended' })
  await world.refuse('andrew', 'code.create', codeFor(campaignId, 'Late'), 'campaign.ended')
  const own = await issued('janet')
  const again = tokenIn(await makeCode('Till', own.campaignId))
  const { conversationId } = await world.act<UsedCode>('janet', 'code.use', { token: again })
  const shown = await world.ask('janet', 'conversation.get', { ...inside(), conversationId })
  const shownIn = { ...inside(), audienceId: (shown as ConversationView).audiences[0]?.id }
  const page = (await world.ask('janet', 'message.history', shownIn)) as z.output<typeof HistoryPage>
  const has = { type: 'coupon', campaignId: own.campaignId, couponId: own.coupon.id }
  assert.deepEqual(page.messages.at(-1)?.parts, [has], 'who has as many as they may is shown the one they have')
})

test('G13-06 a newcomer who scans at the door has a coupon, without an address or a password', async () => {
  await world.act('andrew', 'outsider-rules.change', { ...inside(), admitsAnonymous: true })
  const { id: campaignId } = await begin()
  const code = { ...inside(), kind: 'coupon', subjectId: campaignId, codeId: uuidv7() }
  const { url } = await world.act<Code>('andrew', 'code.create', code)
  const join = { token: url.slice(url.lastIndexOf('/') + 1), device: { name: 'Phone', class: 'mobile' }, keep: 'token' }
  const joined = Object(await world.askAs({ kind: 'nobody' }, 'code.join-anonymously', join))
  assert.ok(joined.conversationId)
  const actor = { kind: 'person' as const, personId: joined.personId, deviceId: joined.deviceId }
  const { coupons } = (await askAs({ personId: joined.personId, actor }, 'booklet.read', {})) as Booklet
  assert.deepEqual(
    coupons.map(({ offer }) => offer.campaignId),
    [campaignId],
  )
})

test('G13-07 an owner sends notices, events, links and coupons with a picture to those who joined by a code', async () => {
  const shop = await makeGroup('broadcast', [])
  const code = { ...inside(), kind: 'group', subjectId: shop.id, codeId: uuidv7() }
  const { url } = await world.act<Code>('andrew', 'code.create', code)
  const guest = await bringIn(world, 'nancy', 'guest')
  await askAs(guest, 'code.use', { token: url.slice(url.lastIndexOf('/') + 1) })
  const { id: campaignId } = await begin()
  const message = await world.act<Message>('andrew', 'message.post', offerIn(shop, campaignId))
  const texts = ['Closed on Monday', 'Tasting on 3 June at six', 'See it: https://videos.example/tasting']
  for (const text of texts)
    await world.act('andrew', 'message.post', { ...offerIn(shop, ''), parts: [{ type: 'text', text }] })
  const history = { ...inside(), audienceId: shop.audiences[0]?.id }
  const { messages } = (await askAs(guest, 'message.history', history)) as z.output<typeof HistoryPage>
  const got = messages.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === 'text' ? part.text : part.type === 'coupon' ? part.campaignId : [])),
  )
  assert.deepEqual(got, [campaignId, ...texts])
  await world.refuse('nancy', 'message.history', history, 'access.refused')
  const drawing = { ...inside(), campaignId, picture: Buffer.from('<svg onload="alert(1)"/>').toString('base64') }
  await world.refuse('andrew', 'campaign.set-picture', drawing, 'campaign.picture-unreadable')
  await world.act('andrew', 'campaign.set-picture', { ...inside(), campaignId, picture: PIXEL })
  const { claimId: _id, ...seen } = claimOf(message, campaignId)
  assert.match(((await askAs(guest, 'coupon.offer', seen)) as SeenOffer).offer.picture ?? '', /^\/coupon-pictures\//)
  const coupon = (await askAs(guest, 'coupon.claim', claimOf(message, campaignId))) as Coupon
  await assert.rejects(askAs(guest, 'message.post', offerIn(shop, campaignId)), { code: 'broadcast.one-way' })
  await assert.rejects(askAs(guest, 'coupon.redeem', redemptionOf(coupon)), { code: 'access.refused' })
  await world.refuse('nancy', 'coupon.claim', claimOf(message, campaignId), 'access.refused')
})
