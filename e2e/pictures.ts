import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { openBrowser, openWindow, signOut } from './browser.ts'
import { codeIn, openMailbox } from './mailbox.ts'
import { giveCoupons } from './sample-coupons.ts'
import { giveOrders } from './sample-orders.ts'
import { signInOverHttp, talk } from './sample-talk.ts'
import { ServerProcess } from './server-process.ts'

/** Takes the pictures of docs/pictures: `node e2e/pictures.ts [FOLDER]`. */
const folder = process.argv[2] ?? join(import.meta.dirname, '../docs/pictures')
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 }
const list = join(import.meta.dirname, '../server/samples/employees.csv')

await mkdir(folder, { recursive: true })
await using mailbox = await openMailbox()
await using server = await ServerProcess.start({ SMTP_URL: mailbox.url, LOG_LEVEL: 'warn' }, ['--demo'])
await using browser = await openBrowser()
await server.printed(/Ctrl-C stops it/)
const { campaignId, ruleId } = await fill()
await wizard()
const dark = { colorScheme: 'dark' as const }
await tour('', {})
await tour('-dark', dark)
await tour('-phone', phone)
await tour('-phone-dark', { ...phone, ...dark })
await tour('-zh', { locale: 'zh-CN' })

/** Returns a campaign of coupons, and a rule that gives them. */
async function fill() {
  const people = {
    andrew: 'andrew.fuller',
    nancy: 'nancy.davolio',
    janet: 'janet.leverling',
    steven: 'steven.buchanan',
    laura: 'laura.callahan',
  }
  await mailbox.take('andrew.fuller@northwind.example') // the invitation
  const speakers = Object.entries(people).map(
    async ([name, address]) =>
      [name, await signInOverHttp(server.url, mailbox, `${address}@northwind.example`)] as const,
  )
  const { andrew, nancy, janet, steven, laura } = Object.fromEntries(await Promise.all(speakers))
  if (!andrew || !nancy || !janet || !steven || !laura) throw new Error('Somebody could not sign in.')
  await talk({ andrew, nancy, janet, steven, laura })
  const made = await giveCoupons(andrew)
  const rule = await giveOrders(andrew, made)
  await andrew.ask('session.end', {}) // his windows need nobody to let them in
  return { campaignId: made, ruleId: rule }
}

/** The first run, on a server of its own. */
async function wizard(): Promise<void> {
  await using fresh = await ServerProcess.start({ LOG_LEVEL: 'warn' })
  const { page } = await openWindow(browser)
  await page.goto(await fresh.printed(/http:\S+setup#token=\S+/))
  await page.getByLabel('What is your organization called?').fill('Northwind Traders')
  await page.getByLabel('Your name').fill('Andrew Fuller')
  await page.getByLabel('Your mail address or phone number').fill('andrew.fuller@northwind.example')
  await shoot(page, 'wizard-name')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.locator('input[type=file]').setInputFiles(list)
  await page.getByRole('button', { name: /^Apply \d/ }).waitFor()
  await shoot(page, 'wizard')
  await page.getByRole('button', { name: /^Apply \d/ }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: /^Invite \d/ }).click()
  await page.getByRole('button', { name: 'Open Shoptalk' }).click()
  await page.goto(`${fresh.url}/dispatch`)
  await page.getByText('nancy.davolio@northwind.example').first().waitFor()
  await shoot(page, 'dispatch')
  await page.context().close()
}

/** The same screens in one size, look and language. */
async function tour(ending: string, options: BrowserContextOptions): Promise<void> {
  const andrew = await enter(browser, 'andrew.fuller@northwind.example', { ending, options })
  await shoot(andrew, `list${ending}`)
  await andrew.getByRole('link', { name: 'Sales' }).first().click()
  await andrew.getByRole('log').waitFor()
  await shoot(andrew, `conversation${ending}`)
  await andrew.goto(`${server.url}/chart`)
  await andrew.getByText('Vice President, Sales').first().waitFor()
  await shoot(andrew, `chart${ending}`)
  await andrew.goto(`${server.url}/people`)
  await andrew.getByText('Vice President, Sales').first().waitFor()
  await shoot(andrew, `members${ending}`)
  await coupons(andrew, ending)
  await orders(andrew, ending)
  await signOut(andrew)
  await andrew.context().close()
}

/** The booklet, one of its coupons, and the editor of a campaign. */
async function coupons(page: Page, ending: string): Promise<void> {
  await page.goto(`${server.url}/booklet`)
  await page.locator('.booklet-shop .coupon').first().waitFor()
  await shoot(page, `booklet${ending}`)
  await page.locator('.booklet-shop a').last().click()
  await page.locator('.till-code').waitFor()
  await shoot(page, `coupon${ending}`)
  await page.goto(`${server.url}/coupons/${campaignId}`)
  await page.locator('.campaign-figures').waitFor()
  await page.getByRole('radio').first().click()
  await page.locator('.campaign-preview .coupon').waitFor()
  await shoot(page, `campaign${ending}`)
  await page.goto(`${server.url}/till`)
  await page.locator('.till-type').waitFor()
  await shoot(page, `till${ending}`)
}

/** Orders, and a rule. */
async function orders(page: Page, ending: string): Promise<void> {
  await page.goto(`${server.url}/orders`)
  await page.locator('.order-line').nth(12).waitFor()
  await shoot(page, `orders${ending}`)
  await page.goto(`${server.url}/order-rules/${ruleId}`)
  await page.locator('.sentence .condition').first().waitFor()
  await shoot(page, `rule${ending}`)
}

async function enter(
  in_: Browser,
  address: string,
  { ending, options }: { ending: string; options: BrowserContextOptions },
): Promise<Page> {
  const { page } = await openWindow(in_, options)
  await page.goto(server.url)
  const field = page.getByRole('textbox').first()
  await field.fill(address)
  if (ending === '' || ending === '-dark') await shoot(page, `sign-in${ending}`)
  await page.keyboard.press('Enter')
  await page.locator('input[autocomplete=one-time-code]').fill(codeIn(await mailbox.take(address)))
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'Sales' }).first().waitFor()
  return page
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready)
  await page.waitForLoadState('networkidle')
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' })
  console.log(`${name}.png`)
}
