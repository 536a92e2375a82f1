import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '../refusal.ts'
import { readRecords } from './delimited.ts'

const refused = (text: string, words: RegExp) =>
  assert.throws(
    () => readRecords(text),
    (error) => error instanceof Refusal && error.code === 'import.unreadable' && words.test(error.message),
  )

test('G1-01 what stands between the fields is found out', () => {
  const rows = [
    ['name', 'e-mail', 'title'],
    ['Nancy', 'n@x.example', 'Sales, inside; sales'],
  ]
  for (const delimiter of [',', ';', '\t', '|'] as const) {
    const text = rows.map((row) => row.map((cell) => `"${cell}"`).join(delimiter)).join('\r\n')
    const read = readRecords(text)
    assert.equal(read.delimiter, delimiter)
    assert.deepEqual(
      read.records.map(({ cells }) => cells),
      rows,
    )
  }
})

test('rows are numbered as an editor counts, also after quoted line ends and empty lines', () => {
  for (const end of ['\n', '\r\n', '\r']) {
    const text = ['a,b', '', '1,"x', 'y"', '   ', ',', '2,z', '"3"'].join(end)
    assert.deepEqual(
      readRecords(text).records.map(({ line, cells }) => [line, cells.length]),
      [
        [1, 2],
        [3, 2],
        [7, 2],
        [8, 1],
      ],
    )
  }
})

test('quotation marks inside a field are read as they stand', () => {
  assert.deepEqual(readRecords('a,b\nAnn "Nan" Lee,"say ""hi"""').records[1]?.cells, ['Ann "Nan" Lee', 'say "hi"'])
})

test('a quotation mark that is never closed is refused and its line named', () => {
  refused('a,b\n1,2\n3,"4\n5,6\n', /opened near line \d and never closed/)
  refused(`a,b\n1,"${'x,y\n'.repeat(6_000)}`, /longer than 20000/)
})

test('a list with too many rows is refused', () => {
  refused('a,b\n'.repeat(100_002), /more than 100000 rows/)
})
