import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { openBrowser, openWindow } from './browser.ts'
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
  await page.context().close()
})

async function signIn(page: Page, address: string) {
  await page.goto(server.url)
  await page.getByLabel('Mail address or phone number').fill(address)
  await page.getByRole('button', { name: 'Send me a code' }).click()
  await page.getByLabel('Code').waitFor()
  await page.keyboard.type(codeIn(await mailbox.take(address)))
  await page.getByRole('link', { name: news }).waitFor()
}
