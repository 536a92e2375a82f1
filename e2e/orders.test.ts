import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { openBrowser, openWindow } from './browser.ts'
import { codeIn, openMailbox, type Mailbox } from './mailbox.ts'
import { signInOverHttp } from './sample-talk.ts'
import { ServerProcess } from './server-process.ts'

const andrew = 'andrew.fuller@northwind.example'
const nancy = 'nancy.davolio@northwind.example'
const maria = 'maria@customers.example'
const secret = 'the-client-secret-of-the-app'

test('K-01 K-11 a rule is built as a sentence, an order is shipped by a signed webhook, and the customer finds the coupon', async () => {
  await using mailbox = await openMailbox()
  await using server = await ServerProcess.start({ SMTP_URL: mailbox.url, LOG_LEVEL: 'warn' }, ['--demo'])
  await using browser = await openBrowser()
  await server.printed(/Ctrl-C stops it/)
  await mailbox.take(andrew) // the invitation
  await signInOverHttp(server.url, mailbox, nancy) // who has not come in yet cannot write
  const { page: owner, faults } = await openWindow(browser)
  await signIn(owner, mailbox, { url: server.url, address: andrew })
  await makeCampaign(owner)
  await buildRule(owner)
  const hook = await connectShop(owner)
  await ship(hook)
  await seeOrder(owner)
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }
  const { page: customer, faults: customerFaults } = await openWindow(browser, phone)
  await signIn(customer, mailbox, { url: server.url, address: maria })
  await customer
    .getByRole('link', { name: /Nancy Davolio/ })
    .first()
    .tap()
  await customer.getByRole('log').getByText('Thank you, Maria.').waitFor()
  await customer.getByRole('log').getByText('Ten per cent').first().waitFor()
  await picture(customer, 'customer-chat')
  await customer.goto(`${server.url}/booklet`)
  await customer.getByText('Ten per cent').first().waitFor()
  await picture(customer, 'customer-booklet')
  assert.deepEqual([faults, customerFaults], [[], []])
})

async function signIn(page: Page, mailbox: Mailbox, { url, address }: { url: string; address: string }) {
  await page.goto(url)
  await page.getByLabel('Mail address or phone number').fill(address)
  await page.keyboard.press('Enter')
  await page.getByLabel('Code').fill(codeIn(await mailbox.take(address)))
  await page.getByRole('navigation', { name: 'Areas' }).waitFor()
}

/** By the API: how it is made by hand is told elsewhere. */
async function makeCampaign(page: Page) {
  await page.evaluate(async () => {
    const { memberships } = await (await fetch('/v1/session.get')).json()
    const organizationId = memberships[0].organization.id
    const campaignId = crypto.randomUUID()
    const ask = (command: string, input: object) =>
      fetch(`/v1/${command}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ organizationId, campaignId, ...input }),
      })
    const value = { kind: 'percentage', percent: 10 }
    await ask('campaign.create', { name: 'Ten off', title: 'Ten per cent', value })
    await ask('campaign.set-state', { state: 'active' })
  })
}

async function buildRule(page: Page) {
  await page.getByRole('link', { name: 'Coupons' }).click()
  await page.getByRole('link', { name: 'Rules' }).click()
  await page.getByRole('button', { name: 'New rule' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Large orders from Germany')
  const sentence = page.getByRole('group', { name: 'The rule as a sentence' })
  await sentence.getByLabel('State', { exact: true }).selectOption('shipped')
  await sentence.getByRole('button', { name: 'Condition', exact: true }).click()
  await sentence.getByLabel('Value', { exact: true }).selectOption({ label: 'Germany' })
  await sentence.getByRole('button', { name: 'Condition', exact: true }).click()
  const second = sentence.getByRole('group', { name: 'Condition', exact: true }).nth(1)
  await second.getByLabel('What it is about').selectOption('total')
  await second.getByLabel('Value', { exact: true }).fill('1000')
  await sentence.getByLabel('Campaign', { exact: true }).selectOption({ label: 'Ten off' })
  await page.getByLabel('Message that comes with it').fill('Thank you, {{ first_name }}.')
  await page.getByRole('button', { name: 'Try on past orders' }).click()
  await page.getByText('Given now, 0 coupons would go to the customers of 0 of 0 orders').waitFor()
  await limitRule(page)
  await picture(page, 'rule')
  await page.getByRole('button', { name: 'Save rule' }).click()
  await page.getByRole('link', { name: /Large orders from Germany/ }).waitFor()
  const saved = await page.evaluate(async () => {
    const ask = async (path: string) => (await fetch(`/v1/${path}`)).json()
    const { memberships } = await ask('session.get')
    const { rules } = await ask(`order-rule.list?organizationId=${memberships[0].organization.id}`)
    const { limits, validFrom, validUntil, priority } = rules[0]
    return { limits, validFrom, validUntil, priority }
  })
  assert.deepEqual(saved, {
    limits: { total: 50, perPerson: null, perDay: null, budget: { amount: 50_000, each: 1_050, currency: 'EUR' } },
    validFrom: '2026-01-31T08:30:00.000Z',
    validUntil: null,
    priority: 700,
  })
  await picture(page, 'rules')
}

/** Who writes to the customer, how much it gives, when it acts, and its place among the rules. */
async function limitRule(page: Page) {
  const sender = page.getByRole('group', { name: 'The message comes from' })
  await sender.getByRole('button', { name: 'Choose…' }).click()
  await page.getByRole('dialog').getByLabel('Name, title or address').fill('davolio')
  await page.getByRole('dialog').getByText('Nancy Davolio').click()
  await sender.getByRole('button', { name: /Nancy Davolio/ }).waitFor()
  await page.getByLabel('Orders in total').fill('50')
  await page.getByLabel('Budget').fill('500')
  await page.getByText('Give both amounts, or none.').first().waitFor()
  await page.getByLabel('Each order counts').fill('10.50')
  await page.getByLabel('From', { exact: true }).fill('2026-01-31T08:30')
  await page.getByLabel('Until, not including').fill('2026-01-31T08:30')
  await page.getByText('This must be later than the beginning.').waitFor()
  await page.getByLabel('Until, not including').fill('')
  await page.getByLabel('Priority').fill('700')
}

async function connectShop(page: Page): Promise<string> {
  await page.getByRole('link', { name: 'Shops' }).click()
  await page.getByRole('button', { name: 'Connect a shop' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name', { exact: true }).fill('Our shop')
  await dialog.getByLabel('Secret', { exact: true }).fill(secret)
  await dialog.getByRole('button', { name: 'Connect a shop' }).click()
  const url = await dialog.getByLabel('Address for its webhooks').inputValue()
  await picture(page, 'shop')
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  return url
}

async function ship(hook: string) {
  const body = JSON.stringify({
    id: 1001,
    updated_at: '2026-05-14T09:00:00Z',
    financial_status: 'paid',
    fulfillment_status: 'fulfilled',
    currency: 'EUR',
    total_price: '1200.00',
    email: maria,
    customer: { id: 7, first_name: 'Maria', last_name: 'Anders' },
    billing_address: { country_code: 'DE', city: 'Berlin' },
  })
  const headers = {
    'x-shopify-topic': 'orders/fulfilled',
    'x-shopify-webhook-id': 'one',
    'x-shopify-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64'),
  }
  for (const outcome of ['stored', 'known']) {
    const answer = await fetch(hook, { method: 'POST', headers, body })
    assert.deepEqual([answer.status, await answer.json()], [200, { outcome }])
  }
  const forged = await fetch(hook, { method: 'POST', headers, body: body.replace('1200', '9200') })
  assert.equal(forged.status, 401)
}

async function seeOrder(page: Page) {
  await page.getByRole('link', { name: 'Orders', exact: true }).click()
  const order = page.getByRole('link', { name: /1001/ })
  await order.getByText('Maria Anders').waitFor()
  await order.click()
  const details = page.getByRole('complementary', { name: 'Details' })
  for (;;) {
    await details.getByRole('heading', { name: 'Coupons, and why' }).waitFor()
    if (await details.getByText('given', { exact: true }).isVisible()) break
    await page.reload()
  }
  await picture(page, 'order')
  await page.getByRole('link', { name: 'Shops' }).click()
  await page.getByText(/1 call had a wrong signature/).waitFor()
  await picture(page, 'shops')
}

/** Kept where somebody wants to look at them. */
async function picture(page: Page, name: string) {
  const folder = process.env['PICTURES']
  if (folder === undefined) return
  await mkdir(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `orders-${name}.png`) })
}
