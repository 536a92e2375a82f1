import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toCsv } from './csv.ts'

test('G8-02 every cell of a file is text or a number, whatever it begins with and holds', () => {
  for (const sign of ['=', '+', '-', '@', '\t', '\r']) {
    const [, row = ''] = toCsv(['name'], [[`${sign}1`]]).split(/\r\n/)
    assert.match(row, /^"?'/, `a cell that begins with ${JSON.stringify(sign)} is a formula`)
  }
  assert.equal(
    toCsv(
      ['a', 'b'],
      [
        ['x,y', 'say "hi"'],
        ['Zoë', -3],
      ],
    ),
    '\u{FEFF}a,b\r\n"x,y","say ""hi"""\r\nZoë,-3\r\n',
  )
})
