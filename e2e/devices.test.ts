import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import type { Page } from 'playwright-core'
import { connect, messagesOf, viewOf, type Client } from '../sdk/index.ts'
import { openBrowser, openWindow } from './browser.ts'
import { codeIn, openMailbox } from './mailbox.ts'
import { ServerProcess } from './server-process.ts'
import { examine } from './support/examine.ts'
import { until } from './support/until.ts'

const stack = new AsyncDisposableStack()
after(() => stack.disposeAsync())
const mailbox = stack.use(await openMailbox())
const server = stack.use(await ServerProcess.start({ SMTP_URL: mailbox.url, LOG_LEVEL: 'warn' }, ['--demo']))
const browser = stack.use(await openBrowser())
await server.printed(/Ctrl-C stops it/)

const team = 'Andrew Fuller’s team'
const phone = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
  colorScheme: 'dark' as const,
  userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1',
}

type Class = 'mobile' | 'desktop'
/** Proves the sign-in; where somebody must let it in, `other` shows the code. */
async function signIn(address: string, kind: Class, other?: Client): Promise<Client> {
  const client = stack.use(connect({ url: server.url }))
  const { requestId } = await client.session.requestCode({ address })
  const code = codeIn(await mailbox.take(address))
  const device = { name: `A ${kind}`, class: kind }
  const started = await client.session.start({ requestId, code, device, keep: 'token' })
  assert.equal('pairing' in started, other !== undefined)
  if ('pairing' in started && other) {
    const { id: pairingId, secret } = started.pairing
    await until(() => other.state.pairings.some(({ id }) => id === pairingId), 'the other device heard of it')
    const shown = await other.pairing.showCode({ pairingId })
    await client.pairing.complete({ pairingId, secret, code: shown.code, keep: 'token' })
    await until(() => other.state.pairings.length === 0, 'the other device heard that it is over')
  }
  await until(() => client.status === 'open', 'the device is connected')
  return client
}

const teamOf = (client: Client) =>
  Array.from(client.state.conversations.values()).find(({ name }) => name === team) ?? assert.fail('no team')
async function allOf(client: Client): Promise<string[]> {
  const { id, audienceIds } = teamOf(client)
  const [audienceId] = audienceIds
  assert.ok(audienceId)
  while ((await client.history(audienceId)).hasMore);
  return messagesOf(client.state, id).map(({ parts }) => parts.map((part) => ('text' in part ? part.text : '')).join())
}
async function say(client: Client, text: string) {
  const [audienceId] = teamOf(client).audienceIds
  assert.ok(audienceId)
  return client.acknowledged(client.post({ audienceId, parts: [{ type: 'text', text }] }))
}
const isSame = (one: Client, other: Client) => isDeepStrictEqual(viewOf(one.state), viewOf(other.state))

test('G11-05 G11-03 paired devices hold the same, whenever they signed in, and a third pushes out its own kind', async () => {
  const address = 'steven.buchanan@northwind.example'
  const first = await signIn(address, 'mobile')
  const written = Array.from({ length: 60 }, (_, index) => `Before the computer, ${index}`)
  for (const text of written) await say(first, text)
  const [audienceId] = teamOf(first).audienceIds
  assert.ok(audienceId)
  first.markRead(audienceId, 60)

  const second = await signIn(address, 'desktop', first)
  await until(() => isSame(first, second), 'both hold the same')
  assert.deepEqual(await allOf(second), written)
  assert.deepEqual(await allOf(second), await allOf(first))

  await Promise.all([say(first, 'From the phone'), say(second, 'From the computer')])
  await until(() => isSame(first, second), 'both hold the same')
  assert.deepEqual(await allOf(second), await allOf(first))
  assert.equal((await allOf(first)).length, 62)

  const third = await signIn(address, 'mobile', second)
  await until(() => first.status === 'signed-out', 'the phone that was replaced is out')
  assert.ok(first.isReplaced)
  assert.equal(first.state.conversations.size, 0)
  await assert.rejects(first.session.get({}), { code: 'session.replaced' })
  assert.equal(second.status, 'open')
  await until(() => isSame(second, third), 'the new phone holds the same')
  assert.deepEqual(await allOf(third), await allOf(second))
})

async function prove(page: Page, address: string) {
  await page.goto(server.url)
  await page.getByLabel('Mail address or phone number').fill(address)
  await page.keyboard.press('Enter')
  await page.getByLabel('Code').fill(codeIn(await mailbox.take(address)))
  await page.keyboard.press('Enter')
}
const isInside = (page: Page) => page.getByRole('navigation', { name: 'Areas' }).waitFor()

test('G11-02 G11-04 in browsers: the computer says who asks and shows the code, the phone types it; both stay in', async () => {
  const address = 'margaret.peacock@northwind.example'
  const { page: computer, faults } = await openWindow(browser)
  await prove(computer, address)
  await isInside(computer)
  const { page: mobile } = await openWindow(browser, phone)
  await prove(mobile, address)
  await mobile.getByRole('heading', { name: 'One more step' }).waitFor()
  await examine(mobile, 'a phone that waits')

  const dialog = computer.getByRole('dialog', { name: 'A device wants to sign in as you' })
  await dialog.getByText('Safari on iPhone').waitFor()
  await dialog.getByText('127.0.0.1').waitFor()
  await examine(computer, 'a device that asks')
  await dialog.getByRole('button', { name: 'It’s me, show the code' }).click()
  const code = (await dialog.locator('output').innerText()).replaceAll(/\D/g, '')
  await examine(computer, 'the code that is shown')
  await mobile.getByLabel('Security code').fill(code === '00000000' ? '11111111' : '00000000')
  await mobile.getByText('This code does not fit.').waitFor()
  await mobile.reload()
  await mobile.getByLabel('Security code').fill(code)
  await isInside(mobile)
  await dialog.waitFor({ state: 'detached' })

  await computer.getByRole('button', { name: 'Margaret Peacock: settings' }).click()
  await computer.getByRole('menuitem', { name: 'Your devices' }).click()
  await computer.getByRole('button', { name: 'Sign out Safari on iPhone' }).waitFor()
  await examine(computer, 'devices')
  await computer.getByRole('button', { name: 'Sign out everywhere else' }).click()
  await mobile.getByLabel('Mail address or phone number').waitFor()
  assert.deepEqual(faults, [])
  for (const page of [computer, mobile]) await page.context().close()
})

test('G11-02 G11-03 in browsers: the link of the QR code is confirmed without typing; a refused sign-in is over', async () => {
  const address = 'laura.callahan@northwind.example'
  const { page: mobile } = await openWindow(browser, phone)
  await prove(mobile, address)
  await isInside(mobile)
  const { page: computer } = await openWindow(browser)
  const link = linkAnswered(computer)
  await prove(computer, address)
  await computer.getByAltText('QR code for your other device').waitFor()
  await examine(computer, 'a computer that waits')

  await mobile.goto(await link)
  await mobile.getByText('Chrome on Linux').waitFor()
  await examine(mobile, 'the link of a device that waits')
  await mobile.getByRole('button', { name: 'Yes, sign it in' }).click()
  await mobile.getByText('Chrome on Linux is being signed in.').waitFor()
  await isInside(computer)
  await mobile.getByRole('link', { name: 'Open Shoptalk' }).click()
  await isInside(mobile)

  const { page: stranger } = await openWindow(browser)
  await prove(stranger, address)
  await stranger.getByRole('heading', { name: 'One more step' }).waitFor()
  const alert = mobile.getByRole('dialog', { name: 'A device wants to sign in as you' })
  await alert.getByText('Letting it in signs Chrome on Linux out.').waitFor()
  await alert.getByRole('button', { name: 'Not me' }).click()
  await stranger.getByText('It was refused on your other device.').waitFor()
  await alert.waitFor({ state: 'detached' })
  await stranger.getByRole('button', { name: 'Begin again' }).click()

  await prove(stranger, address)
  await alert.getByRole('button', { name: 'It’s me, show the code' }).click()
  const code = (await alert.locator('output').innerText()).replaceAll(/\D/g, '')
  await stranger.getByLabel('Security code').fill(code)
  await isInside(stranger)
  await computer.getByText('You were signed out here, because you signed in on another device').waitFor()
  await examine(computer, 'a computer whose place was taken')
  await isInside(mobile)
  for (const page of [computer, mobile, stranger]) await page.context().close()
})

/** What the QR code holds, from the answer that brought it. */
async function linkAnswered(page: Page): Promise<string> {
  const answer = await page.waitForResponse((response) => response.url().endsWith('/v1/session.start'))
  return JSON.parse(await answer.text()).pairing.link
}
