import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isStorable } from '../../../protocol/text.ts'
import { decode } from './encoding.ts'
import { readRecords } from './delimited.ts'
import { unguarded, writeList } from './write-list.ts'

const read = (csv: string) =>
  readRecords(decode(Buffer.from(csv)).text).records.map(({ cells }) => cells.map((cell) => unguarded(cell)))

test('a field that a spreadsheet would carry out gets an apostrophe before it', () => {
  const csv = writeList([['=1+1', '+4930123', '-2', '@SUM(A1)', '\tx', '\rx', "it's", 'a=b', "'=1"]])
  assert.equal(csv, `\uFEFF'=1+1,'+4930123,'-2,'@SUM(A1),"'\tx","'\rx",it's,a=b,''=1\r\n`)
})

test('whatever stands in the fields comes back as it was', () => {
  const cell = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => isStorable(text) && !text.includes('\r'))
  const records = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 10 })
  fc.assert(
    fc.property(records, (rows) => {
      const full = [['Name', 'Email', 'Notes'], ...rows.map(([a, b, c]) => [`n${a}`, b, c])]
      assert.deepEqual(read(writeList(full)), full)
    }),
    { numRuns: 200, seed: 7 },
  )
})
