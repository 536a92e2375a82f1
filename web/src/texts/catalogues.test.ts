import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { IntlMessageFormat } from 'intl-messageformat'
import { parseSync } from 'vite'
import { errors } from '../../../protocol/errors.ts'
import laterChinese from './later/zh-CN.json' with { type: 'json' }
import laterEnglish from './later/en.json' with { type: 'json' }
import firstChinese from './zh-CN.json' with { type: 'json' }
import firstEnglish from './en.json' with { type: 'json' }

const english = { ...firstEnglish, ...laterEnglish }
const chinese = { ...firstChinese, ...laterChinese }
const source = join(import.meta.dirname, '..')
const files = globSync('**/*.{ts,tsx}', { cwd: source }).filter((file) => !file.includes('.test.'))
const read = (file: string) => readFileSync(join(source, file), 'utf8')

test('both languages have the same texts, in alphabetical order', () => {
  assert.deepEqual(Object.keys(firstChinese), Object.keys(firstEnglish))
  assert.deepEqual(Object.keys(laterChinese), Object.keys(laterEnglish))
  for (const texts of [firstEnglish, laterEnglish]) assert.deepEqual(Object.keys(texts), Object.keys(texts).toSorted())
})

test('no text stands in both catalogues', () => {
  assert.deepEqual(
    Object.keys(laterEnglish).filter((key) => Object.hasOwn(firstEnglish, key)),
    [],
  )
})

test('the list of phones, which comes without the later texts, needs none of them', () => {
  const code = read('conversations/inbox.tsx')
  const starts = Array.from(code.matchAll(/text\([`']([\w.-]+)/g), ([, start]) => start ?? '')
  assert.ok(starts.includes('list.filter.'))
  const needed = Object.keys(laterEnglish).filter((key) => starts.some((start) => key.startsWith(start)))
  assert.deepEqual(needed, [])
})

test('each text can be read by ICU and asks for the same values in both languages', () => {
  const other = new Map(Object.entries(chinese))
  for (const [key, message] of Object.entries(english)) {
    const translated = other.get(key) ?? ''
    const extra = valuesOf(translated, 'zh-CN').filter((value) => !valuesOf(message, 'en').includes(value))
    assert.deepEqual(extra, [], `${key} asks for values in 简体中文 that English does not have`)
  }
})

test('each text is used somewhere', () => {
  const code = files.map(read).join('\n')
  const starts = Array.from(code.matchAll(/`([a-zA-Z-]+(?:\.[a-zA-Z-]+)*\.)\$\{/g), ([, start]) => start ?? '')
  const unused = Object.keys(english).filter(
    (key) => !code.includes(`'${key}'`) && !starts.some((start) => key.startsWith(start)),
  )
  assert.deepEqual(unused, [])
})

test('each refusal of the server says what to do next', () => {
  // Faults of a program, not of a person, share one text.
  const programFaults =
    /^(command\.|sync\.|input\.not-json|session\.origin|conversation\.(id-taken|too-deep|kind))|id-taken/
  const uploadFaults = /^media\.(changed|invalid|offset|range)$/
  const missing = Object.keys(errors).filter(
    (code) => !programFaults.test(code) && !uploadFaults.test(code) && !Object.hasOwn(english, `error.${code}`),
  )
  assert.deepEqual(missing, [])
})

test('no user-facing text stands in the code', () => {
  const found = files.filter((file) => file.endsWith('.tsx')).flatMap((file) => literalTexts(file, read(file)))
  assert.deepEqual(found, [])
})

const shownAttributes = new Set(['aria-label', 'alt', 'label', 'placeholder', 'title', 'help', 'body', 'action'])

/** Words between tags, and words given to attributes that are shown or read aloud. */
function literalTexts(file: string, code: string): string[] {
  const { program } = parseSync(file, code)
  const found: string[] = []
  visit(program, (node) => {
    if (node['type'] === 'JSXText' && hasWord(node['value'])) found.push(`${file}: ${String(node['value']).trim()}`)
    if (node['type'] !== 'JSXAttribute') return
    const { name, value } = node
    if (!isNode(name) || !isNode(value) || value['type'] !== 'Literal') return
    if (shownAttributes.has(String(name['name'])) && hasWord(value['value']))
      found.push(`${file}: ${String(value['value'])}`)
  })
  return found
}

type Node = Record<string, unknown>
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null
const hasWord = (value: unknown): boolean => typeof value === 'string' && /\p{L}{2}/u.test(value)

function visit(value: unknown, look: (node: Node) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, look)
  else if (isNode(value)) {
    look(value)
    for (const inner of Object.values(value)) visit(inner, look)
  }
}

function valuesOf(message: string, locale: string): string[] {
  const names = new Set<string>()
  visit(new IntlMessageFormat(message, locale, undefined, { ignoreTag: true }).getAst(), (node) => {
    // Plain text is type 0 and the number sign type 7; all else stands for a value.
    if (typeof node['type'] === 'number' && ![0, 7].includes(node['type'])) names.add(String(node['value']))
  })
  return Array.from(names)
}
