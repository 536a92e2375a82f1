import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import laterEnglish from './src/texts/later/en.json' with { type: 'json' }

/** Bytes of script, compressed, before the conversations can be used. */
const firstLoadMax = 200_000

type Chunk = { type: 'chunk'; fileName: string; code: string; imports: string[]; isEntry: boolean; name: string }

const folder = mkdtempSync(join(tmpdir(), 'shoptalk-web-'))
after(() => rmSync(folder, { recursive: true }))
const read = (file: string) => readFileSync(join(folder, file))

test('the first load of the app takes at most 200 kB of script, and needs no text of later screens', async () => {
  const first = await firstChunks()
  const total = first.reduce((sum, { code }) => sum + gzipSync(code).length, 0)
  assert.ok(total <= firstLoadMax, `${total} bytes`)
  assert.ok(total > firstLoadMax / 10, 'the measurement has lost the app')
  const code = first.map((chunk) => chunk.code).join('\n')
  assert.deepEqual(
    Object.keys(laterEnglish).filter((key) => ['"', "'", '`'].some((quote) => code.includes(quote + key + quote))),
    [],
    'these texts belong in web/src/texts/en.json and zh-CN.json',
  )
})

/** What is loaded before the conversations can be used. */
async function firstChunks(): Promise<Chunk[]> {
  const built = await build({
    configFile: join(import.meta.dirname, 'vite.config.ts'),
    logLevel: 'silent',
    build: { outDir: folder, emptyOutDir: true },
  })
  assert.ok('output' in built)
  const chunks = new Map(
    built.output.flatMap((file): [string, Chunk][] => (file.type === 'chunk' ? [[file.fileName, file]] : [])),
  )
  const first = new Set<Chunk>()
  const add = (fileName: string) => {
    const chunk = chunks.get(fileName)
    if (!chunk || first.has(chunk)) return
    first.add(chunk)
    chunk.imports.forEach(add)
  }
  for (const { isEntry, fileName } of chunks.values()) if (isEntry) add(fileName)
  // The larger one of the two catalogues is loaded with the entry; the later texts come with the first later screen.
  const catalogues = Array.from(chunks.values()).filter(({ name }) => name === 'zh-CN')
  const [catalogue] = catalogues.toSorted((one, other) => one.code.length - other.code.length)
  if (catalogue) add(catalogue.fileName)
  return Array.from(first)
}

test('browsers find all that they need to install the app', () => {
  const page = read('index.html').toString()
  assert.match(page, /<link rel="manifest" href="\/manifest\.webmanifest"/)
  assert.match(page, /<link rel="apple-touch-icon" href="\/apple-touch-icon\.png"/)
  assert.equal(
    page.match(/<meta[^>]*name="theme-color"[^>]*media="\(prefers-color-scheme: (light|dark)\)"/gs)?.length,
    2,
  )
  const { icons, ...manifest } = JSON.parse(read('manifest.webmanifest').toString())
  assert.ok(manifest.name && manifest.short_name)
  assert.deepEqual([manifest.id, manifest.start_url, manifest.scope, manifest.display], ['/', '/', '/', 'standalone'])
  const drawn = icons.filter(({ type }: { type: string }) => type === 'image/png')
  assert.deepEqual(
    drawn.map(({ sizes, purpose }: { sizes: string; purpose: string }) => `${sizes} ${purpose}`),
    ['192x192 any', '512x512 any', '512x512 maskable'],
  )
  const files: [string, string][] = drawn.map(({ src, sizes }: { src: string; sizes: string }) => [src, sizes])
  for (const [file, sizes] of [...files, ['apple-touch-icon.png', '180x180'] as const]) {
    const picture = read(file)
    assert.equal(picture.subarray(1, 4).toString(), 'PNG')
    assert.equal(`${picture.readUInt32BE(16)}x${picture.readUInt32BE(20)}`, sizes)
  }
})

test('the worker keeps every file of the build, as it was built, and nothing else', () => {
  const quoted = '[`"\']([^`"\']*)[`"\']'
  const entry = new RegExp(`url:${quoted},revision:(?:${quoted}|null),integrity:${quoted}`, 'g')
  const listed = Array.from(read('sw.js').toString().matchAll(entry), ([, url, revision, integrity]) => ({
    url,
    isNamedByContent: revision === undefined,
    integrity,
  }))
  const built = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && file.name !== 'sw.js' && !file.name.endsWith('.br'))
    .map((file) => join(file.parentPath, file.name).slice(folder.length))
  const expected = built.toSorted().map((url) => ({
    url,
    isNamedByContent: url.startsWith('/assets/'),
    integrity: `sha256-${createHash('sha256').update(read(url)).digest('base64')}`,
  }))
  assert.ok(expected.length > 50)
  assert.deepEqual(listed, expected)
})

test('the page runs no script of its own, so that the content security policy can forbid it', async () => {
  const { readFile } = await import('node:fs/promises')
  const page = await readFile(join(import.meta.dirname, 'index.html'), 'utf8')
  assert.doesNotMatch(page, /<script(?![^>]*\bsrc=)/)
  assert.doesNotMatch(page, /\son\w+=/)
})
