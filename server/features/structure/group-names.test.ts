import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PersonId } from '../../../protocol/ids.ts'
import { createNaming } from './group-names.ts'

const managerId = PersonId.parse('00000000-0000-4000-8000-000000000001')
const slot = { managerId, level: 'team', kind: 'group', managerName: 'Ann', isEverybody: false } as const
const english = createNaming({ name: 'Northwind', locale: 'en' })

test('groups are named after their manager, those of the only head after everybody', () => {
  assert.equal(english(slot), 'Ann’s team')
  assert.equal(english({ ...slot, kind: 'broadcast' }), 'News from Ann')
  assert.equal(english({ ...slot, level: 'levels' }), 'All of Ann’s people')
  assert.equal(english({ ...slot, level: 'levels', isEverybody: true }), 'Everybody at Northwind')
  assert.equal(english({ ...slot, level: 'levels', kind: 'broadcast', isEverybody: true }), 'News for everybody')
})

test('groups are named in the language of the organization', () => {
  assert.equal(createNaming({ name: '北风', locale: 'zh-CN' })({ ...slot, managerName: '王伟' }), '王伟的团队')
})

test('a name that is too long is cut, and a name with braces stands as it is', () => {
  assert.equal(english({ ...slot, managerName: 'x'.repeat(120) }).length, 80)
  assert.equal(english({ ...slot, managerName: "{name} o'Hara" }), "{name} o'Hara’s team")
})
