import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPushService } from '../../testing/apple-push-service.ts'
import { openWalletService } from '../../testing/google-wallet-service.ts'
import { issuePassCertificate, makeAuthority, makePair } from '../../testing/pass-certificates.ts'
import { readCertificates } from './apple-certificates.ts'
import { pushToPhones } from './apple-push.ts'
import { readGoogleAccount } from './google-account.ts'
import { changeOffer } from './google-api.ts'

const now = new Date('2026-05-12T09:00:00Z')
const authority = makeAuthority('G4')
const pair = makePair()
const pem = [issuePassCertificate(authority, pair), pair.privateKey, authority.pem].join('')
const certificates = readCertificates(pem, now)
const [here, gone] = ['ab'.repeat(32), 'cd'.repeat(32)]

test('G18-06 phones are told over HTTP/2 with the pass certificate; those that are gone are named', async () => {
  await using apple = await openPushService(authority)
  apple.phones.add(here)
  const pushed = await pushToPhones(apple.url, certificates, [here, gone])
  assert.deepEqual(Object.fromEntries(pushed), { [here]: 'told', [gone]: 'gone' })
  assert.deepEqual(apple.told, [{ pushToken: here, body: '{}', topic: 'pass.example.northwind' }])
  apple.isDown = true
  await assert.rejects(pushToPhones(apple.url, certificates, [here]), /answered 503 \(ServiceUnavailable\)/)
  const stranger = readCertificates(strangersFile(), now)
  apple.isDown = false
  await assert.rejects(pushToPhones(apple.url, stranger, [here]), /403/)
})

test('phones are not told where nobody listens: it is tried again later', async () => {
  await assert.rejects(pushToPhones('https://localhost:1', certificates, [here]), /ECONNREFUSED/)
})

function strangersFile(): string {
  const other = makeAuthority('G4')
  const own = makePair()
  return [issuePassCertificate(other, own), own.privateKey, other.pem].join('')
}

test('G18-06 an object in Google Wallet is changed with a token for what the account signs', async () => {
  await using google = await openWalletService(pair)
  const id = `${google.issuerId}.one`
  google.objects.set(id, { id, state: 'ACTIVE' })
  const api = { url: google.url, account: readGoogleAccount(google.accountFile), now }
  assert.equal(await changeOffer(api, id, { state: 'COMPLETED' }), 'changed')
  assert.equal(google.objects.get(id)?.state, 'COMPLETED')
  assert.equal(await changeOffer(api, `${google.issuerId}.two`, { state: 'COMPLETED' }), 'unsaved')
  await assert.rejects(changeOffer(api, 'another.one', { state: 'COMPLETED' }), /Google Wallet answered 403/)
  await assert.rejects(changeOffer(api, id, { state: 'USED' }), /Google Wallet answered 400/)
  const account = { ...api.account, key: makePair().privateKey }
  await assert.rejects(changeOffer({ ...api, account }, id, {}), /token service answered 400: .*invalid_grant/)
  google.isDown = true
  await assert.rejects(changeOffer(api, id, {}), /answered 503/)
})
