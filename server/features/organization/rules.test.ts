import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { v4 as uuidv4 } from 'uuid'
import { PersonId } from '../../../protocol/ids.ts'
import { maySetRole, type Role } from '../../../protocol/roles.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isReadable, keepsOwner, mayRemove, patternOf } from './rules.ts'

const [andrew, nancy] = [PersonId.parse(uuidv4()), PersonId.parse(uuidv4())]

test('G1-04 who is no administrator cannot leave the directory, and takes nobody else out of it', () => {
  const refused = mayRemove({ personId: nancy, role: 'member' }, { personId: nancy, role: 'member' })
  assert.ok(refused instanceof Refusal)
  assert.equal(refused.code, 'directory.leave-refused')
  assert.equal(mayRemove({ personId: nancy, role: 'member' }, { personId: andrew, role: 'owner' }), false)
  assert.equal(mayRemove({ personId: andrew, role: 'administrator' }, { personId: nancy, role: 'member' }), true)
  const above = mayRemove({ personId: andrew, role: 'administrator' }, { personId: nancy, role: 'owner' })
  assert.ok(above instanceof Refusal)
  assert.equal(above.code, 'organization.owner-stays')
})

test('the last owner stays one, and another one need not', () => {
  const leaving = { personId: andrew, role: 'member' } as const
  assert.equal(keepsOwner([andrew], leaving), false)
  assert.equal(keepsOwner([andrew, nancy], leaving), true)
  assert.equal(keepsOwner([nancy], leaving), true)
  assert.equal(keepsOwner([andrew], { ...leaving, role: 'owner' }), true)
})

const role = fc.constantFrom<Role>('member', 'administrator', 'owner')
const staff = 5
const act = fc.record({
  by: fc.nat(staff - 1),
  to: fc.nat(staff - 1),
  what: fc.oneof(fc.record({ role }), fc.constant({ isRemoved: true as const })),
})

test('roles: whatever is tried in whatever order, nobody rises above whoever raised them, and an owner stays', () => {
  const people = Array.from({ length: staff }, () => PersonId.parse(uuidv4()))
  const start = fc.array(role, { minLength: staff - 1, maxLength: staff - 1 })
  fc.assert(
    fc.property(start, fc.array(act, { maxLength: 40 }), (others, acts) => {
      const roles: (Role | undefined)[] = ['owner', ...others]
      for (const { by, to, what } of acts) {
        const [asking, before] = [roles[by], roles[to]]
        const [personId, askingId] = [people[to], people[by]]
        if (!asking || !before || !personId || !askingId) continue
        const owners = people.filter((_, index) => roles[index] === 'owner')
        const after = 'role' in what ? what.role : undefined
        const isAllowed = after
          ? maySetRole(asking, { before, after })
          : mayRemove({ personId: askingId, role: asking }, { personId, role: before }) === true
        if (!isAllowed || !keepsOwner(owners, { personId, role: after ?? 'member' })) continue
        assert.ok(asking !== 'member', 'a member changed something')
        assert.ok(asking === 'owner' || before !== 'owner', 'an administrator touched an owner')
        assert.ok(asking === 'owner' || after !== 'owner', 'an administrator made an owner')
        roles[to] = after
        assert.ok(roles.includes('owner'), 'no owner is left')
      }
    }),
  )
})

test('roles: an owner may give and take every role, also their own while another one stays', () => {
  fc.assert(fc.property(role, role, (before, after) => maySetRole('owner', { before, after })))
  assert.equal(keepsOwner([andrew, nancy], { personId: andrew, role: 'member' }), true)
})

test('an accent is good when white text on it has a contrast of 4.5', () => {
  for (const good of ['#000000', '#2a5bd7', '#767676', '#b00020']) assert.ok(isReadable(good), good)
  for (const bad of ['#ffffff', '#777777', '#ffd400', '#00c853']) assert.ok(!isReadable(bad), bad)
})

test('a search is text, whatever signs it holds', () => {
  assert.equal(patternOf(''), null)
  assert.equal(patternOf('50%_\\'), '%50\\%\\_\\\\%')
})
