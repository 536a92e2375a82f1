import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'
import { features } from './all-features.ts'
import { order } from './features.ts'

const clone = join(import.meta.dirname, '..')
/** Static, dynamic, type-only and side-effect imports, exports and `import('…')` types alike. */
const specifiers = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"`]([^'"`]+)['"`]/g

type Import = { file: string; target: string }

function importsOf(pattern: string): Import[] {
  return globSync(pattern, { cwd: clone, exclude: ['**/node_modules/**', '**/dist/**'] }).flatMap((file) => {
    const source = readFileSync(join(clone, file), 'utf8')
    return Array.from(source.matchAll(specifiers), ([, specifier = '']) => ({
      file,
      target: specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier,
    }))
  })
}

const featureOf = (path: string) => /^server\/features\/([^/]+)\//.exec(path)?.[1]
const isOurs = (target: string) => /^(protocol|server|sdk|web|bin|e2e|bench)\//.test(target)
const isTest = (file: string) => /\.test\.tsx?$/.test(file) || file.startsWith('server/testing/')

/** Why the import is not allowed; undefined where it is. */
function faultOf({ file, target }: Import): string | undefined {
  const [from, to] = [featureOf(file), featureOf(target)]
  if (to !== undefined && from === to && target.endsWith('/index.ts')) return 'imports its own index.ts; name the file'
  if (to === undefined || from === to) return undefined
  const rank = (name: string) => order.findIndex((known) => known === name)
  if (rank(to) === -1) return `imports a feature that is missing in features.ts`
  if (file.startsWith('server/platform/')) return 'is platform and may know no feature'
  if (!target.endsWith('/index.ts')) return 'reaches inside a feature; export what it needs from the index.ts there'
  if (from !== undefined && rank(to) > rank(from)) return 'comes before it in features.ts; turn the dependency round'
  return undefined
}

test('a feature imports only features before it, through their index.ts; platform imports none', () => {
  const faults = importsOf('server/**/*.ts')
    .filter(({ file }) => !isTest(file))
    .flatMap((found) => (faultOf(found) === undefined ? [] : [`${found.file} → ${found.target}: ${faultOf(found)}`]))
  assert.deepEqual(faults, [])
})

test('a feature and the platform import nothing that composes them', () => {
  const faults = importsOf('server/{features,platform}/**/*.ts')
    .filter(({ file }) => !isTest(file))
    .filter(({ target }) => /^server\/[^/]+\.ts$/.test(target) || /^server\/(cli|testing)\//.test(target))
  assert.deepEqual(faults, [])
})

test('main.ts is imported by nobody, and what it runs by nobody else', () => {
  const all = importsOf('**/*.{ts,tsx,mjs}')
  assert.deepEqual(
    all.filter(({ target }) => target === 'server/main.ts'),
    [],
  )
  const runners = all.filter(({ target }) => target === 'server/run-server.ts').map(({ file }) => file)
  assert.deepEqual(runners, ['server/main.ts'])
})

test('the protocol imports nothing of ours, the SDK only the protocol, the web app only these two', () => {
  const allowed = { protocol: ['protocol/'], sdk: ['sdk/', 'protocol/'], web: ['web/', 'sdk/', 'protocol/'] }
  for (const [folder, prefixes] of Object.entries(allowed)) {
    const faults = importsOf(`${folder}/**/*.{ts,tsx}`)
      .filter(({ file, target }) => !isTest(file) && isOurs(target))
      .filter(({ target }) => !prefixes.some((prefix) => target.startsWith(prefix)))
    assert.deepEqual(faults, [])
  }
})

test('no two files import each other, directly or in a circle', () => {
  const edges = Map.groupBy(
    importsOf('{protocol,server,sdk}/**/*.ts').filter(({ target }) => isOurs(target)),
    ({ file }) => file,
  )
  const done = new Set<string>()
  const circles: string[] = []
  const walk = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file)
    if (start !== -1) return void circles.push([...path.slice(start), file].join(' → '))
    if (done.has(file)) return
    for (const { target } of edges.get(file) ?? []) walk(target, [...path, file])
    done.add(file)
  }
  for (const file of edges.keys()) walk(file, [])
  assert.deepEqual(circles, [], 'move what both need into a file of its own')
})

test('features.ts names every feature there is, and each is started in its order', () => {
  assert.deepEqual(
    features.map(({ name }) => name),
    [...order],
  )
  const folders = globSync('server/features/*/index.ts', { cwd: clone }).map((file) => featureOf(file) ?? '')
  assert.deepEqual(folders.toSorted(), [...order].toSorted())
})

test('the scanner sees every way to import', () => {
  const source = `import a from './a.ts'
    import type { B } from "./b.ts"
    import './c.ts'
    const d = await import('./d.ts')
    type E = import('./e.ts').E
    export * from './f.ts'`
  const seen = Array.from(source.matchAll(specifiers), ([, specifier]) => specifier)
  assert.deepEqual(seen, ['./a.ts', './b.ts', './c.ts', './d.ts', './e.ts', './f.ts'])
})
