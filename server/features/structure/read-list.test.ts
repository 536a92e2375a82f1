import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { limits } from '../../../protocol/limits.ts'
import { Refusal } from '../../platform/refusal.ts'
import { readList } from './read-list.ts'

const read = (...lines: readonly string[]) => readList(Buffer.from(lines.join('\n')), undefined)
const faultsOf = (...lines: readonly string[]) =>
  read('key,name,email,title', ...lines).faults.map(({ line, code, column, otherLine }) =>
    [line, code, column, otherLine].filter((part) => part !== null).join(' '),
  )

test('G1-01 the Northwind list is read as it is', () => {
  const { rows, faults, rowCount, encoding, delimiter, columns } = readList(
    readFileSync(new URL('../../samples/employees.csv', import.meta.url)),
    undefined,
  )
  assert.deepEqual([rowCount, faults, encoding, delimiter], [9, [], 'UTF-8', ','])
  assert.deepEqual(columns[1], { heading: 'first_name', meaning: 'firstName', sample: 'Nancy' })
  assert.partialDeepStrictEqual(rows[1], {
    line: 3,
    key: '2',
    name: 'Andrew Fuller',
    address: 'andrew.fuller@northwind.example',
    title: 'Vice President, Sales',
    place: 'Tacoma, USA',
    phone: '(206) 555-9482',
    manager: '',
  })
})

test('what a list has no column for is left open', () => {
  const [row] = read('name,email', 'Ann, ANN@x.example ').rows
  assert.partialDeepStrictEqual(row, { key: null, address: 'ann@x.example', title: undefined, manager: undefined })
})

test('G1-05 Chinese names begin with the family name', () => {
  assert.equal(read('姓,名,邮箱', '欧阳,娜娜,a@b.example').rows[0]?.name, '欧阳娜娜')
})

test('every faulty row is named by line', () => {
  assert.deepEqual(faultsOf('1,Ann,ann@x.example', '2,Bob,bob@x.example,Boss,more', '3,Cid,cid@x.example,Boss,'), [
    '2 row.columns',
    '3 row.columns',
  ])
  assert.deepEqual(faultsOf('1,,ann@x.example,', '2,Bob,,', '3,Cid,cid(at)x.example,'), [
    '2 name.missing name',
    '3 address.missing email',
    '4 address.bad email',
  ])
  assert.deepEqual(
    faultsOf(`1,Ann,ann@x.example,${'x'.repeat(121)}`, '2,B\0b,b@x.example,', '3,C\uFFFDd,c@x.example,'),
    ['2 text.too-long title', '3 text.not-storable name', '4 text.not-storable name'],
  )
})

test('a number or an address on several rows is named on each, with another line', () => {
  assert.deepEqual(faultsOf('1,Ann,ann@x.example,', '1,Bob,bob@x.example,', '1,Cid,BOB@x.example,'), [
    '2 key.twice key 3',
    '3 key.twice key 2',
    '4 key.twice key 2',
    '3 address.twice email 4',
    '4 address.twice email 3',
  ])
})

test('a list without a column for names or addresses says so once', () => {
  const { faults, rowCount } = read('who,what', 'a,b', 'c,d')
  assert.deepEqual(
    faults.map(({ line, code }) => [line, code]),
    [
      [1, 'name.missing'],
      [1, 'address.missing'],
    ],
  )
  assert.equal(rowCount, 2)
})

test('a file over the limit is refused, and the limit said', () => {
  assert.throws(
    () => readList(new Uint8Array(limits.importBytes + 1), undefined),
    (error) => error instanceof Refusal && error.code === 'input.too-large' && /10 MB/.test(error.message),
  )
})
