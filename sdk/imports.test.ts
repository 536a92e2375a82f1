import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const folder = import.meta.dirname
const textOf = (file: string) => readFileSync(join(folder, file), 'utf8')
/** What is there at run time: types vanish. */
const importsOf = (text: string) =>
  Array.from(text.matchAll(/^(?:import|export) (?!type )(?:[^;]*?from )?'([^']+)'/gm), ([, target]) => target ?? '')

test('the client takes no schemas into the browser, only the contract’s types and numbers', () => {
  const sources = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  const targets = new Set(sources.flatMap((file) => importsOf(textOf(file))))
  const protocol = Array.from(targets).filter((target) => target.startsWith('../protocol/'))
  assert.ok(protocol.includes('../protocol/limits.ts'))
  for (const file of protocol) assert.deepEqual(importsOf(textOf(file)), [], `${file} stands alone`)
  const packages = Array.from(targets).filter((target) => !target.startsWith('.'))
  assert.deepEqual(packages.toSorted(), ['idb', 'tus-js-client', 'uuid'])
})
