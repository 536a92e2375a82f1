import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ImportPreview } from '../../../protocol/structure.ts'
import { chartAfter } from './chart-after.ts'

const positions = [
  { personId: '1', name: 'Andrew Fuller', title: 'Vice President', managerId: null },
  { personId: '2', name: 'Steven Buchanan', title: 'Manager', managerId: '1' },
  { personId: '3', name: 'Anne Dodsworth', title: 'Representative', managerId: '2' },
  { personId: '4', name: 'Michael Suyama', title: 'Representative', managerId: '2' },
]
const preview: ImportPreview = {
  digest: '',
  encoding: 'utf-8',
  delimiter: ',',
  columns: [],
  rowCount: 4,
  counts: { created: 1, changed: 1, deactivated: 1, unchanged: 2, faulty: 0 },
  created: [{ line: 5, name: 'Justin Brid', title: 'Director', managerName: 'Andrew Fuller' }],
  changed: [
    {
      line: 4,
      name: 'Anne Dodsworth',
      title: 'Representative',
      managerName: 'Justin Brid',
      changes: [{ field: 'manager', before: 'Steven Buchanan', after: 'Justin Brid' }],
    },
  ],
  deactivated: [{ line: null, name: 'Michael Suyama', title: 'Representative', managerName: 'Steven Buchanan' }],
  faults: [],
  circles: [],
  groupCount: 0,
  groups: [],
}

test('the picture shows who is new, who moves and who leaves, in their new places', () => {
  const after = chartAfter(preview, positions)
  const byName = new Map(after?.map((person) => [person.name, person]))
  assert.deepEqual(byName.get('Justin Brid')?.change, { kind: 'created' })
  assert.equal(byName.get('Justin Brid')?.managerId, '1')
  assert.deepEqual(byName.get('Anne Dodsworth')?.change, { kind: 'moved', from: 'Steven Buchanan' })
  assert.equal(byName.get('Anne Dodsworth')?.managerId, byName.get('Justin Brid')?.personId)
  assert.deepEqual(byName.get('Michael Suyama')?.change, { kind: 'leaves' })
  assert.equal(byName.get('Steven Buchanan')?.change, undefined)
})

test('where names are not unique, or rows are missing, there is no picture', () => {
  const twice = [...positions, { personId: '5', name: 'Anne Dodsworth', title: '', managerId: null }]
  assert.equal(chartAfter(preview, twice), undefined)
  assert.equal(chartAfter({ ...preview, counts: { ...preview.counts, created: 900 } }, positions), undefined)
})
