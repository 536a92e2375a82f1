import { FieldList, ListFields } from '../../../protocol/fields.ts'
import { query } from '../../platform/command.ts'
import { isMemberAsking } from '../organization/index.ts'
import { allowedFilters, allowedTags } from './engine.ts'
import { knownFields } from './fill.ts'

export const listFields = query({
  name: 'field.list',
  summary: 'The fields that a message may hold, with the filters and tags that go with them.',
  input: ListFields,
  output: FieldList,
  allow: isMemberAsking,
  run: () => Promise.resolve({ fields: knownFields(), filters: allowedFilters, tags: allowedTags }),
})
