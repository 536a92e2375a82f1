import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { openBrowser, openWindow } from './browser.ts'
import { codeIn, linkIn, openMailbox, type Mailbox } from './mailbox.ts'
import { ServerProcess } from './server-process.ts'
import { examine } from './support/examine.ts'
import { cameraArguments, film, filmNothing } from './support/fake-camera.ts'

const andrew = 'andrew.fuller@northwind.example'
const maria = 'maria@customers.example'

test('G13-06 G18-01 G18-02 G18-04 G18-05 G18-06 a coupon is made, scanned, sent, kept, shown and redeemed once; the second scan says when and where', async (t) => {
  await using mailbox = await openMailbox()
  await using server = await ServerProcess.start({ SMTP_URL: mailbox.url, LOG_LEVEL: 'warn' }, ['--demo'])
  const camera = join(server.folder, 'coupon.y4m')
  await filmNothing(camera)
  await using browser = await openBrowser(cameraArguments(camera))
  await server.printed(/Ctrl-C stops it/)
  await mailbox.take(andrew) // the invitation
  const { page: owner, faults } = await openWindow(browser, keepsApp)
  await signIn(owner, server, mailbox)
  const code = await makeCampaign(owner)
  const phone = { viewport: { width: 390, height: 844 }, colorScheme: 'dark' as const, hasTouch: true }
  const { page: customer, faults: customerFaults } = await openWindow(browser, { ...phone, ...keepsApp })
  await comeIn(customer, mailbox, code)
  await keep(customer, 'Keep in booklet')
  await sendCoupon(owner)
  await keep(customer, 'Keep another one')
  await standAt(owner, 'Seattle')
  const spelled = await showCoupon(customer, camera)
  await redeemOnce(owner, spelled, camera)
  await t.test(
    'G18-06 a till that was reloaded without network keeps its scans as not decided, and the server decides them later',
    () => scanOffline(owner, spelled),
  )
  await t.test('G18-05 a booklet that is opened without network shows the coupons seen before', () =>
    openOffline(customer),
  )
  await customer.getByText('To use · 1').waitFor()
  await customer.getByRole('radio', { name: 'Used' }).tap()
  await customer.getByText(/Used on .* at Seattle/).waitFor()
  await picture(customer, 'booklet-used')
  await owner.goto(`${server.url}/coupons`)
  await owner.getByRole('link', { name: /May thanks/ }).click()
  await owner.locator('figcaption').getByText('2 given out, 1 used').waitFor()
  await look(owner, 'statistics')
  await t.test('G18-05 G18-06 who signs out leaves nothing of booklet and till on the device', () => leave(owner))
  assert.deepEqual([faults, customerFaults], [[], []])
})

const keepsApp = { serviceWorkers: 'allow' } as const

async function signIn(page: Page, server: ServerProcess, mailbox: Mailbox) {
  await page.goto(server.url)
  await page.getByLabel('Mail address or phone number').fill(andrew)
  await page.keyboard.press('Enter')
  await page.getByLabel('Code').fill(codeIn(await mailbox.take(andrew)))
  await page.keyboard.press('Enter')
  await page.getByRole('navigation', { name: 'Areas' }).waitFor()
}

async function comeIn(page: Page, mailbox: Mailbox, url: string) {
  await page.goto(url)
  await page.getByRole('heading', { name: 'Spring thanks: your coupon' }).waitFor()
  await look(page, 'scanned')
  await page.getByLabel('Mail address or phone number').fill(maria)
  await page.getByRole('button', { name: 'Continue' }).tap()
  await page.goto('about:blank')
  await page.goto(linkIn(await mailbox.take(maria)))
  await page.getByRole('button', { name: 'Get the coupon' }).tap()
  await page.getByRole('log').waitFor()
}

/** With a code that gives it: where it leads. */
async function makeCampaign(page: Page): Promise<string> {
  await page.getByRole('link', { name: 'Coupons' }).click()
  await page.getByRole('button', { name: 'New campaign' }).click()
  await page.getByLabel('Name of the campaign').fill('May thanks')
  await page.getByLabel('Title', { exact: true }).fill('Spring thanks')
  await page.getByLabel('Amount', { exact: true }).fill('20')
  await page.getByLabel('For orders from').fill('50')
  await page.getByLabel('For each person').fill('2')
  await page.getByLabel('Places', { exact: true }).fill('Seattle, London')
  await page.getByLabel('In all', { exact: true }).fill('400')
  const preview = page.getByRole('complementary', { name: 'What the customer sees' })
  await preview.getByText('Only at Seattle, London').waitFor()
  await look(page, 'editor')
  await nameStaff(page)
  await page.getByRole('button', { name: 'Create campaign' }).click()
  await page.getByRole('button', { name: 'Start' }).click()
  await page.getByRole('button', { name: 'Pause' }).waitFor()
  await page.getByRole('radio', { name: 'Codes to scan' }).click()
  await page.getByRole('button', { name: 'Make a code' }).click()
  await page.getByRole('link', { name: 'Poster' }).waitFor()
  await look(page, 'codes')
  const url = await page.evaluate(async () => {
    const ask = async (path: string) => (await fetch(`/v1/${path}`)).json()
    const { memberships } = await ask('session.get')
    const organizationId = memberships[0].organization.id
    const campaignId = location.pathname.split('/').at(-1)
    const campaign = await ask(`campaign.get?organizationId=${organizationId}&campaignId=${campaignId}`)
    if (campaign.redeemerIds.length !== 1 || campaign.timeZone !== 'Europe/Berlin') return 'not as it was typed'
    const subject = `kind=coupon&subjectId=${campaignId}`
    return (await ask(`code.list?organizationId=${organizationId}&${subject}`)).codes[0].url
  })
  await page.getByRole('button', { name: 'Back' }).first().click()
  await page.getByText('400 left').waitFor()
  await look(page, 'campaigns')
  return url
}

/** Who may redeem it, by name, and by whose clocks it counts. */
async function nameStaff(page: Page) {
  await page.getByLabel('By the clocks of').selectOption('Europe/Berlin')
  await page.getByLabel('Redeemed by').selectOption({ label: 'Certain members' })
  const named = page.getByRole('group', { name: 'These members' })
  await named.getByRole('button', { name: 'Choose…' }).click()
  await page.getByRole('dialog').getByLabel('Name, title or address').fill('davolio')
  await page.getByRole('checkbox', { name: /Nancy Davolio/ }).check()
  await page.getByRole('button', { name: 'Done · 1 chosen' }).click()
  await named.getByRole('button', { name: /Nancy Davolio/ }).waitFor()
}

async function sendCoupon(page: Page) {
  await page.getByRole('link', { name: 'Chat' }).click()
  await page.getByRole('link', { name: /Guest/ }).first().click()
  await page.getByRole('button', { name: 'Coupon', exact: true }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Spring thanks/ })
    .click()
  await look(page, 'choose')
  await page.getByRole('button', { name: 'Put into the message' }).click()
  await page.locator('.composer-frame').getByText('Spring thanks').waitFor()
  await page.getByRole('textbox', { name: /^Message/ }).fill('A thank-you for spring.')
  await picture(page, 'composed')
  await page.keyboard.press('Enter')
  await page.getByRole('log').getByText('A thank-you for spring.').waitFor()
}

/** From the last message. */
async function keep(page: Page, name: string) {
  await page.getByRole('button', { name }).last().waitFor()
  await look(page, 'message')
  await page.getByRole('button', { name }).last().tap()
  await page.getByRole('button', { name }).waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'In your booklet' }).last().waitFor()
}

/** What the customer reads out. */
async function showCoupon(page: Page, camera: string): Promise<string> {
  await page.getByRole('link', { name: 'In your booklet' }).last().tap()
  const code = page.locator('.code-panel .spelled')
  await code.waitFor()
  await look(page, 'shown')
  const spelled = await code.innerText()
  await film(page, '.till-code', camera)
  await page.getByRole('button', { name: 'Back' }).tap()
  await page.getByText('To use · 2').waitFor()
  await look(page, 'booklet')
  return spelled
}

async function standAt(page: Page, place: string) {
  await page.getByRole('link', { name: 'Coupons' }).click()
  await page.getByRole('link', { name: 'Till' }).first().click()
  await page.getByLabel('This till stands at').fill(place)
  await page.getByRole('link', { name: 'Campaigns' }).first().click()
}

/** First read by the camera from the customer's screen, then typed. */
async function redeemOnce(page: Page, code: string, camera: string) {
  await page.getByRole('link', { name: 'Till' }).first().click()
  await page.getByText('Spring thanks').waitFor()
  await filmNothing(camera)
  await look(page, 'till-checked')
  await page.getByLabel(/^Order total/).fill('5')
  await page.getByRole('button', { name: 'Redeem' }).click()
  await page.getByRole('button', { name: 'Check', exact: true }).waitFor()
  await page.getByLabel(/^Order total/).fill('60')
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await page.getByRole('button', { name: 'Redeem' }).click()
  await page.getByText(/^Redeemed at/).waitFor()
  await page.getByRole('button', { name: 'Next coupon' }).click()
  await enter(page, code)
  await page.getByText(/Already used on .* at Seattle/).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Redeem' }).count(), 0)
  await picture(page, 'till-used')
  await page.getByRole('button', { name: 'Next coupon' }).click()
}

async function enter(page: Page, code: string) {
  await page.getByLabel('Code', { exact: true }).fill(code)
  await page.keyboard.press('Enter')
}

/** Kept as pending, never as redeemed, whatever happens to the page; then the server decides. */
async function scanOffline(page: Page, code: string) {
  await appIsKept(page)
  await page.context().setOffline(true)
  await enter(page, code)
  await page.getByText('the coupon is not redeemed yet').waitFor()
  await page.getByText('Not decided yet').waitFor()
  await look(page, 'till-pending')
  await page.reload()
  await page.getByText('Not decided yet').waitFor()
  await enter(page, code.toLowerCase())
  await page.getByText('This coupon was scanned here on').waitFor()
  await picture(page, 'till-reloaded')
  await page.getByRole('link', { name: 'Chat' }).click()
  await page.getByRole('heading', { name: 'There is no connection' }).waitFor()
  await look(page, 'away')
  await page.getByRole('link', { name: 'Till' }).first().click()
  assert.equal(await page.getByText('Not decided yet').count(), 1)
  await page.context().setOffline(false)
  await page
    .getByRole('listitem')
    .getByText(/Already used on .* at Seattle/)
    .waitFor()
}

async function openOffline(page: Page) {
  await page.getByText('To use · 1').waitFor()
  await appIsKept(page)
  await page.context().setOffline(true)
  await page.reload()
  await page.getByText('This is what this device knew on').waitFor()
  await page
    .getByRole('link', { name: /Spring thanks/ })
    .first()
    .tap()
  await page.locator('.code-panel .spelled').waitFor()
  await picture(page, 'shown-offline')
  await page.getByRole('button', { name: 'Back' }).tap()
  await page.context().setOffline(false)
  await page.getByText('This is what this device knew on').waitFor({ state: 'detached' })
}

/** All of it, and nothing else. */
async function appIsKept(page: Page) {
  const kept = await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready
    if (active?.state !== 'activated')
      await new Promise((resolve) => active?.addEventListener('statechange', resolve, { once: true }))
    const caches = await Promise.all((await window.caches.keys()).map((name) => window.caches.open(name)))
    return (await Promise.all(caches.map((cache) => cache.keys()))).flat().map(({ url }) => new URL(url).pathname)
  })
  const isOfBuild = (path: string) =>
    path.startsWith('/assets/') || /^\/[\w-]+\.(html|js|svg|png|webmanifest)$/.test(path)
  assert.ok(kept.includes('/index.html'))
  assert.deepEqual(
    kept.filter((path) => !isOfBuild(path)),
    [],
  )
}

async function leave(page: Page) {
  await page.getByRole('button', { name: /: settings$/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByLabel('Mail address or phone number').waitFor()
  await page.waitForFunction(async () => {
    const open = (name: string) =>
      new Promise<IDBDatabase>((resolve) => {
        const asked = indexedDB.open(name)
        asked.addEventListener('success', () => resolve(asked.result))
      })
    const database = await open('shoptalk-coupons')
    const stores = Array.from(database.objectStoreNames)
    const transaction = database.transaction(stores)
    const counts = stores.map(
      (name) =>
        new Promise<number>((resolve) => {
          const asked = transaction.objectStore(name).count()
          asked.addEventListener('success', () => resolve(asked.result))
        }),
    )
    const total = (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
    database.close()
    return total === 0 && localStorage.getItem('shoptalk.session') === null
  })
}

/** Axe finds nothing. */
async function look(page: Page, name: string) {
  await examine(page, name)
  await picture(page, name)
}

async function picture(page: Page, name: string) {
  const folder = process.env['PICTURES']
  if (folder) await page.screenshot({ path: join(folder, `coupons-${name}.png`) })
}
