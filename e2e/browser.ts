import { existsSync } from 'node:fs'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
/** It stays on this machine: nothing is looked up, updated or reported. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** `more`: further words on Chromium's command line. */
export async function openBrowser(more: readonly string[] = []): Promise<Browser & AsyncDisposable> {
  const executablePath = places.find((place) => existsSync(place))
  if (!executablePath) throw new Error('There is no Chromium here. `apt-get install chromium` brings it.')
  const browser = await chromium.launch({ executablePath, args: [...quiet, ...more] })
  return Object.assign(browser, { [Symbol.asyncDispose]: () => browser.close() })
}

/**
 * A window of its own: its own cookies, its own storage. What goes wrong in it is kept in `faults`. It keeps no copy of
 * the app, which would take time from every test, unless `serviceWorkers` are allowed.
 */
export async function openWindow(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; faults: string[] }> {
  const usual = { viewport: { width: 1440, height: 900 }, locale: 'en-US', serviceWorkers: 'block' } as const
  const context = await browser.newContext({ ...usual, ...options })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.setDefaultTimeout(15_000)
  return { page, faults }
}

/** So that the next window of the same person need not be let in by this one. */
export async function signOut(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const headers = { 'content-type': 'application/json' }
    await fetch('/v1/session.end', { method: 'POST', headers, body: '{}' })
  })
}
