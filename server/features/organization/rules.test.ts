import assert from 'node:assert/strict'
import { test } from 'node:test'
import { v4 as uuidv4 } from 'uuid'
import { PersonId } from '../../../protocol/ids.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isReadable, keepsAdministrator, mayRemove, patternOf } from './rules.ts'

const [andrew, nancy] = [PersonId.parse(uuidv4()), PersonId.parse(uuidv4())]

test('G1-04 who is no administrator cannot leave the directory, and takes nobody else out of it', () => {
  const refused = mayRemove({ personId: nancy, isAdministrator: false }, nancy)
  assert.ok(refused instanceof Refusal)
  assert.equal(refused.code, 'directory.leave-refused')
  assert.equal(mayRemove({ personId: nancy, isAdministrator: false }, andrew), false)
  assert.equal(mayRemove({ personId: andrew, isAdministrator: true }, nancy), true)
})

test('the last administrator stays one, and another one need not', () => {
  const employee = { personId: andrew, role: 'employee' } as const
  assert.equal(keepsAdministrator([andrew], employee), false)
  assert.equal(keepsAdministrator([andrew, nancy], employee), true)
  assert.equal(keepsAdministrator([nancy], employee), true)
  assert.equal(keepsAdministrator([andrew], { ...employee, role: 'administrator' }), true)
})

test('an accent is good when white text on it has a contrast of 4.5', () => {
  for (const good of ['#000000', '#2a5bd7', '#767676', '#b00020']) assert.ok(isReadable(good), good)
  for (const bad of ['#ffffff', '#777777', '#ffd400', '#00c853']) assert.ok(!isReadable(bad), bad)
})

test('a search is text, whatever signs it holds', () => {
  assert.equal(patternOf(''), null)
  assert.equal(patternOf('50%_\\'), '%50\\%\\_\\\\%')
})
