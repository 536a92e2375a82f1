import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '../refusal.ts'
import { decode } from './encoding.ts'

const bytes = (...parts: readonly (number[] | string)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))))
const refused = (content: Uint8Array, words: RegExp) =>
  assert.throws(
    () => decode(content),
    (error) => error instanceof Refusal && error.code === 'import.unreadable' && words.test(error.message),
  )
// 姓名,邮箱 and 王伟,a@b.cn in GB18030.
const chinese = bytes(
  [0xd0, 0xd5, 0xc3, 0xfb],
  ',',
  [0xd3, 0xca, 0xcf, 0xe4],
  '\n',
  [0xcd, 0xf5, 0xce, 0xb0],
  ',a@b.cn',
)

test('G1-01 a list in UTF-8 is read with and without a byte order mark', () => {
  assert.deepEqual(decode(Buffer.from('Name\nMüller 王')), { text: 'Name\nMüller 王', encoding: 'UTF-8' })
  assert.deepEqual(decode(Buffer.from('\uFEFFName\nMüller')), { text: 'Name\nMüller', encoding: 'UTF-8' })
})

test('G1-01 a list in UTF-16 is read in both byte orders', () => {
  const little = Buffer.from('\uFEFFName\t王伟', 'utf16le')
  assert.deepEqual(decode(little), { text: 'Name\t王伟', encoding: 'UTF-16LE' })
  assert.deepEqual(decode(Buffer.from(little).swap16()), { text: 'Name\t王伟', encoding: 'UTF-16BE' })
})

test('G1-01 a Western list in Windows-1252 is not taken for Chinese', () => {
  const { text, encoding } = decode(bytes('Name;Ort\nMüller;Köln\nGrößler;Gießen – ', [0x80]))
  assert.equal(encoding, 'Windows-1252')
  assert.match(text, /Müller;Köln\nGrößler;Gießen/)
  assert.equal(decode(bytes('nom\nJosé\nZoë')).encoding, 'Windows-1252')
})

test('G1-01 a Chinese list in GB18030 is read', () => {
  assert.deepEqual(decode(chinese), { text: '姓名,邮箱\n王伟,a@b.cn', encoding: 'GB18030' })
})

test('a damaged place in UTF-8 does not turn the whole list into another encoding', () => {
  const { text, encoding } = decode(Buffer.concat([Buffer.from('Müller, Jörg\nÅström, Ann\n'), bytes([0xfc], 'x\n')]))
  assert.equal(encoding, 'UTF-8')
  assert.match(text, /^Müller, Jörg\nÅström, Ann\n\uFFFDx/)
})

test('an empty file is refused with words that say so', () => {
  refused(bytes(), /empty/)
  refused(bytes('\r\n  \n'), /empty/)
})

test('a spreadsheet, a picture and text in no known encoding are refused', () => {
  refused(bytes('PK', [3, 4], 'whatever it holds'), /spreadsheet/)
  refused(bytes([0x89], 'PNG\r\n', [0x1a, 0x0a, 0, 0, 0, 0x0d], 'IHDR', [0, 0, 0, 1]), /not a text file/)
  refused(bytes('name,address', [0x81], '\n', [0x8d], 'x'), /not a text file/)
})
