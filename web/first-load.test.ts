import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

/** Bytes of script, compressed, before the conversations can be used. */
const firstLoadMax = 200_000

type Chunk = { type: 'chunk'; fileName: string; code: string; imports: string[]; isEntry: boolean; name: string }

test('the first load of the app takes at most 200 kB of script', async () => {
  const built = await build({
    configFile: join(import.meta.dirname, 'vite.config.ts'),
    logLevel: 'silent',
    build: { write: false },
  })
  assert.ok('output' in built)
  const chunks = new Map(
    built.output.flatMap((file): [string, Chunk][] => (file.type === 'chunk' ? [[file.fileName, file]] : [])),
  )
  const first = new Set<string>()
  const add = (fileName: string) => {
    if (first.has(fileName)) return
    first.add(fileName)
    chunks.get(fileName)?.imports.forEach(add)
  }
  // The larger one of the two catalogues is loaded with the entry.
  for (const { isEntry, name, fileName } of chunks.values()) if (isEntry || name === 'zh-CN') add(fileName)
  const bytes = Array.from(first, (fileName) => gzipSync(chunks.get(fileName)?.code ?? '').length)
  const total = bytes.reduce((sum, one) => sum + one, 0)
  assert.ok(total <= firstLoadMax, `${total} bytes`)
  assert.ok(total > firstLoadMax / 10, 'the measurement has lost the app')
})

test('the page runs no script of its own, so that the content security policy can forbid it', async () => {
  const { readFile } = await import('node:fs/promises')
  const page = await readFile(join(import.meta.dirname, 'index.html'), 'utf8')
  assert.doesNotMatch(page, /<script(?![^>]*\bsrc=)/)
  assert.doesNotMatch(page, /\son\w+=/)
})
