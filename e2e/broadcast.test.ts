import assert from 'node:assert/strict'
import { v7 as uuidv7 } from 'uuid'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { openBrowser, openWindow, signOut } from './browser.ts'
import { codeIn, openMailbox } from './mailbox.ts'
import { signInOverHttp } from './sample-talk.ts'
import { ServerProcess } from './server-process.ts'

const stack = new AsyncDisposableStack()
after(() => stack.disposeAsync())
const mailbox = stack.use(await openMailbox())
const server = stack.use(await ServerProcess.start({ SMTP_URL: mailbox.url, LOG_LEVEL: 'warn' }, ['--demo']))
const browser = stack.use(await openBrowser())
await server.printed(/Ctrl-C stops it/)

const andrew = 'andrew.fuller@northwind.example'
const news = 'News for everybody'

test('G6-01 G6-02 G5-01 the owner unticks two, sees the count, sends, and keeps the rest as a broadcast', async () => {
  await mailbox.take(andrew)
  const { page, faults } = await openWindow(browser)
  await signIn(page, andrew)
  const nancy = await signInOverHttp(server.url, mailbox, 'nancy.davolio@northwind.example')
  const janet = await signInOverHttp(server.url, mailbox, 'janet.leverling@northwind.example')
  await page.getByRole('link', { name: news }).click()
  await page.getByText('Goes to 8 of 8').waitFor()

  await page.getByRole('button', { name: 'Choose listeners' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('checkbox', { name: /Nancy Davolio/ }).uncheck()
  await dialog.getByRole('searchbox').fill('lau')
  await dialog.getByRole('checkbox', { name: /Laura Callahan/ }).uncheck()
  await dialog.getByText('6 of 8').waitFor()
  await dialog.getByRole('button', { name: 'Use for 6 people' }).click()
  await page.getByText('Goes to 6 of 8').waitFor()

  await page.getByRole('textbox', { name: /^Message/ }).fill('A surprise for two.')
  await page.keyboard.press('Enter')
  await page.getByRole('log').getByText('A surprise for two.').waitFor()
  await page.getByLabel('Name').fill('All but two')
  await page.getByRole('button', { name: 'Keep' }).click()
  await page.getByRole('link', { name: 'All but two' }).waitFor()
  assert.equal((await janet.conversation('All but two')).kind, 'broadcast')
  await assert.rejects(nancy.conversation('All but two'))
  assert.equal((await janet.conversation(news)).audiences.length, 2)
  assert.equal((await nancy.conversation(news)).audiences.length, 1)

  await page.getByRole('button', { name: 'Back to everybody' }).click()
  await page.getByText('Goes to 8 of 8').waitFor()
  assert.deepEqual(faults, [])
  await signOut(page)
  await page.context().close()
})

test('G17-01 G17-03 the owner writes with fields, looks at what each gets, decides who is left out, and sends', async () => {
  const { page, faults } = await openWindow(browser)
  await signIn(page, andrew)
  const steven = await signInOverHttp(server.url, mailbox, 'steven.buchanan@northwind.example')
  const robert = await signInOverHttp(server.url, mailbox, 'robert.king@northwind.example')
  const { organizationId } = steven
  const owner = { ask: (name: string, input: object) => askAs(page, name, input) }
  await owner.ask('member.change', { organizationId, personId: robert.personId, title: '' })
  const campaignId = uuidv7()
  const thanks = { title: 'A glass of cider', value: { kind: 'item', item: 'Cider' } }
  await owner.ask('campaign.create', { organizationId, campaignId, name: 'Thanks', ...thanks })
  await owner.ask('campaign.set-state', { organizationId, campaignId, state: 'active' })
  await page.getByRole('link', { name: news }).click()
  await page.getByRole('textbox', { name: /^Message/ }).fill('Dear ')
  await page.getByRole('button', { name: 'Coupon', exact: true }).click()
  await page.getByRole('dialog').getByText('A glass of cider').click()
  await page.getByRole('button', { name: 'Put into the message' }).click()
  await page.getByRole('button', { name: 'Fields for each recipient' }).click()
  const dialog = page.getByRole('dialog')
  const words = dialog.getByLabel('Text with fields')
  await words.press('End')
  await dialog.getByRole('button', { name: 'First name' }).click()
  await page.keyboard.type(', our {{ titel }}')
  await dialog.getByText('Line 1, column 31.').waitFor()
  await words.fill('Dear {{ first_name }}, our {{ title }}')
  await dialog.getByText('1 person lacks a value.').waitFor()
  await dialog.getByText('Title: Robert King').waitFor()
  await dialog.getByText(/\(1 of 8\)/).waitFor()
  await dialog.getByRole('button', { name: 'Next recipient' }).click()
  await dialog.getByText(/\(2 of 8\)/).waitFor()
  assert.ok(await dialog.getByRole('button', { name: /^Send to/ }).isDisabled())
  await dialog.getByLabel('Those who lack a value').selectOption('skip')
  await dialog.getByRole('button', { name: 'Send to 7 people' }).click()
  await page.getByText('7 people got a text of their own; 1 was left out').waitFor()
  await page.getByRole('log').getByText('Dear {{ first_name }}, our {{ title }}').waitFor()
  const heard = JSON.stringify(await steven.conversation(news))
  assert.ok(heard.includes('Dear Steven, our Sales Manager') && !heard.includes('{{'))
  assert.ok(heard.includes(campaignId), 'the coupon went along')
  await page.getByRole('button', { name: 'Take the coupon out' }).waitFor({ state: 'detached' })
  assert.ok(!JSON.stringify(await robert.conversation(news)).includes('Dear'))
  await page.getByRole('log').getByRole('article').last().hover()
  await page.getByRole('button', { name: 'More' }).last().click()
  await page.getByRole('menuitem', { name: 'What each of them got' }).click()
  await page.getByText('Dear Steven, our Sales Manager').waitFor()
  assert.deepEqual(faults, [])
  await page.context().close()
})

/** As the person who is signed in in this window. */
async function askAs(page: Page, name: string, input: object): Promise<void> {
  const status = await page.evaluate(
    async ([url, body]) => {
      const headers = { 'content-type': 'application/json' }
      return (await fetch(url, { method: 'POST', headers, body })).status
    },
    [`/v1/${name}`, JSON.stringify(input)] as const,
  )
  assert.equal(status, 200)
}

async function signIn(page: Page, address: string) {
  await page.goto(server.url)
  await page.getByLabel('Mail address or phone number').fill(address)
  await page.getByRole('button', { name: 'Send me a code' }).click()
  await page.getByLabel('Code').waitFor()
  await page.keyboard.type(codeIn(await mailbox.take(address)))
  await page.getByRole('link', { name: news }).waitFor()
}
