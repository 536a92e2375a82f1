import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import { test } from 'node:test'
import { inflateSync } from 'node:zlib'
import { decodeProtectedHeader, jwtVerify } from 'jose'
import { openPass, stringsIn } from '../../testing/open-pass.ts'
import { issuePassCertificate, makeAuthority, makePair } from '../../testing/pass-certificates.ts'
import { CertificateProblem, readCertificates } from './apple-certificates.ts'
import { signApplePass } from './apple-pass.ts'
import type { Face } from './face.ts'
import { readGoogleAccount } from './google-account.ts'
import { signGoogleLink } from './google-link.ts'
import { offerOf } from './google-offer.ts'
import { drawIcon } from './pass-icon.ts'

const now = new Date('2026-05-12T09:00:00Z')
const authority = makeAuthority('G4')
const pair = makePair()
const sound = [issuePassCertificate(authority, pair), pair.privateKey, authority.pem]
const serial = '01900000-0000-7000-8000-00000000abcd'
const service = { url: 'https://talk.example.com/wallet/apple', token: 'a-token-of-43-characters-that-nobody-guesse' }

const face: Face = {
  issuer: 'Northwind Traders',
  accent: '#2a5bd7',
  locale: 'en',
  campaignId: '01900000-0000-7000-8000-000000000001',
  code: 'M4R9TXQ2',
  words: {
    en: { worth: '$20 off', title: 'Spring "thanks"', conditions: 'Orders from $200.\nOne for each \\ person.' },
    'zh-CN': { worth: '减20美元', title: '春季答谢', conditions: '订单满200美元。' },
  },
  places: ['Seattle', 'London'],
  from: new Date('2026-05-01T00:00:00Z'),
  until: new Date('2026-05-31T22:00:00Z'),
  state: { kind: 'usable' },
}
const used: Face = {
  ...face,
  code: null,
  state: { kind: 'used', at: new Date('2026-05-13T10:20:00Z'), place: 'Seattle' },
}

async function makePass(shown: Face) {
  const certificates = readCertificates(sound.join(''), now)
  return openPass(await signApplePass(shown, serial, { certificates, service }), authority.pem)
}

test('G18-05 a pass for Apple Wallet is signed, its hashes fit, and it says what the coupon says', async () => {
  const opened = await makePass(face)
  assert.deepEqual(opened.pass, {
    formatVersion: 1,
    serialNumber: serial,
    passTypeIdentifier: 'pass.example.northwind',
    teamIdentifier: 'A1B2C3D4E5',
    organizationName: 'Northwind Traders',
    logoText: 'Northwind Traders',
    description: 'Coupon of Northwind Traders: $20 off',
    backgroundColor: 'rgb(42, 91, 215)',
    foregroundColor: 'rgb(255, 255, 255)',
    labelColor: 'rgb(255, 255, 255)',
    groupingIdentifier: face.campaignId,
    sharingProhibited: true,
    voided: false,
    webServiceURL: service.url,
    authenticationToken: service.token,
    expirationDate: '2026-05-31T22:00:00.000Z',
    relevantDates: [{ startDate: '2026-05-30T22:00:00.000Z', endDate: '2026-05-31T22:00:00.000Z' }],
    barcodes: [{ format: 'PKBarcodeFormatQR', message: 'M4R9TXQ2', messageEncoding: 'utf-8', altText: 'M4R9TXQ2' }],
    coupon: {
      headerFields: [
        {
          key: 'until',
          label: 'Until',
          value: '2026-05-31T22:00:00.000Z',
          dateStyle: 'PKDateStyleMedium',
          timeStyle: 'PKDateStyleShort',
        },
      ],
      primaryFields: [{ key: 'worth', label: 'Spring "thanks"', value: '$20 off' }],
      secondaryFields: [{ key: 'places', label: 'Where', value: 'Seattle, London' }],
      auxiliaryFields: [],
      backFields: [
        { key: 'code', label: 'Code', value: 'M4R9TXQ2' },
        { key: 'conditions', label: 'Conditions', value: face.words.en.conditions },
      ],
    },
  })
  const pictures = ['icon', 'logo'].flatMap((name) => [`${name}.png`, `${name}@2x.png`, `${name}@3x.png`])
  assert.deepEqual(
    Array.from(opened.files.keys())
      .filter((name) => name.endsWith('.png'))
      .toSorted(),
    pictures.toSorted(),
  )
})

test('G18-05 a pass speaks both languages, and what people wrote breaks none of its files', async () => {
  const chinese = stringsIn(await makePass(face), 'zh-Hans')
  assert.equal(chinese.get('Spring "thanks"'), '春季答谢')
  assert.equal(chinese.get(face.words.en.conditions), '订单满200美元。')
  assert.equal(chinese.get('Until'), '有效期至')
  const english = stringsIn(await makePass({ ...face, locale: 'zh-CN' }), 'en')
  assert.equal(english.get('春季答谢'), 'Spring "thanks"')
  assert.equal(english.get('订单满200美元。'), face.words.en.conditions)
})

test('G18-06 the pass of a used coupon says when and where, and is worth nothing', async () => {
  const { pass } = await makePass(used)
  assert.deepEqual([pass['voided'], pass['barcodes']], [true, undefined])
  const { secondaryFields } = Object(pass['coupon'])
  assert.deepEqual(secondaryFields[0].value, '2026-05-13T10:20:00.000Z')
  assert.equal(secondaryFields[0].changeMessage, 'Used: %@')
  assert.equal(secondaryFields[1].value, 'Seattle')
  const over = (await makePass({ ...face, until: null, from: null, state: { kind: 'over' } })).pass
  assert.deepEqual([over['voided'], over['expirationDate']], [true, undefined])
})

test('what would make phones refuse a pass in silence is told at start', () => {
  const other = makeAuthority('G1')
  const late = issuePassCertificate(authority, pair, { until: new Date('2026-05-01') })
  const early = issuePassCertificate(authority, pair, { from: new Date('2026-06-01') })
  const faults: [string[], RegExp][] = [
    [[late, pair.privateKey, authority.pem], /"Pass Type ID: pass\.example\.northwind", which ended on May {2}1/],
    [[early, pair.privateKey, authority.pem], /is valid from Jun {2}1 .* only/],
    [[sound[0] ?? '', pair.privateKey, other.pem], /lacks the certificate that issued it: "Throw-away.*" \(G4\)/],
    [[sound[0] ?? '', pair.privateKey], /lacks the certificate that issued it/],
    [[sound[0] ?? '', authority.pem], /no private key without a passphrase/],
    [[sound[0] ?? '', makePair().privateKey, authority.pem], /no certificate that belongs to its private key/],
    [[authority.pair.privateKey, authority.pem], /is not for passes/],
  ]
  for (const [file, message] of faults)
    assert.throws(
      () => readCertificates(file.join('\n'), now),
      (error) => {
        assert.ok(error instanceof CertificateProblem)
        assert.match(error.message, message)
        return true
      },
    )
  assert.equal(readCertificates(sound.toReversed().join('\n'), now).teamId, 'A1B2C3D4E5')
})

const account = readGoogleAccount(
  JSON.stringify({
    client_email: 'passes@northwind.iam.gserviceaccount.com',
    private_key: pair.privateKey,
    token_uri: 'https://oauth2.googleapis.com/token',
  }),
)
const readLink = (link: string) => {
  assert.ok(link.startsWith('https://pay.google.com/gp/v/save/'))
  const token = link.slice('https://pay.google.com/gp/v/save/'.length)
  assert.deepEqual(decodeProtectedHeader(token), { alg: 'RS256', typ: 'JWT' })
  return jwtVerify(token, createPublicKey(pair.publicKey), { audience: 'google', currentDate: now })
}

test('G18-05 the link to Google Wallet is signed, and says what the coupon says', async () => {
  const how = { account, home: 'https://talk.example.com', now }
  const { payload } = await readLink(await signGoogleLink(offerOf(face, serial, '3388000000012345678'), how))
  assert.deepEqual(payload, {
    iss: 'passes@northwind.iam.gserviceaccount.com',
    aud: 'google',
    typ: 'savetowallet',
    iat: now.getTime() / 1_000,
    origins: ['https://talk.example.com'],
    payload: {
      offerClasses: [
        {
          id: `3388000000012345678.${face.campaignId}`,
          issuerName: 'Northwind Traders',
          provider: 'Northwind Traders',
          reviewStatus: 'UNDER_REVIEW',
          redemptionChannel: 'INSTORE',
          title: '$20 off: Spring "thanks"',
          hexBackgroundColor: '#2a5bd7',
          finePrint: face.words.en.conditions,
          localizedTitle: {
            defaultValue: { language: 'en', value: '$20 off: Spring "thanks"' },
            translatedValues: [{ language: 'zh-CN', value: '减20美元: 春季答谢' }],
          },
        },
      ],
      offerObjects: [
        {
          id: `3388000000012345678.${serial}`,
          classId: `3388000000012345678.${face.campaignId}`,
          state: 'ACTIVE',
          barcode: { type: 'QR_CODE', value: 'M4R9TXQ2', alternateText: 'M4R9TXQ2' },
          validTimeInterval: {
            start: { date: '2026-05-01T00:00:00.000Z' },
            end: { date: '2026-05-31T22:00:00.000Z' },
          },
        },
      ],
    },
  })
  assert.equal(Object(offerOf(used, serial, '1').offerObject).state, 'COMPLETED')
})

test('a link to Google Wallet stays as short as browsers want it, whatever the conditions say', async () => {
  const words = { worth: '减'.repeat(60), title: '春'.repeat(60), conditions: '订单'.repeat(1_000) }
  const long: Face = { ...face, words: { en: words, 'zh-CN': { ...words, worth: '免'.repeat(60) } } }
  const link = await signGoogleLink(offerOf(long, serial, '3388000000012345678'), {
    account,
    home: 'https://talk.example.com',
    now,
  })
  assert.ok(link.length <= 1_800, String(link.length))
  const { payload } = Object((await readLink(link)).payload)
  assert.equal(payload.offerObjects[0].barcode.value, 'M4R9TXQ2')
})

test('a key file of Google’s that lacks something is told at start', () => {
  assert.throws(
    () => readGoogleAccount('{"client_email":"a@b.example","private_key":"none"}'),
    /private_key|no RSA key/,
  )
})

test('the picture of a pass is a PNG of the establishment’s colour', () => {
  const picture = drawIcon('#2a5bd7', 29)
  assert.deepEqual([picture.readUInt32BE(16), picture.readUInt32BE(20)], [29, 29])
  const pixels = inflateSync(picture.subarray(41, 41 + picture.readUInt32BE(33)))
  assert.deepEqual(Array.from(pixels.subarray(1, 4)), [0x2a, 0x5b, 0xd7], 'the corner is colour')
  const middle = 14 * (1 + 29 * 3) + 1 + 3 * 10
  assert.deepEqual(Array.from(pixels.subarray(middle, middle + 3)), [255, 255, 255], 'the ticket is white')
})
