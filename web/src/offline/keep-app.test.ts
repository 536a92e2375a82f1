import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { test } from 'node:test'
import { isPagePath } from '../../../protocol/pages.ts'
import { answerWith, kindOf } from './answer-with.ts'
import { watchVersions } from './keep-app.ts'

const origin = 'https://talk.example.com'
const isKept = (url: string) => url === `${origin}/assets/app-1a2b.js` || url === `${origin}/theme.js`
const kind = (path: string, mode: RequestMode = 'cors', method = 'GET') =>
  kindOf({ url: new URL(path, origin).href, method, mode }, { origin, isPagePath, isKept })

test('the worker answers for pages and files of the build; what the API says, codes, pictures and passes never pass through it', () => {
  for (const page of ['/', '/till', '/booklet/01970000', '/c/01970000', '/?utm=1'])
    assert.equal(kind(page, 'navigate'), 'page')
  assert.deepEqual([kind('/assets/app-1a2b.js'), kind('/theme.js', 'no-cors')], ['file', 'file'])
  const others = [
    '/v1/booklet.read',
    '/v1/coupon.redeem',
    '/qr/code.svg',
    '/scim/v2/Users',
    '/docs/api/',
    '/healthz',
    '/openapi.json',
  ]
  for (const path of others) assert.deepEqual([kind(path), kind(path, 'navigate')], ['other', 'other'], path)
  assert.equal(kind('/till'), 'other')
  assert.equal(kind('/', 'navigate', 'POST'), 'other')
  assert.equal(kind('/assets/app-1a2b.js', 'cors', 'HEAD'), 'other')
  assert.equal(kind('https://elsewhere.example/till', 'navigate'), 'other')
})

test('the server’s page is shown as long as it has one; the kept one when nobody answers, or too late, or only that it is broken', async () => {
  const page = (words: string, status = 200) => new Response(words, { status })
  const kept = async () => page('kept')
  const shown = async (ask: () => Promise<Response>, has: () => Promise<Response | undefined> = kept) => {
    const answer = await answerWith(ask, has, 20)
    return answer.type === 'error' ? 'error' : `${answer.status} ${await answer.text()}`
  }
  assert.equal(await shown(async () => page('newest')), '200 newest')
  assert.equal(await shown(async () => page('gone', 404)), '404 gone')
  assert.equal(await shown(async () => page('draining', 503)), '200 kept')
  assert.equal(await shown(() => Promise.reject(new TypeError('Failed to fetch'))), '200 kept')
  const held = Promise.withResolvers<Response>()
  assert.equal(await shown(() => held.promise), '200 kept')
  assert.equal(
    await shown(
      async () => page('draining', 503),
      async () => undefined,
    ),
    '503 draining',
  )
  assert.equal(
    await shown(
      () => Promise.reject(new TypeError('Failed to fetch')),
      async () => undefined,
    ),
    'error',
  )
})

test('a page is told of a newer version once; one that is of that version, or the first one here, is told nothing', async () => {
  const { registration, found, told } = watching()
  registration.active = null
  await found('two')
  assert.equal(told(), 0) // the first worker that this browser has had
  registration.active = registration.installing
  await found('one')
  assert.equal(told(), 0)
  await found('two')
  assert.equal(told(), 1)
  await found('three')
  assert.equal(told(), 1)
  const waiting = watching('two')
  await settled()
  assert.equal(waiting.told(), 1)
})

/** A page of version one, and workers that hold other versions. */
function watching(waiting?: string) {
  class Worker extends EventTarget {
    state: ServiceWorkerState = 'installing'
    readonly #version: string
    constructor(version: string) {
      super()
      this.#version = version
    }
    postMessage({ entry }: { entry: string }, [port]: MessagePort[]) {
      port?.postMessage(entry === this.#version)
      port?.close()
    }
  }
  class Watched extends EventTarget {
    installing: Worker | null = null
    waiting: Worker | null = waiting === undefined ? null : new Worker(waiting)
    active: Worker | null = new Worker('one')
  }
  const registration = new Watched()
  let told = 0
  watchVersions(registration, 'one', () => told++)
  const found = async (version: string) => {
    const worker = new Worker(version)
    registration.installing = worker
    registration.dispatchEvent(new Event('updatefound'))
    worker.state = 'installed'
    worker.dispatchEvent(new Event('statechange'))
    await settled()
  }
  return { registration, found, told: () => told }
}

/** Messages through a port arrive in later turns of the loop. */
async function settled() {
  for (let turn = 0; turn < 20; turn++) await setImmediate()
}
