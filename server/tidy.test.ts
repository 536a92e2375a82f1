import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { errors } from '../protocol/errors.ts'
import { features } from './all-features.ts'
import { longFunctionsIn } from './testing/long-functions.ts'

const clone = join(import.meta.dirname, '..')
const FILE_LINES_MAX = 400
const FUNCTION_LINES_MAX = 70
const LINE_LENGTH_MAX = 120

/** What git knows, and what it would be told of next. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: clone,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(clone, file)))
const sources = files.filter((file) => /\.(ts|tsx|mjs)$/.test(file))
const textOf = (file: string) => readFileSync(join(clone, file), 'utf8')
const linesOf = (file: string) => textOf(file).split('\n')

/** `file:line: the line` of every line that fits. */
const linesWith = (pattern: RegExp, among: readonly string[]) =>
  among.flatMap((file) =>
    linesOf(file).flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  )

test('files stay small enough to be read', () => {
  const long = sources.filter((file) => linesOf(file).length > FILE_LINES_MAX + 1)
  assert.deepEqual(long, [], `a file has ${FILE_LINES_MAX} lines at most: find the second idea in it`)
})

test('functions stay small enough to be read', () => {
  const long = sources.flatMap((file) =>
    longFunctionsIn(textOf(file), FUNCTION_LINES_MAX).map(({ line, length }) => `${file}:${line} (${length} lines)`),
  )
  assert.deepEqual(long, [], `a function has ${FUNCTION_LINES_MAX} lines at most: give its steps names`)
})

test('lines stay short enough to be read', () => {
  const wide = sources.flatMap((file) =>
    linesOf(file).flatMap((line, index) => (isTooWide(line) ? [`${file}:${index + 1}`] : [])),
  )
  assert.deepEqual(wide, [], `a line has ${LINE_LENGTH_MAX} characters at most: run oxfmt, and break what it cannot`)
})

/** A test's title is one sentence, and can't be broken. */
const isTooWide = (line: string) => line.length > LINE_LENGTH_MAX && !/^\s*test\(['"`]/.test(line)

test('nothing is left to be done, and nothing is typed as anything', () => {
  const own = sources.filter((file) => file !== 'server/tidy.test.ts')
  assert.deepEqual(linesWith(/\b(TODO|FIXME|XXX|HACK)\b/, own), [], 'do it, or leave it out')
  assert.deepEqual(linesWith(/(:|<|\bas) any\b|@ts-(ignore|nocheck|expect-error)/, own), [], 'name the type')
})

test('SQL stands only in store.ts, in migrations and in the platform', () => {
  const places = /\/store\.ts$|-store\.ts$|^server\/(platform|testing)\/|\.test\.ts$/
  const elsewhere = sources.filter((file) => file.startsWith('server/') && !places.test(file))
  assert.deepEqual(linesWith(/\btx(<.*>)?`/, elsewhere), [], 'move the statement to the feature’s store.ts')
  assert.deepEqual(linesWith(/from 'pg'/, elsewhere), [], 'only the platform knows the driver')
})

test('files are named in kebab-case for what they do', () => {
  const code = files.filter((file) => /^(protocol|server|sdk|web|bin|e2e|bench)\//.test(file))
  const odd = code.filter((file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/.test(basename(file)))
  const exempt = /(README\.md|zh-CN\.json|^web\/(public|dist)\/.*)$/
  assert.deepEqual(
    odd.filter((file) => !exempt.test(file)),
    [],
    'lower case, words with hyphens',
  )
  const vague = code.filter((file) =>
    /(^|[/.-])(utils?|helpers?|common|base|managers?|misc)\.(tsx?|mjs|css)$/.test(file),
  )
  // A manager in the organization chart is one.
  const known = new Set(['server/features/structure/managers.ts', 'web/src/organization/choose-manager.tsx'])
  assert.deepEqual(
    vague.filter((file) => !known.has(file)),
    [],
    'name it for what it does',
  )
})

test('every command is noun.verb, with a summary that is a sentence', () => {
  const definitions = features.flatMap((feature) => feature.definitions)
  assert.ok(definitions.length > 0)
  for (const { name, summary } of definitions) {
    assert.match(name, /^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/)
    assert.match(summary, /^[A-Z].+\.$/, `the summary of ${name} is a sentence`)
  }
  const names = definitions.map(({ name }) => name)
  assert.deepEqual(names, Array.from(new Set(names)), 'every name is given once')
})

test('every error code is noun.reason, says what to do, and is used', () => {
  const code = sources.filter((file) => file.startsWith('server/') && !file.endsWith('.test.ts')).map(textOf)
  const unused = Object.entries(errors).flatMap(([name, { message }]) => {
    assert.match(name, /^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/)
    assert.match(message, /^[A-Z].+\.$/, `the message of ${name} is a sentence`)
    const isMade = name.startsWith('command.over-') // from the definition's `over`
    return isMade || code.some((text) => text.includes(`'${name}'`)) ? [] : [name]
  })
  assert.deepEqual(unused, [], 'take the code away, or refuse with it')
})

test('every dependency has a line in docs/decisions that says what it saves', () => {
  const { dependencies, devDependencies } = JSON.parse(textOf('package.json')) as Record<string, Record<string, string>>
  const reasons = textOf('docs/decisions/dependencies.md')
  const missing = Object.keys({ ...dependencies, ...devDependencies }).filter(
    (name) => !reasons.includes(`\`${name}\``),
  )
  assert.deepEqual(missing, [])
})

test('nothing names where the packages came from', () => {
  const lock = JSON.parse(textOf('package-lock.json')) as {
    packages: Record<string, { resolved?: string; link?: boolean }>
  }
  const hosts = Object.entries(lock.packages).flatMap(([path, { resolved, link }]) => (resolved && !link ? [path] : []))
  assert.deepEqual(hosts, [], 'set omit-lockfile-registry-resolved')
})

test('documents lead only to what is there', () => {
  const broken = files
    .filter((file) => file.endsWith('.md'))
    .flatMap((file) =>
      Array.from(textOf(file).matchAll(/\]\(([^)#\s]+)[^)]*\)/g), ([, target = '']) => ({ file, target })),
    )
    .filter(({ target }) => !/^[a-z]+:/.test(target))
    .filter(({ file, target }) => !existsSync(join(clone, file, '..', target)))
  assert.deepEqual(broken, [])
})

test('the scanner of functions counts each on its own', () => {
  const body = Array.from({ length: 5 }, () => '    line()').join('\n')
  const source = `function outer() {\n  const inner = () => {\n${body}\n  }\n  return inner\n}`
  assert.deepEqual(longFunctionsIn(source, 6), [{ line: 2, length: 7 }])
  assert.deepEqual(longFunctionsIn(source, 2), [
    { line: 1, length: 3 },
    { line: 2, length: 7 },
  ])
})
