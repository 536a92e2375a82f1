import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import laterEnglish from './src/texts/later/en.json' with { type: 'json' }

/** Bytes of script, compressed, before the conversations can be used. */
const firstLoadMax = 200_000

type Chunk = { type: 'chunk'; fileName: string; code: string; imports: string[]; isEntry: boolean; name: string }

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
    build: { write: false },
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

test('the page runs no script of its own, so that the content security policy can forbid it', async () => {
  const { readFile } = await import('node:fs/promises')
  const page = await readFile(join(import.meta.dirname, 'index.html'), 'utf8')
  assert.doesNotMatch(page, /<script(?![^>]*\bsrc=)/)
  assert.doesNotMatch(page, /\son\w+=/)
})
