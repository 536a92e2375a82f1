import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { CDPSession, Page } from 'playwright-core'
import { openProvider } from '../server/testing/sign-in-provider.ts'
import { openBrowser, openWindow, signOut } from './browser.ts'
import { codeIn, linkIn, openMailbox } from './mailbox.ts'
import { byName, ServerProcess } from './server-process.ts'
import { examine } from './support/examine.ts'

const stack = new AsyncDisposableStack()
after(() => stack.disposeAsync())
const mailbox = stack.use(await openMailbox())
const environment = { SMTP_URL: mailbox.url, LOG_LEVEL: 'warn' }
const server = stack.use(await ServerProcess.start(environment, ['--demo'], byName))
const browser = stack.use(await openBrowser())
await server.printed(/Ctrl-C stops it/)

const andrew = 'andrew.fuller@northwind.example'
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, colorScheme: 'dark' as const }
await mailbox.take(andrew) // the owner's invitation

test('G12-06 a passkey is made, named, signs in without an address, waits for the other device, and is removed', async () => {
  const { page, faults } = await openWindow(browser)
  const keys = await giveAuthenticator(page)
  await signInByCode(page, andrew)
  await openDevices(page)
  const own = page.getByRole('region', { name: 'Passkeys' })
  await own.getByRole('button', { name: 'Add a passkey' }).click()
  await own.getByRole('button', { name: 'Remove Chrome on Linux' }).waitFor()
  await own.getByRole('button', { name: 'Add a passkey' }).click()
  await own.getByText('There is a passkey of yours on this device already.').waitFor()
  await own.getByRole('button', { name: 'Rename Chrome on Linux' }).press('Enter')
  await own.getByLabel('Name').fill('Blue key')
  await page.keyboard.press('Enter')
  await own.getByRole('button', { name: 'Rename Blue key' }).waitFor()
  await look(page, 'passkeys')

  await signOut(page)
  await keys.touch(false)
  await page.goto('about:blank')
  const late = await holdFirst(page, '**/v1/session.begin-with-passkey')
  await page.goto(server.url)
  await late.asked
  const answered = page.waitForResponse('**/v1/session.begin-with-passkey')
  const use = page.getByRole('button', { name: 'Sign in with a passkey' })
  await use.press('Enter')
  await answered
  await late.release()
  assert.ok(await use.isDisabled(), 'the question of the button waits for its answer')
  await page.reload()
  await use.waitFor()
  await keys.touch('as somebody else')
  await use.press('Enter')
  await page.getByText('No passkey was used').waitFor()
  await look(page, 'no-passkey')
  // The browser names the passkey under the field by itself; who touches the sensor has chosen it.
  await keys.touch(true)
  await page.reload()
  await isInside(page)

  const { page: other } = await openWindow(browser, phone)
  const otherKeys = await giveAuthenticator(other, await keys.credentials())
  await otherKeys.touch(false)
  await other.goto(server.url)
  const useThere = other.getByRole('button', { name: 'Sign in with a passkey' })
  await useThere.waitFor()
  assert.equal(await other.locator('input[type=password]').count(), 0)
  await look(other, 'ways')
  await otherKeys.touch(true)
  await useThere.click()
  await other.getByRole('heading', { name: 'One more step' }).waitFor()
  await otherKeys.touch(false)
  const alert = page.getByRole('dialog', { name: 'A device wants to sign in as you' })
  await alert.waitFor()
  await other.getByRole('button', { name: 'Cancel' }).click()
  await alert.waitFor({ state: 'detached' })

  await openDevices(page)
  await own.getByRole('button', { name: 'Remove Blue key' }).click()
  await own.getByRole('button', { name: 'Rename Blue key' }).waitFor({ state: 'detached' })
  await useThere.waitFor()
  await otherKeys.touch(true)
  await useThere.click()
  await other.getByText('This passkey is not known here any more.').waitFor()
  assert.deepEqual(faults, [])
  await signOut(page)
  for (const one of [page, other]) await one.context().close()
})

test('an owner connects a provider by its faults, members sign in there, and who may not reads what to do', async () => {
  const { page, faults } = await openWindow(browser)
  await signInByCode(page, andrew)
  await page.goto(`${server.url}/organization`)
  const form = page.getByRole('region', { name: 'Single sign-on' })
  const redirect = await form.getByLabel('Redirect URL').inputValue()
  await using provider = await openProvider([redirect])
  const set = async (answers: Record<string, string>, outcome: string) => {
    for (const [label, value] of Object.entries(answers)) await form.getByLabel(label, { exact: true }).fill(value)
    await form.getByRole('button', { name: 'Save and test' }).click()
    await form.getByText(outcome).waitFor()
  }
  await set({ Issuer: 'http://a:b@login.example', 'Client ID': provider.clientId }, 'Must be an address that begins')
  await set({ Issuer: provider.issuer, 'Client secret': 'wrong' }, 'does not take this client ID and secret.')
  await set({ 'Client secret': provider.secret, 'Name on the button': 'Northwind ID' }, 'It works')
  await form.getByLabel('Who signs in there joins by themselves').check()
  await set({ 'Domains of their addresses': 'not a domain' }, 'Write domains like example.com')
  await set({ 'Domains of their addresses': 'northwind.example' }, 'It works')
  await look(page, 'provider')

  const { page: member } = await openWindow(browser, phone)
  const enter = () => member.getByRole('button', { name: 'Sign in with Northwind ID' }).click()
  await member.goto(server.url)
  provider.account = { subject: 's-1', email: 'nobody@elsewhere.example', isVerified: true }
  await enter()
  await member.getByText('You are not a member of this organization.').waitFor()
  await look(member, 'provider-refusal')
  provider.account = { subject: 's-2', email: 'nancy.davolio@northwind.example', isVerified: true }
  await member.getByRole('button', { name: 'Try again' }).click()
  await isInside(member)
  await member.goto(`${redirect}?error=access_denied&state=invented`)
  await member.getByText('This sign-in has ended, or began in another browser.').waitFor()
  await member.getByRole('link', { name: 'Sign in with a code' }).click()
  await isInside(member)

  await form.getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await signOut(member)
  await member.goto(server.url)
  await member.getByRole('button', { name: 'Sign in with a passkey' }).waitFor()
  assert.equal(await member.getByRole('button', { name: 'Sign in with Northwind ID' }).count(), 0)
  assert.deepEqual(faults, [])
  await signOut(page)
  for (const one of [page, member]) await one.context().close()
})

test('G1-05 in what comes before the app axe finds nothing: wizard, invitation, invitations that wait, and the end', async () => {
  const zoe = 'zoe@two.example'
  const { page: admin } = await openWindow(browser)
  await signInByCode(admin, andrew)
  await admin.evaluate(invite, zoe)
  await mailbox.take(zoe)
  await signOut(admin)

  const { page, faults } = await openWindow(browser, { viewport: { width: 390, height: 844 }, colorScheme: 'dark' })
  const token = (await readFile(join(server.folder, 'operator.token'), 'utf8')).trim()
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const made = await fetch(`${server.url}/v1/setup.create-link`, { method: 'POST', headers, body: '{}' })
  await page.goto(Object(await made.json()).link)
  await page.getByLabel('What is your organization called?').fill('Southwind')
  await page.getByLabel('Your name').fill('Zoe')
  await page.getByLabel('Your mail address or phone number').fill(zoe)
  await examine(page, 'wizard')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('heading', { name: 'Southwind is there' }).waitFor()
  await examine(page, 'an organization that waits for its owner')

  await page.goto(linkIn(await mailbox.take(zoe)))
  await page.getByRole('heading', { name: 'Welcome to Southwind' }).waitFor()
  await examine(page, 'invitation')
  await page.goto(server.url)
  await page.getByLabel('Mail address or phone number').fill(zoe)
  await page.keyboard.press('Enter')
  await page.getByLabel('Code').fill(codeIn(await mailbox.take(zoe)))
  await page.getByRole('heading', { name: 'You are signed in' }).waitFor()
  await page.getByText('Northwind Traders').waitFor()
  await examine(page, 'invitations that wait')

  await page.routeWebSocket(/./, (socket) => socket.close({ code: 4100 }))
  await page.reload()
  await page.getByRole('heading', { name: 'This window has been signed out' }).waitFor()
  await examine(page, 'stopped')
  assert.deepEqual(faults, [])
  for (const one of [admin, page]) await one.context().close()
})

/** Somebody who comes in by an invitation, as the administrator in this window. */
async function invite(address: string) {
  const ask = async (name: string, input: object) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(input) }
    const response = await fetch(`/v1/${name}`, init)
    if (!response.ok) throw new Error(await response.text())
    return response.json()
  }
  const { memberships } = await (await fetch('/v1/session.get')).json()
  const organizationId: string = memberships[0].organization.id
  const { personId } = await ask('member.add', { organizationId, name: 'Zoe', address })
  await ask('member.invite', { organizationId, personIds: [personId] })
}

test('G2-05 an administrator drags somebody under another manager, sees which groups change, and takes it back', async () => {
  const { page, faults } = await openWindow(browser)
  await signInByCode(page, andrew)
  await page.goto(`${server.url}/chart`)
  const anne = page.getByRole('treeitem', { name: /^Anne Dodsworth/ })
  await anne.dragTo(page.getByRole('treeitem', { name: /^Janet Leverling/ }))
  const dialog = page.getByRole('dialog', { name: 'Anne Dodsworth under Janet Leverling' })
  await dialog.getByText('Janet Leverling’s team').first().waitFor()
  await examine(page, 'what moving changes')
  await dialog.getByRole('button', { name: 'Move' }).click()
  await page.getByText('Anne Dodsworth now reports to Janet Leverling.').waitFor()
  assert.equal(await page.evaluate(managerOf, 'Anne Dodsworth'), 'Janet Leverling')
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.waitForFunction(async () => {
    const { memberships } = await (await fetch('/v1/session.get')).json()
    const chart = await fetch(`/v1/chart.get?organizationId=${memberships[0].organization.id}`)
    const { positions } = await chart.json()
    const janet = positions.find(({ name }: { name: string }) => name === 'Janet Leverling')
    return !positions.some(({ managerId }: { managerId: string }) => managerId === janet.personId)
  })
  assert.deepEqual(faults, [])
  await signOut(page)
  await page.context().close()
})

async function managerOf(name: string): Promise<string | undefined> {
  type Position = { personId: string; name: string; managerId: string | null }
  const { memberships } = await (await fetch('/v1/session.get')).json()
  const chart = await fetch(`/v1/chart.get?organizationId=${memberships[0].organization.id}`)
  const { positions }: { positions: Position[] } = await chart.json()
  const managerId = positions.find((position) => position.name === name)?.managerId
  return positions.find(({ personId }) => personId === managerId)?.name
}

const isInside = (page: Page) => page.getByRole('navigation', { name: 'Areas' }).waitFor()

async function signInByCode(page: Page, address: string) {
  await page.goto(server.url)
  await page.getByLabel('Mail address or phone number').fill(address)
  await page.keyboard.press('Enter')
  await page.getByLabel('Code').fill(codeIn(await mailbox.take(address)))
  await isInside(page)
}

async function openDevices(page: Page) {
  await page.getByRole('button', { name: 'Andrew Fuller: settings' }).click()
  await page.getByRole('menuitem', { name: 'Your devices' }).click()
}

/** Examined, and kept as a picture where a folder for pictures is set. */
async function look(page: Page, name: string) {
  await examine(page, name)
  const folder = process.env['PICTURES']
  if (folder) await page.screenshot({ path: join(folder, `sign-in-${name}.png`), fullPage: true })
}

/** The first request to this address waits until it is released: what was asked later is answered before. */
async function holdFirst(page: Page, address: string) {
  const { promise, resolve } = Promise.withResolvers<void>()
  await page.route(address, (route) => promise.then(() => route.continue()), { times: 1 })
  const asked = page.waitForRequest(address)
  return {
    asked,
    async release() {
      resolve()
      await (await (await asked).response())?.finished()
      await page.evaluate(rest)
    },
  }
}

/** Until the page has done what its last answer led to. */
async function rest() {
  for (let round = 0; round < 3; round += 1) {
    await (await fetch('/v1/sign-in.options')).text()
    await new Promise((resolve) => requestIdleCallback(resolve))
  }
}

/** A device with a sensor, as the browser sees it. */
async function giveAuthenticator(page: Page, credentials: readonly Credential[] = []) {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable', { enableUI: false })
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  for (const credential of credentials) await devtools.send('WebAuthn.addCredential', { authenticatorId, credential })
  return {
    credentials: () => credentialsOf(devtools, authenticatorId),
    /** Whether, and by whom, the sensor is touched as soon as it asks. */
    async touch(by: boolean | 'as somebody else') {
      await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: by === true })
      await devtools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: by !== false })
    },
  }
}

type Credential = Awaited<ReturnType<typeof credentialsOf>>[number]
const credentialsOf = async (devtools: CDPSession, authenticatorId: string) =>
  (await devtools.send('WebAuthn.getCredentials', { authenticatorId })).credentials
