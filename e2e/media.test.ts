import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { openBrowser, openWindow } from './browser.ts'
import { codeIn, linkIn, openMailbox, type Mailbox } from './mailbox.ts'
import { ServerProcess } from './server-process.ts'
import { uploadMedia } from '../sdk/upload.ts'
import { connect } from '../sdk/index.ts'
import { examine } from './support/examine.ts'

const andrew = 'andrew.fuller@northwind.example'
const nancy = 'nancy.davolio@northwind.example'
const maria = 'maria@customers.example'
const name = 'Cheese of the week'
const said = 'A wheel of cheese on a board'

test('G13-07 an owner attaches a picture and a video to a broadcast, and who joined by a code sees them on a phone', async () => {
  await using mailbox = await openMailbox()
  await using server = await ServerProcess.start({ SMTP_URL: mailbox.url, LOG_LEVEL: 'warn' }, ['--demo'])
  await using browser = await openBrowser()
  await server.printed(/Ctrl-C stops it/)
  await mailbox.take(andrew) // the invitation
  const { page: owner, faults } = await openWindow(browser)
  await signIn(owner, server, mailbox)
  const code = await makeBroadcast(owner)
  const phone = await comeIn(browser, mailbox, code)

  await sendWhileCut(owner)
  await seesBoth(owner)
  await seesBoth(phone)
  await opensPicture(phone)
  await refusesAndRemoves(owner)
  await uploadsFromProgram(server, mailbox)
  assert.deepEqual(faults, [])
})

async function signIn(page: Page, server: ServerProcess, mailbox: Mailbox) {
  await page.goto(server.url)
  await page.getByLabel('Mail address or phone number').fill(andrew)
  await page.keyboard.press('Enter')
  await page.getByLabel('Code').fill(codeIn(await mailbox.take(andrew)))
  await page.keyboard.press('Enter')
  await page.getByRole('navigation', { name: 'Areas' }).waitFor()
}

/** Answers with the address of its code to join. */
async function makeBroadcast(page: Page): Promise<string> {
  const url: string = await page.evaluate(async (called) => {
    const ask = async (path: string, body?: object) => {
      const headers = { 'content-type': 'application/json' }
      return (
        await fetch(`/v1/${path}`, body ? { method: 'POST', headers, body: JSON.stringify(body) } : undefined)
      ).json()
    }
    const { memberships } = await ask('session.get')
    const organizationId = memberships[0].organization.id
    const conversationId = crypto.randomUUID()
    await ask('conversation.create', { organizationId, conversationId, kind: 'broadcast', name: called, personIds: [] })
    const subject = { kind: 'group', subjectId: conversationId }
    return (await ask('code.create', { organizationId, ...subject, codeId: crypto.randomUUID() })).url
  }, name)
  await page.getByRole('link', { name }).first().click()
  await page.getByRole('heading', { name, level: 1 }).waitFor()
  return url
}

async function comeIn(browser: Browser, mailbox: Mailbox, code: string): Promise<Page> {
  const { page } = await openWindow(browser, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
  await page.goto(code)
  await page.getByLabel('Mail address or phone number').fill(maria)
  await page.getByRole('button', { name: 'Continue' }).tap()
  const mail = await mailbox.take(maria)
  await page.goto('about:blank')
  await page.goto(linkIn(mail))
  await page.getByRole('button', { name: 'Join now' }).tap()
  await page.getByRole('log').waitFor()
  return page
}

/** The message is sent while nothing gets through, and goes by itself when the network is back. */
async function sendWhileCut(page: Page) {
  await page.route('**/v1/media/**', (route) =>
    route.request().method() === 'PATCH' ? route.abort('connectionreset') : route.continue(),
  )
  await page.locator('.composer input[type=file]').setInputFiles([await photograph(page), await film(page)])
  const tray = page.getByRole('list', { name: 'Goes along with the message' })
  await tray.getByText('Goes on when the connection is back').nth(1).waitFor()
  await page.getByRole('button', { name: 'Describe cheese.jpg' }).click()
  await page.getByLabel('What is to be seen').fill(said)
  await page.getByRole('button', { name: 'Save the description' }).click()
  await page.getByRole('textbox', { name: /^Message/ }).fill('Fresh on Friday.')
  await page.keyboard.press('Enter')
  await page.getByText('It is sent as soon as everything has arrived.').first().waitFor()
  await examine(page, 'a message that waits for its pictures')
  await picture(page, 'held')
  await page.unroute('**/v1/media/**')
  await tray.waitFor({ state: 'detached' })
  assert.equal(await page.getByRole('textbox', { name: /^Message/ }).inputValue(), '')
}

async function seesBoth(page: Page) {
  const log = page.getByRole('log')
  await log.getByText('Fresh on Friday.').waitFor()
  const photo = log.getByRole('img', { name: said })
  await photo.waitFor()
  await page.waitForFunction(
    (alt) => {
      const image = document.querySelector(`img[alt="${alt}"]`)
      const video = document.querySelector('video')
      return image instanceof HTMLImageElement && image.naturalWidth === 960 && (video?.videoWidth ?? 0) > 0
    },
    said,
    { timeout: 15_000 },
  )
  await picture(page, `seen-${page.viewportSize()?.width}`)
}

async function opensPicture(page: Page) {
  await page.getByRole('button', { name: said }).tap()
  const viewer = page.getByRole('dialog', { name: 'cheese.jpg' })
  await viewer.getByText(said).waitFor()
  await viewer.getByRole('link', { name: 'Download cheese.jpg' }).waitFor()
  await page.waitForFunction(() =>
    Array.from(document.querySelectorAll('.viewer img')).some(
      (image) => image instanceof HTMLImageElement && image.naturalWidth === 1_200,
    ),
  )
  await examine(page, 'a picture as large as the window')
  await picture(page, 'viewer')
  await viewer.getByRole('button', { name: 'Close' }).tap()
  await viewer.waitFor({ state: 'detached' })
}

/** Dropped on the conversation: one is too large, one is given up while it arrives, one is removed. */
async function refusesAndRemoves(page: Page) {
  await page.route('**/v1/media/**', (route) =>
    route.request().method() === 'PATCH' ? route.abort('connectionreset') : route.continue(),
  )
  const brought = await page.evaluateHandle(() => {
    const transfer = new DataTransfer()
    transfer.items.add(new File([new Uint8Array(25_000_000)], 'poster.jpg', { type: 'image/jpeg' }))
    transfer.items.add(new File(['Brie, Comté'], 'prices.txt', { type: 'text/plain' }))
    return transfer
  })
  await page.getByRole('log').dispatchEvent('dragenter', { dataTransfer: brought })
  const target = page.getByText(`Drop to attach to ${name}`)
  await target.waitFor()
  await target.dispatchEvent('drop', { dataTransfer: brought })
  const tray = page.getByRole('list', { name: 'Goes along with the message' })
  await tray.getByText('25 MB is too large. A picture may have 20 MB.').waitFor()
  await tray.getByText('Goes on when the connection is back').waitFor()
  await picture(page, 'refused')
  const ended = page.waitForResponse((answer) => answer.request().method() === 'DELETE')
  await tray.getByRole('button', { name: 'Stop and remove prices.txt' }).focus()
  await page.keyboard.press('Delete')
  assert.equal((await ended).status(), 204)
  await page.keyboard.press('Delete')
  await tray.waitFor({ state: 'detached' })
  const focused = await page.evaluate(() => document.activeElement?.tagName)
  assert.equal(focused, 'TEXTAREA', 'the keyboard goes on where the words are')
  await page.unroute('**/v1/media/**')
}

/** The SDK outside browsers, with more than goes into one request. */
async function uploadsFromProgram({ url }: ServerProcess, mailbox: Mailbox) {
  using client = connect({ url })
  const { requestId } = await client.session.requestCode({ address: nancy })
  const code = codeIn(await mailbox.take(nancy))
  const device = { name: 'Program', class: 'desktop' } as const
  const started = await client.session.start({ requestId, code, device, keep: 'token' })
  assert.ok('token' in started && started.token)
  const { memberships } = await client.session.get({})
  const told: number[] = []
  const part = await uploadMedia({
    client,
    url,
    token: started.token,
    organizationId: memberships[0]?.organization.id ?? '',
    file: new Blob(['Brie, Comté\n'.repeat(700_000)]),
    name: 'prices.txt',
    onProgress: ({ sentBytes }) => told.push(sentBytes),
  })
  assert.deepEqual([part.kind, part.name, part.bytes], ['file', 'prices.txt', 9_100_000])
  assert.equal(told.at(-1), 9_100_000)
}

type Chosen = { name: string; mimeType: string; buffer: Buffer }

/** As a camera would: a JPEG of 1,200 by 800. */
async function photograph(page: Page): Promise<Chosen> {
  const data = await page.evaluate(() => {
    const canvas = document.createElement('canvas')
    Object.assign(canvas, { width: 1_200, height: 800 })
    const paint = canvas.getContext('2d')
    if (!paint) throw new Error('This browser draws nothing.')
    paint.fillStyle = '#d9a520'
    paint.fillRect(0, 0, 1_200, 800)
    paint.fillStyle = '#5c3317'
    paint.fillRect(200, 500, 800, 120)
    return canvas.toDataURL('image/jpeg')
  })
  return { name: 'cheese.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(data.split(',')[1] ?? '', 'base64') }
}

/** Some frames of a moving square. */
async function film(page: Page): Promise<Chosen> {
  const data = await page.evaluate(async () => {
    const canvas = document.createElement('canvas')
    Object.assign(canvas, { width: 320, height: 180 })
    const paint = canvas.getContext('2d')
    const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: 'video/webm;codecs=vp8' })
    const pieces: Blob[] = []
    recorder.addEventListener('dataavailable', ({ data: piece }) => pieces.push(piece))
    const done = new Promise((resolve) => recorder.addEventListener('stop', resolve))
    recorder.start()
    for (let frame = 0; frame < 12; frame++) {
      paint?.clearRect(0, 0, 320, 180)
      paint?.fillRect(frame * 20, 60, 60, 60)
      await new Promise((resolve) => requestAnimationFrame(resolve))
    }
    recorder.stop()
    await done
    return Array.from(new Uint8Array(await new Blob(pieces).arrayBuffer()))
  })
  assert.ok(data.length > 0, 'nothing was filmed')
  return { name: 'dairy.webm', mimeType: 'video/webm', buffer: Buffer.from(data) }
}

async function picture(page: Page, what: string) {
  const folder = process.env['PICTURES']
  if (folder) await page.screenshot({ path: join(folder, `media-${what}.png`), animations: 'disabled' })
}
