import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { chromium, type Page } from 'playwright-core'
import { build } from 'vite'

const isMissing = (process.env.SHOPTALK_TEST_MISSING ?? '').includes('chromium')

test(
  'the outbox of a browser survives a reload, keeps its order and its owners apart, and is shared by tabs',
  { skip: isMissing ? 'Chromium is not installed' : false },
  async () => {
    await using site = await openSite()
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu'],
    })
    try {
      const context = await browser.newContext()
      const [first, second] = [await openPage(context.newPage(), site.url), await openPage(context.newPage(), site.url)]
      const put = (id: string, order: number) => `storage.put('ann', { order: ${order}, post: { id: '${id}' } })`
      await first.evaluate(
        `(async () => { await ${put('late', 2)}; await ${put('early', 1)}; await ${put('late', 2)} })()`,
      )
      await first.reload()
      const load = `storage.load('ann').then((all) => all.map(({ post }) => post.id))`
      assert.deepEqual(await first.evaluate(load), ['early', 'late'])
      assert.deepEqual(await second.evaluate(`storage.load('bob')`), [])
      await second.evaluate(`storage.remove('ann', ['early', 'unknown'])`)
      assert.deepEqual(await first.evaluate(load), ['late'])
      assert.equal(await first.evaluate(`storage.has('ann', 'early')`), false)
      assert.equal(await first.evaluate(`storage.has('ann', 'late')`), true)
      await checkLock(first, second)
    } finally {
      await browser.close()
    }
  },
)

/** While one tab holds the lock, the other waits. */
async function checkLock(first: Page, second: Page) {
  const take = (name: string) => `storage.exclusively('lock', () => new Promise((resolve) => {
    globalThis.held = true
    globalThis.release = () => resolve('${name}')
  }))`
  await first.evaluate(`globalThis.taken = ${take('first')}; 0`)
  await first.waitForFunction('globalThis.held')
  await second.evaluate(`globalThis.taken = ${take('second')}; 0`)
  await second.waitForFunction(`navigator.locks.query().then(({ pending }) => pending.length === 1)`)
  assert.equal(await second.evaluate('globalThis.held === true'), false)
  assert.equal(await first.evaluate('release(), taken'), 'first')
  await second.waitForFunction('globalThis.held')
  assert.equal(await second.evaluate('release(), taken'), 'second')
}

async function openPage(opening: Promise<Page>, url: string): Promise<Page> {
  const page = await opening
  await page.goto(url)
  await page.waitForFunction('globalThis.storage')
  return page
}

/** A page that holds the storage, made of the module as browsers get it. */
async function openSite() {
  const script = await bundle()
  const server = createServer((request, response) => {
    const isScript = request.url === '/storage.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : PAGE)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  const close = () => new Promise<void>((resolve) => void server.close(() => resolve()))
  return { url: `http://localhost:${address.port}`, [Symbol.asyncDispose]: close }
}

const PAGE = `<!doctype html><script type="module">
  import { browserStorage } from '/storage.js'
  globalThis.storage = browserStorage()
</script>`

async function bundle(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, lib: { entry: join(import.meta.dirname, 'browser-storage.ts'), formats: ['es'] } },
  })
  const [output] = Array.isArray(built) ? built : []
  const [chunk] = output?.output ?? []
  assert.equal(chunk?.type, 'chunk')
  return chunk.code
}
