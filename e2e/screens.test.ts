import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { v7 as uuidv7 } from 'uuid'
import { WebSocket } from 'ws'
import { openBrowser, openWindow, signOut } from './browser.ts'
import { codeIn, openMailbox } from './mailbox.ts'
import { ServerProcess } from './server-process.ts'
import { examine } from './support/examine.ts'
import { importPeople } from './support/import-people.ts'
import { tabTo } from './support/tab-to.ts'

const stack = new AsyncDisposableStack()
after(() => stack.disposeAsync())
const mailbox = stack.use(await openMailbox())
const server = stack.use(await ServerProcess.start({ SMTP_URL: mailbox.url, LOG_LEVEL: 'warn' }, ['--demo']))
const browser = stack.use(await openBrowser())
await server.printed(/Ctrl-C stops it/)

const andrew = 'andrew.fuller@northwind.example'
await mailbox.take(andrew) // the administrator's invitation

const list = join(import.meta.dirname, '../server/samples/employees.csv')
const team = 'Andrew Fuller’s team'

for (const [look, { viewport, colorScheme }] of Object.entries({
  'wide and light': { viewport: { width: 1440, height: 900 }, colorScheme: 'light' as const },
  'narrow and dark': { viewport: { width: 390, height: 844 }, colorScheme: 'dark' as const },
})) {
  test(`on every screen, ${look}, axe finds nothing, nothing is too wide and no fault is logged`, async () => {
    const { page, faults } = await openWindow(browser, { viewport, colorScheme, reducedMotion: 'reduce' })
    await page.goto(server.url)
    await page.getByLabel('Mail address or phone number').waitFor()
    await examine(page, 'sign-in')
    await signIn(page, andrew)
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    for (const [name, open] of Object.entries(screens)) {
      await open(page)
      await examine(page, name)
    }
    assert.deepEqual(faults, [])
    await signOut(page)
    await page.context().close()
  })
}

test('with the keyboard alone one signs in, opens a group, posts, edits, answers and finds', async () => {
  const { page, faults } = await openWindow(browser)
  const { keyboard } = page
  const address = 'nancy.davolio@northwind.example'
  await page.goto(server.url)
  await page.getByLabel('Mail address or phone number').waitFor()
  await tabTo(page, 'Mail address or phone number')
  await keyboard.type(address)
  await tabTo(page, 'Send me a code')
  await keyboard.press('Enter')
  await page.getByLabel('Code').waitFor()
  await keyboard.type(codeIn(await mailbox.take(address)))
  await page.getByRole('link', { name: team }).waitFor()

  const regions = ['areas', 'side', 'main', 'areas']
  for (const region of regions) {
    await keyboard.press('F6')
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-region')), region)
  }
  await tabTo(page, team)
  await keyboard.press('Enter')
  await focused(page, `Message ${team}`)
  await keyboard.type('First line')
  await keyboard.press('Shift+Enter')
  await keyboard.type('second lime')
  await keyboard.press('Enter')
  await page.getByRole('log').getByText('second lime').waitFor()
  await page
    .getByRole('img', { name: 'Sent' })
    .or(page.getByText('Sent', { exact: true }))
    .first()
    .waitFor()

  await keyboard.press('ArrowUp')
  await page.getByText('Editing').waitFor()
  for (const _ of 'lime') await keyboard.press('Backspace')
  await keyboard.type('line')
  await keyboard.press('Enter')
  await page.getByRole('log').getByText('second line').waitFor()

  await keyboard.press('Shift+Tab')
  await tabTo(page, 'second line', 'Shift+Tab')
  await keyboard.press('r')
  await focused(page, `Message ${team}`)
  await keyboard.press('Escape')
  await keyboard.type('Nothing is answered.')
  await keyboard.press('Enter')
  await page.getByRole('log').getByText('Nothing is answered.').waitFor()
  assert.equal(await page.locator('.quote').count(), 0)

  await keyboard.press('Control+k')
  await page.getByRole('combobox').and(page.locator(':focus')).waitFor()
  await keyboard.type('news for ev')
  await keyboard.press('Enter')
  await page.getByRole('heading', { name: 'News for everybody' }).first().waitFor()
  await keyboard.press('F6')
  await keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
  await keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })

  await tabTo(page, 'New group')
  await keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await tabTo(page, 'Close')
  await page.getByRole('tooltip').waitFor()
  await keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'New group')
  assert.deepEqual(faults, [])
  await page.context().close()
})

test('Enter does not send while an input method is composing', async () => {
  const { page } = await openWindow(browser)
  await signIn(page, 'laura.callahan@northwind.example')
  await openConversation(page, team)
  await page.getByRole('textbox', { name: /^Message/ }).focus()
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Input.imeSetComposition', { text: '好de', selectionStart: 3, selectionEnd: 3 })
  await page.keyboard.press('Enter')
  await devtools.send('Input.insertText', { text: '好的' })
  await page.keyboard.press('Enter')
  await page.getByRole('log').getByText('好').waitFor()
  assert.deepEqual(await page.getByRole('log').getByText('好').allInnerTexts(), ['好的'])
  await page.context().close()
})

test('lists of more than 200 people go on where they end, and searching finds who is not loaded yet', async () => {
  const { page, faults } = await openWindow(browser)
  await signIn(page, andrew)
  await importPeople(page, { count: 230, manager: andrew })
  await visit(page, '/people', '.member')
  const last = 'Zora Staff 230'
  const scroll = () => page.evaluate(() => document.querySelector('.members')?.scrollBy(0, 1e6))
  while (!(await page.getByRole('link', { name: last }).isVisible())) await scroll()
  assert.equal(await page.locator('.member').count(), 239)
  await page.reload()
  await page.getByRole('searchbox').fill(last)
  await page.getByRole('link', { name: last }).waitFor()
  assert.equal(await page.locator('.member').count(), 1)

  await openConversation(page, 'News for everybody')
  await page.getByRole('button', { name: 'Choose listeners' }).click()
  await page.getByRole('dialog').getByText('238 of 238').waitFor()
  await page.getByRole('dialog').getByRole('searchbox').fill(last)
  await page.getByRole('checkbox', { name: last }).uncheck()
  await page.getByRole('button', { name: 'Use for 237 people' }).click()
  await page.getByText('Goes to 237 of 238').waitFor()
  assert.deepEqual(faults, [])
  await signOut(page)
  await page.context().close()
})

test('a conversation with 10,000 messages scrolls to its beginning, and what is written is painted at once', async (t) => {
  const { page, faults } = await openWindow(browser)
  await signIn(page, 'janet.leverling@northwind.example')
  const name = 'Ten thousand'
  const audienceId = await makeGroup(page, name)
  const posting = performance.now()
  await postMany(page, audienceId, 10_000)
  t.diagnostic(`posted in ${Math.round(performance.now() - posting)} ms`)

  await page.goto(server.url)
  await openConversation(page, name)
  await page.getByText(/^Message 10000\b/).waitFor()
  const scrolling = performance.now()
  await page.evaluate(scrollToBeginning)
  await page.getByText(/^Message 1\b/).waitFor()
  t.diagnostic(`scrolled to the beginning in ${Math.round(performance.now() - scrolling)} ms`)
  assert.ok((await page.locator('.log-row').count()) < 200, 'only what is on the screen is drawn')

  await page.getByRole('button', { name: 'To the newest' }).click()
  await page.getByText(/^Message 10000\b/).waitFor()
  await page.getByRole('textbox', { name: /^Message/ }).fill('One more')
  const painted = await page.evaluate(paintedAfterEnter, 'One more')
  t.diagnostic(`painted ${Math.round(painted)} ms after Enter`)
  assert.ok(painted < 1_000, `${painted} ms`)
  assert.deepEqual(faults, [])
  await page.context().close()
})

/** Upwards as fast as older pages come. */
async function scrollToBeginning() {
  const log = document.querySelector('[role=log]')
  const isThere = () => !log || log.textContent.includes('This is where')
  while (!isThere()) {
    if (log) log.scrollTop = 0
    await new Promise((resolve) => requestAnimationFrame(resolve))
  }
}

/** Milliseconds from the key to the frame that shows the words. */
async function paintedAfterEnter(words: string): Promise<number> {
  const log = document.querySelector('[role=log]')
  const field = document.querySelector('.composer textarea')
  const pressed = performance.now()
  field?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))
  const isThere = () => log?.textContent.includes(words)
  while (!isThere()) await new Promise((resolve) => requestAnimationFrame(resolve))
  // A frame that was asked for now is drawn after the one that holds the words.
  await new Promise((resolve) => requestAnimationFrame(resolve))
  return performance.now() - pressed
}

async function makeGroup(page: Page, name: string): Promise<string> {
  await page.getByRole('button', { name: 'New group' }).click()
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(name)
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('log').waitFor()
  const told = await page.evaluate(async () => {
    const { memberships } = await (await fetch('/v1/session.get')).json()
    const organizationId = memberships[0].organization.id
    return (await fetch(`/v1/conversation.list?organizationId=${organizationId}`)).json()
  })
  return told.conversations.find((one: { name: string }) => one.name === name).audiences[0].id
}

/** By the person in this window, but not through it. */
async function postMany(page: Page, audienceId: string, count: number) {
  const [cookie] = await page.context().cookies()
  const headers = { cookie: `${cookie?.name}=${cookie?.value}`, origin: server.url }
  const { memberships } = await (await fetch(`${server.url}/v1/session.get`, { headers })).json()
  const organizationId: string = memberships[0].organization.id
  await page.goto('about:blank')
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/socket`, { headers })
  await once(socket, 'open')
  const post = (number: number) => {
    const parts = [{ type: 'text', text: `Message ${number}` }]
    const input = { organizationId, audienceId, id: uuidv7(), parts }
    socket.send(JSON.stringify({ id: number, do: 'message.post', with: input }))
  }
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>()
  let next = 1
  let stored = 0
  socket.on('message', (data) => {
    if (!Buffer.isBuffer(data) || data.includes('"error"')) return reject(new Error(JSON.stringify(data)))
    if (++stored === count) resolve()
    while (next < count && next - stored <= IN_FLIGHT) post(next++)
    if (stored === count - 1) post(count)
  })
  post(next++)
  await ended
  socket.close()
}
/** Fewer than one connection may have. */
const IN_FLIGHT = 200

async function focused(page: Page, name: string) {
  await page.getByRole('textbox', { name, exact: true }).waitFor()
  await page.waitForFunction((label) => document.activeElement?.getAttribute('aria-label') === label, name)
}

/** How each screen is reached, and what shows that it is there. */
const screens: Record<string, (page: Page) => Promise<void>> = {
  list: (page) => visit(page, '/', '.navrow, .conv'),
  conversation: (page) => openConversation(page, team),
  async people(page) {
    await page.keyboard.press('Control+.')
    await page.locator('.pane .person').first().waitFor()
  },
  broadcast: (page) => openConversation(page, 'News for everybody'),
  async listeners(page) {
    await page.getByRole('button', { name: 'Choose listeners' }).click()
    await page.getByRole('dialog').getByText('Nancy Davolio').waitFor()
  },
  async later(page) {
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Later' }).click()
    await page.getByLabel('Date and time').waitFor()
  },
  async split(page) {
    await openConversation(page, team)
    await page.keyboard.press('Control+.')
    await page.getByRole('button', { name: 'New group from these' }).click()
    await page.getByRole('dialog').getByText('Nancy Davolio').waitFor()
  },
  reports: (page) => visit(page, '/reports', '.report-policy'),
  async direct(page) {
    await visit(page, '/people', '.member')
    await page.getByRole('link', { name: /^Nancy Davolio/ }).click()
    await page.getByRole('button', { name: 'Write to Nancy Davolio' }).click()
    await page.getByRole('textbox', { name: 'Message Nancy Davolio' }).waitFor()
  },
  members: (page) => visit(page, '/people', '.member'),
  async person(page) {
    await page.getByRole('link', { name: /^Steven Buchanan/ }).click()
    await page.getByText('3 people report here').waitFor()
  },
  chart: (page) => visit(page, '/chart', '.node'),
  async team(page) {
    await page.getByRole('treeitem', { name: /^Steven Buchanan/ }).click()
    await page.getByText('Steven Buchanan’s team: 4 members, broadcast to 3').last().waitFor()
  },
  async scim(page) {
    await visit(page, '/import', '.drop')
    await page.getByRole('radio', { name: 'SCIM' }).click()
    await page.getByLabel('What it is for').fill('Okta')
    await page.getByRole('button', { name: 'Make a key' }).click()
    await page.getByText('Copy this key now.').waitFor()
  },
  async ldap(page) {
    await page.getByRole('radio', { name: 'LDAP' }).click()
    await page.locator('summary').click()
    await page.getByLabel('Filter').waitFor()
  },
  contacts: (page) => visit(page, '/contacts', '.page, .empty'),
  audit: (page) => visit(page, '/audit', '.audit'),
  import: (page) => visit(page, '/import', '.drop'),
  async preview(page) {
    await page.locator('input[type=file]').setInputFiles(list)
    await page.getByText('What the columns mean').waitFor()
  },
  mail: (page) => visit(page, '/dispatch', '.dispatch'),
  settings: (page) => visit(page, '/organization', '.settings'),
  async menu(page) {
    await visit(page, '/', '.navrow, .conv')
    await page.getByRole('button', { name: 'Andrew Fuller: settings' }).click()
    await page.getByRole('menuitem', { name: 'Your devices' }).waitFor()
  },
  async devices(page) {
    await page.getByRole('menuitem', { name: 'Your devices' }).click()
    await page.getByText('this one').waitFor()
  },
  async palette(page) {
    await visit(page, '/', '.navrow, .conv')
    await page.keyboard.press('Control+k')
    await page.getByRole('option', { name: 'Janet Leverling' }).waitFor()
  },
  async shortcuts(page) {
    await visit(page, '/', '.navrow, .conv')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
  },
  async new(page) {
    await visit(page, '/', '.navrow, .conv')
    await page.keyboard.press('c')
    await page.getByRole('dialog').getByText('Janet Leverling').waitFor()
  },
}

/** As a link does it, without loading the page again. */
async function visit(page: Page, path: string, sign: string) {
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.evaluate((to) => history.pushState(null, '', to), path)
  await page.locator(`:is(${sign}):not([aria-hidden])`).first().waitFor()
}

async function openConversation(page: Page, name: string) {
  await visit(page, '/', '.navrow, .conv')
  await page.getByRole('link', { name }).first().click()
  await page.getByRole('log').waitFor()
}

async function signIn(page: Page, address: string) {
  await page.goto(server.url)
  await page.getByLabel('Mail address or phone number').fill(address)
  await page.keyboard.press('Enter')
  await page.getByLabel('Code').fill(codeIn(await mailbox.take(address)))
  await page.keyboard.press('Enter')
  await page.getByRole('navigation', { name: 'Areas' }).waitFor()
}
