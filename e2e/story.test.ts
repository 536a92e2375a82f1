import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { openBrowser, openWindow } from './browser.ts'
import { codeIn, linkIn, openMailbox, type Mailbox } from './mailbox.ts'
import { ServerProcess } from './server-process.ts'

const list = join(import.meta.dirname, '../server/samples/employees.csv')
const andrewsAddress = 'andrew.fuller@northwind.example'
const nancysAddress = 'nancy.davolio@northwind.example'

/** A client whose server was killed waits up to half a minute before it tries again. */
const cameBackMs = 60_000

test('G1-02 G2-01 G3-03 G12-03 an owner imports the staff, two talk, and a killed server loses nothing', async () => {
  await using mailbox = await openMailbox()
  await using server = await ServerProcess.start({ SMTP_URL: mailbox.url, LOG_LEVEL: 'warn' })
  await using browser = await openBrowser()

  await setUp(browser, server)
  const andrew = await signIn(browser, server, { mailbox, address: andrewsAddress })
  const nancy = await acceptInvitation(browser, mailbox)

  await talkInGroup(andrew, nancy)
  await broadcast(andrew, nancy)

  await server.kill()
  await write(nancy, 'Andrew Fuller’s team', 'Written while the server was away.')
  await server.start()
  await seen(andrew, 'Andrew Fuller’s team', 'Written while the server was away.')
  await write(andrew, 'Andrew Fuller’s team', 'And on we go.')
  await seen(nancy, 'Andrew Fuller’s team', 'And on we go.')
  const everything = [
    'Who can take the Dockside tasting?',
    'I can.',
    'Written while the server was away.',
    'And on we go.',
  ]
  for (const page of [andrew, nancy]) assert.deepEqual(await messagesIn(page), everything)
})

/** The wizard: name, import with preview, invitations. */
async function setUp(browser: Browser, server: ServerProcess) {
  const { page, faults } = await openWindow(browser)
  await page.goto(await server.printed(/http:\S+setup#token=\S+/))
  await page.getByLabel('What is your organization called?').fill('Northwind Traders')
  await page.getByLabel('Your name').fill('Olga Operator')
  await page.getByLabel('Your mail address or phone number').fill('olga@northwind.example')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.locator('input[type=file]').setInputFiles(list)
  await page.getByRole('button', { name: /^Apply 9/ }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: /^Invite 9/ }).click()
  await page.getByRole('button', { name: 'Open Shoptalk' }).click()
  await page.getByRole('link', { name: 'People' }).click()
  await page.getByText('Vice President, Sales').first().waitFor()
  assert.deepEqual(faults, [])
  await page.context().close()
}

type Entering = { mailbox: Mailbox; address: string }

/** With the address and a fresh code. */
async function signIn(browser: Browser, server: ServerProcess, { mailbox, address }: Entering): Promise<Page> {
  await mailbox.take(address) // the invitation
  const { page } = await openWindow(browser)
  await page.goto(server.url)
  await page.getByLabel('Mail address or phone number').fill(address)
  await page.getByRole('button', { name: 'Send me a code' }).click()
  await enter(page, codeIn(await mailbox.take(address)))
  return page
}

/** With the link and the code of the invitation. */
async function acceptInvitation(browser: Browser, mailbox: Mailbox): Promise<Page> {
  const invitation = await mailbox.take(nancysAddress)
  const { page } = await openWindow(browser)
  await page.goto(linkIn(invitation))
  await enter(page, codeIn(invitation))
  return page
}

async function enter(page: Page, code: string) {
  await page.getByLabel('Code').fill(code)
  await page.keyboard.press('Enter')
  await page.getByRole('navigation', { name: 'Areas' }).waitFor()
}

async function open(page: Page, name: string) {
  await page.getByRole('link', { name: 'Chat' }).click()
  await page.getByRole('link', { name }).first().click()
  await page.getByRole('log').waitFor({ timeout: cameBackMs })
}

async function write(page: Page, conversation: string, words: string) {
  await open(page, conversation)
  await page.getByRole('textbox', { name: /^Message/ }).fill(words)
  await page.keyboard.press('Enter')
}

async function seen(page: Page, conversation: string, words: string) {
  await open(page, conversation)
  await page.getByRole('log').getByText(words).waitFor({ timeout: cameBackMs })
}

async function talkInGroup(andrew: Page, nancy: Page) {
  await write(andrew, 'Andrew Fuller’s team', 'Who can take the Dockside tasting?')
  await seen(nancy, 'Andrew Fuller’s team', 'Who can take the Dockside tasting?')
  await write(nancy, 'Andrew Fuller’s team', 'I can.')
  await seen(andrew, 'Andrew Fuller’s team', 'I can.')
}

/** She reads it, cannot answer into it, and learns of nobody but him. */
async function broadcast(andrew: Page, nancy: Page) {
  await write(andrew, 'News for everybody', 'We close at noon on Friday.')
  await seen(nancy, 'News for everybody', 'We close at noon on Friday.')
  await nancy.getByText('Only Andrew Fuller writes here.').waitFor()
  assert.equal(await nancy.getByRole('textbox', { name: /^Message/ }).count(), 0)
  const shown = await nancy.getByRole('main').innerText()
  for (const name of ['Janet', 'Steven', 'Margaret', 'Laura', 'listeners', 'members'])
    assert.ok(!shown.includes(name), `she learns of ${name}`)
}

async function messagesIn(page: Page): Promise<string[]> {
  await open(page, 'Andrew Fuller’s team')
  const texts = await page.getByRole('log').locator('p.text').allInnerTexts()
  return texts.map((text) => text.split('\n', 1)[0]?.trim() ?? '') // ticks and the like stand below
}
