import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import type { HeldCoupon, IssuedCoupons } from '../../../protocol/coupons.ts'
import type { z } from 'zod'
import { until } from '../../../e2e/support/until.ts'
import { features } from '../../all-features.ts'
import { readSettings } from '../../platform/settings.ts'
import { openPushService, type PushService } from '../../testing/apple-push-service.ts'
import { openWalletService, type WalletService } from '../../testing/google-wallet-service.ts'
import { openPass } from '../../testing/open-pass.ts'
import { issuePassCertificate, makeAuthority, makePair } from '../../testing/pass-certificates.ts'
import { signIn, type SignedIn } from '../../testing/sign-in.ts'
import { openSite, type Site } from '../../testing/site.ts'
import { found, hire, type Founded } from '../../testing/staff.ts'
import { appleWalletFile, googleIssuerOf, googleWalletFile, googleWalletIssuer } from './settings.ts'

const authority = makeAuthority('G4')
const pair = makePair()
const folder = mkdtempSync(join(tmpdir(), 'wallets-'))
const write = (name: string, text: string) => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const pem = [issuePassCertificate(authority, pair), pair.privateKey, authority.pem].join('')
const passType = 'pass.example.northwind'
const phone = 'phone-0123456789abcdef'
const pushToken = 'ab'.repeat(32)

let site: Site
let apple: PushService
let google: WalletService
let andrew: Founded
let nancy: SignedIn
let janet: SignedIn
let inside: { organizationId: string }
let campaignId: string
const by = ({ token }: { token: string }) => ({ token })

before(async () => {
  apple = await openPushService(authority)
  google = await openWalletService(pair)
  const environment = {
    APPLE_WALLET_FILE: write('apple.pem', pem),
    APPLE_PUSH_URL: apple.url,
    GOOGLE_WALLET_FILE: write('google.json', google.accountFile),
    GOOGLE_WALLET_ISSUER: google.issuerId,
    GOOGLE_WALLET_URL: google.url,
  }
  site = await openSite(features, { environment })
  andrew = await found(site, 'Northwind', 'andrew@northwind.example')
  inside = { organizationId: andrew.organizationId }
  const people = ['Nancy Davolio', 'Janet Leverling'].map((name) => ({
    name,
    address: `${name.split(' ')[0]?.toLowerCase()}@northwind.example`,
  }))
  await hire(site, andrew.organizationId, people)
  nancy = await signIn(site, 'nancy@northwind.example')
  janet = await signIn(site, 'janet@northwind.example')
  campaignId = uuidv7()
  const value = { kind: 'amount', amount: 2_000, currency: 'USD' }
  const content = { name: 'May', title: 'Spring thanks', value, perPerson: null, isTransferable: true }
  await site.act('campaign.create', { ...inside, campaignId, ...content }, by(andrew))
  await site.act('campaign.set-state', { ...inside, campaignId, state: 'active' }, by(andrew))
})
after(async () => {
  await site[Symbol.asyncDispose]()
  await apple[Symbol.asyncDispose]()
  await google[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

/** A coupon of Nancy’s. */
async function issue(): Promise<{ couponId: string; code: string }> {
  const input = { ...inside, campaignId, issueId: uuidv7(), personIds: [nancy.personId] }
  const { results } = await site.act<z.output<typeof IssuedCoupons>>('coupon.issue', input, by(andrew))
  const couponId = results[0]?.couponId
  assert.ok(couponId, JSON.stringify(results))
  const { coupon } = await site.act<HeldCoupon>('coupon.get', { couponId }, by(nancy))
  return { couponId, code: coupon.code ?? '' }
}
const add = (couponId: string, wallet: 'apple' | 'google', from = nancy) =>
  site.act<{ url: string }>('wallet.add', { ...inside, couponId, wallet }, by(from))
const redeem = (code: string, place = 'Seattle') =>
  site.act('coupon.redeem', { ...inside, code, place, redemptionId: uuidv7() }, by(andrew))

/** What the phone has, by the link. */
async function download(couponId: string) {
  const { url } = await add(couponId, 'apple')
  const { pathname } = new URL(url)
  const response = await fetch(site.url + pathname)
  assert.equal(response.status, 200)
  assert.equal(response.headers.get('content-type'), 'application/vnd.apple.pkpass')
  const { pass } = openPass(Buffer.from(await response.arrayBuffer()), authority.pem)
  const serial = String(pass['serialNumber'])
  return { pass, serial, headers: { authorization: `ApplePass ${String(pass['authenticationToken'])}` }, pathname }
}
const service = (path: string, init: RequestInit = {}) => fetch(`${site.url}/wallet/apple/v1${path}`, init)
const registration = (serial: string) => `/devices/${phone}/registrations/${passType}/${serial}`
const json = (body: object, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { ...headers, 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

test('G18-06 a coupon in Apple Wallet shows as used once it is: the phone is told, and fetches it again', async () => {
  const { couponId, code } = await issue()
  const { pass, serial, headers } = await download(couponId)
  assert.equal(pass['voided'], false)
  assert.equal(Object(pass['barcodes'])[0].message, code)
  assert.equal(pass['webServiceURL'], 'https://talk.example.com/wallet/apple')
  apple.phones.add(pushToken)
  assert.equal((await service(registration(serial), json({ pushToken }, headers))).status, 201)
  assert.equal((await service(registration(serial), json({ pushToken }, headers))).status, 200)
  const first = await service(`/passes/${passType}/${serial}`, { headers })
  const modified = first.headers.get('last-modified') ?? ''
  const known = { ...headers, 'if-modified-since': modified }
  assert.equal((await service(`/passes/${passType}/${serial}`, { headers: known })).status, 304)
  const list = `/devices/${phone}/registrations/${passType}`
  const all = Object(await (await service(list)).json())
  assert.deepEqual(all.serialNumbers, [serial])
  site.clock.advance(120_000)
  assert.equal((await service(`${list}?passesUpdatedSince=${site.clock().getTime()}`)).status, 204)

  await redeem(code)
  await until(() => apple.told.length > 0, 'the phone is told')
  assert.deepEqual(apple.told, [{ pushToken, body: '{}', topic: passType }])
  const changed = Object(await (await service(`${list}?passesUpdatedSince=${all.lastUpdated}`)).json())
  assert.deepEqual(changed.serialNumbers, [serial])
  const second = await service(`/passes/${passType}/${serial}`, { headers: known })
  const fresh = openPass(Buffer.from(await second.arrayBuffer()), authority.pem).pass
  assert.deepEqual([fresh['voided'], fresh['barcodes']], [true, undefined])
  assert.equal(Object(fresh['coupon']).secondaryFields[1].value, 'Seattle')

  assert.equal((await service(registration(serial), { method: 'DELETE', headers })).status, 200)
  assert.equal((await service(list)).status, 204)
})

test('G18-06 a coupon in Google Wallet shows as used once it is', async () => {
  const { couponId, code } = await issue()
  const { url } = await add(couponId, 'google')
  const saved = await google.save(url)
  assert.equal(Object(saved['barcode']).value, code)
  await redeem(code)
  await until(() => google.objects.get(saved.id)?.state === 'COMPLETED', 'the object is completed')
})

test('G18-07 a pass is worth nothing once its coupon is passed on, and tells nothing of the new one', async () => {
  const { couponId, code } = await issue()
  const { serial, headers } = await download(couponId)
  await site.act(
    'conversation.create',
    {
      ...inside,
      conversationId: uuidv7(),
      kind: 'group',
      name: 'Both',
      personIds: [janet.personId],
    },
    by(nancy),
  )
  await site.act('coupon.transfer', { couponId, personId: janet.personId }, by(nancy))
  const response = await service(`/passes/${passType}/${serial}`, { headers })
  const { pass } = openPass(Buffer.from(await response.arrayBuffer()), authority.pem)
  assert.deepEqual([pass['voided'], pass['barcodes']], [true, undefined])
  const { coupon } = await site.act<HeldCoupon>('coupon.get', { couponId }, by(janet))
  assert.notEqual(coupon.code, code)
  assert.ok(!JSON.stringify(pass).includes(coupon.code ?? 'none'))
  assert.equal(
    (await site.refuse('wallet.add', { ...inside, couponId, wallet: 'apple' }, by(nancy))).code,
    'access.refused',
  )
})

test('G18-05 nobody puts somebody else’s coupon into a wallet, and nobody asks for a pass without its token', async () => {
  const { couponId } = await issue()
  const wanted = { ...inside, couponId, wallet: 'apple' }
  assert.equal((await site.refuse('wallet.add', wanted, by(janet))).code, 'access.refused')
  assert.equal((await site.refuse('wallet.add', { ...wanted, couponId: uuidv7() }, by(nancy))).code, 'access.refused')
  const elsewhere = { ...wanted, organizationId: uuidv7() }
  assert.equal((await site.refuse('wallet.add', elsewhere, by(nancy))).code, 'access.refused')
  assert.equal((await site.refuse('wallet.add', wanted)).code, 'session.required')
  const { serial, headers, pathname } = await download(couponId)
  const other = await download((await issue()).couponId)
  const path = `/passes/${passType}/${serial}`
  for (const wrong of [
    {},
    other.headers,
    { authorization: `ApplePass ${'a'.repeat(43)}` },
    { authorization: 'Bearer x' },
  ]) {
    assert.equal((await service(path, { headers: wrong })).status, 401)
    assert.equal((await service(registration(serial), json({ pushToken }, wrong))).status, 401)
    assert.equal((await service(registration(serial), { method: 'DELETE', headers: wrong })).status, 401)
  }
  assert.equal((await service(`/passes/pass.other/${serial}`, { headers })).status, 401)
  assert.equal((await service(`/passes/${passType}/${uuidv7()}`, { headers })).status, 401)
  assert.equal((await service(registration(serial), json({ pushToken: 'no token' }, headers))).status, 400)
  assert.equal((await service('/log', json({ logs: ['The pass is refused.'] }))).status, 200)
  assert.equal((await service('/log', json({ logs: 'nothing' }))).status, 400)
  assert.equal((await fetch(`${site.url}${pathname.replace(/.\.pkpass$/, '.pkpass')}`)).status, 404)
  site.clock.advance(11 * 60_000)
  assert.equal((await fetch(site.url + pathname)).status, 404)
})

test('a used coupon stays out of wallets, and a wallet that is not configured is refused', async () => {
  const { couponId, code } = await issue()
  await redeem(code)
  const over = await site.refuse('wallet.add', { ...inside, couponId, wallet: 'google' }, by(nancy))
  assert.equal(over.code, 'wallet.coupon-over')
  assert.deepEqual(await site.act('wallet.options', {}, by(nancy)), { wallets: ['apple', 'google'] })
  await using bare = await openSite(features)
  const laura = await found(bare, 'Southwind', 'laura@southwind.example')
  const own = { organizationId: laura.organizationId }
  const value = { kind: 'item', item: 'Coffee' }
  await bare.act('campaign.create', { ...own, campaignId, name: 'June', title: 'Coffee', value }, by(laura))
  await bare.act('campaign.set-state', { ...own, campaignId, state: 'active' }, by(laura))
  const input = { ...own, campaignId, issueId: uuidv7(), personIds: [laura.personId] }
  const { results } = await bare.act<z.output<typeof IssuedCoupons>>('coupon.issue', input, by(laura))
  assert.deepEqual(await bare.act('wallet.options', {}, by(laura)), { wallets: [] })
  for (const wallet of ['apple', 'google']) {
    const refused = await bare.refuse('wallet.add', { ...own, couponId: results[0]?.couponId, wallet }, by(laura))
    assert.deepEqual([refused.code, refused.path], ['wallet.unavailable', 'wallet'])
  }
  assert.equal((await fetch(`${bare.url}/wallet/apple/v1/log`, json({ logs: [] }))).status, 404)
})

test('all faults of the wallets’ settings are told at start, with the remedy', () => {
  const settings = [appleWalletFile, googleWalletFile, googleWalletIssuer]
  const broken = { APPLE_WALLET_FILE: write('bad.pem', pair.privateKey), GOOGLE_WALLET_FILE: join(folder, 'none.json') }
  assert.throws(
    () => readSettings(settings, { ...broken, GOOGLE_WALLET_ISSUER: 'mine' }),
    /APPLE_WALLET_FILE.*bad\.pem: holds no certificate[^]*GOOGLE_WALLET_FILE.*no such file[^]*GOOGLE_WALLET_ISSUER/,
  )
  const half = readSettings(settings, { GOOGLE_WALLET_ISSUER: google.issuerId })
  assert.throws(() => googleIssuerOf(half), /belong together/)
})
