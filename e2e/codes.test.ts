import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Browser, Locator, Page } from 'playwright-core'
import { openBrowser, openWindow } from './browser.ts'
import { codeIn, linkIn, openMailbox, type Mailbox } from './mailbox.ts'
import { ServerProcess } from './server-process.ts'
import { cameraArguments, film } from './support/fake-camera.ts'

const andrew = 'andrew.fuller@northwind.example'
const maria = 'maria@customers.example'
const TAPS_MAX = 4

test('G13-01 G13-02 G13-03 a poster’s code, read by the camera, leads a newcomer into a broadcast, and news arrive', async () => {
  await using mailbox = await openMailbox()
  await using server = await ServerProcess.start({ SMTP_URL: mailbox.url, LOG_LEVEL: 'warn' }, ['--demo'])
  await using browser = await openBrowser()
  await server.printed(/Ctrl-C stops it/)
  const owner = await signIn(browser, server, mailbox)
  await makeBroadcast(owner, 'Cheese of the week')
  const poster = await openPoster(owner)
  const camera = join(server.folder, 'poster.y4m')
  await film(poster, '.poster img.qr', camera)
  await checkPoster(poster, server)

  await using phone = await openBrowser(cameraArguments(camera))
  const newcomer = await comeIn(phone, server, mailbox)
  await newcomer.getByRole('heading', { name: 'Cheese of the week', level: 1 }).waitFor()
  await owner.getByRole('textbox', { name: /^Message/ }).fill('Fresh goat cheese on Friday.')
  await owner.keyboard.press('Enter')
  await newcomer.getByRole('log').getByText('Fresh goat cheese on Friday.').waitFor()
  await seesNothingElse(newcomer)
  await leave(newcomer)
})

async function signIn(browser: Browser, server: ServerProcess, mailbox: Mailbox): Promise<Page> {
  await mailbox.take(andrew) // the invitation
  const { page } = await openWindow(browser)
  await page.goto(server.url)
  await page.getByLabel('Mail address or phone number').fill(andrew)
  await page.getByRole('button', { name: 'Send me a code' }).click()
  await page.getByLabel('Code').fill(codeIn(await mailbox.take(andrew)))
  await page.getByRole('navigation', { name: 'Areas' }).waitFor()
  return page
}

async function makeBroadcast(page: Page, name: string) {
  const made = await page.evaluate(async (called) => {
    const ask = async (method: string, path: string, body?: object) => {
      const init = body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}
      return (await fetch(`/v1/${path}`, { method, ...init })).json()
    }
    const { memberships } = await ask('GET', 'session.get')
    const input = { organizationId: memberships[0].organization.id, kind: 'broadcast', name: called, personIds: [] }
    return ask('POST', 'conversation.create', { ...input, conversationId: crypto.randomUUID() })
  }, name)
  await page.getByRole('link', { name }).first().click()
  await page.getByRole('heading', { name, level: 1 }).waitFor()
  assert.ok(made.id)
}

/** As an owner makes it: codes of the group, a place, its poster. */
async function openPoster(page: Page): Promise<Page> {
  await page.keyboard.press('Control+.')
  await page.getByRole('button', { name: 'Codes to join' }).click()
  await page.getByLabel('Place').fill('Door')
  await page.getByRole('button', { name: 'Make a code' }).click()
  const opened = page.context().waitForEvent('page')
  await page.getByRole('link', { name: 'Poster' }).click()
  const poster = await opened
  await poster
    .locator('.poster img.qr')
    .evaluate(
      (image) =>
        image instanceof HTMLImageElement &&
        (image.complete || new Promise((resolve) => image.addEventListener('load', resolve))),
    )
  await page.keyboard.press('Escape')
  return poster
}

/** One sheet of the size that was chosen. */
async function checkPoster(poster: Page, server: ServerProcess) {
  const pictures = process.env['PICTURES']
  for (const size of ['A4', 'A6', 'A5'] as const) {
    await poster.getByRole('radio', { name: size }).click()
    const path = join(pictures ?? server.folder, `poster-${size}.pdf`)
    await poster.pdf({ path, preferCSSPageSize: true, printBackground: true })
    const pages = (await readFile(path, 'latin1')).match(/\/Type\s*\/Page\b(?!s)/g)
    assert.equal(pages?.length, 1, `${size} is one sheet`)
  }
  if (pictures) await poster.screenshot({ path: join(pictures, 'poster.png'), fullPage: true })
}

/** Counts what the newcomer taps; they type nothing but their address. */
async function comeIn(phone: Browser, server: ServerProcess, mailbox: Mailbox): Promise<Page> {
  let taps = 0
  const tap = async (what: Locator) => {
    taps++
    await what.tap()
  }
  const { page, faults } = await openWindow(phone, { viewport: { width: 390, height: 844 }, hasTouch: true })
  await page.goto(`${server.url}/scan`)
  await page.getByRole('heading', { name: 'Join Cheese of the week' }).waitFor()
  await picture(page, 'join')
  await page.getByLabel('Mail address or phone number').fill(maria)
  await tap(page.getByRole('button', { name: 'Continue' }))
  const mail = await mailbox.take(maria)
  taps++ // the link in the mail
  await page.goto('about:blank')
  await page.goto(linkIn(mail))
  await tap(page.getByRole('button', { name: 'Join now' }))
  await page.getByRole('log').waitFor()
  await picture(page, 'joined')
  assert.ok(taps <= TAPS_MAX, `${taps} taps`)
  assert.deepEqual(faults, [])
  return page
}

async function picture(page: Page, name: string) {
  const folder = process.env['PICTURES']
  if (folder) await page.screenshot({ path: join(folder, `code-${name}.png`) })
}

/** No directory, no search, nobody to write to. */
async function seesNothingElse(page: Page) {
  assert.equal(await page.getByRole('textbox', { name: /^Message/ }).count(), 0)
  await page.getByRole('button', { name: 'Back' }).tap()
  await page.getByRole('link', { name: /Cheese of the week/ }).waitFor()
  await picture(page, 'list')
  assert.equal(await page.getByRole('link', { name: 'People' }).count(), 0)
  assert.equal(await page.getByRole('button', { name: /New conversation/ }).count(), 0)
  const [members, chart] = await page.evaluate(async () => {
    const session = await (await fetch('/v1/session.get')).json()
    const inside = `organizationId=${session.memberships[0].organization.id}`
    const asked = ['member.list', 'chart.get'].map((name) => fetch(`/v1/${name}?${inside}`))
    return (await Promise.all(asked)).map(({ status }) => status)
  })
  assert.deepEqual([members, chart], [403, 403])
}

/** From the conversation, and it is gone. */
async function leave(page: Page) {
  await page.getByRole('link', { name: /Cheese of the week/ }).tap()
  await page.getByRole('button', { name: 'People and details' }).tap()
  await page.getByRole('button', { name: 'Leave', exact: true }).tap()
  await page.getByRole('dialog').getByRole('button', { name: 'Leave', exact: true }).tap()
  await page.getByText('What you join appears here.').waitFor()
}
