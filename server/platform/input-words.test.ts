import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { line } from '../../protocol/text.ts'
import { inputWords } from './input-words.ts'

test('what is wrong with an input is said in words that help', () => {
  const schema = z.strictObject({
    id: z.uuid(),
    name: line({ max: 5 }),
    count: z.int().min(1).max(9).multipleOf(3).optional(),
    kind: z.enum(['group', 'broadcast']).optional(),
    ids: z.array(z.uuid()).min(2).max(3).optional(),
    from: z.iso.date().optional(),
    part: z.discriminatedUnion('type', [z.object({ type: z.literal('text') })]).optional(),
    either: z.union([z.string(), z.boolean()]).optional(),
  })
  const id = '0199d1c0-0000-7000-8000-000000000001'
  const words = (input: object) => {
    const [issue] = schema.safeParse({ id, name: 'Ann', ...input }, { error: inputWords }).error?.issues ?? []
    return `${issue?.path.join('.')}: ${issue?.message}`
  }
  assert.equal(words({ id: undefined }), 'id: This is missing.')
  assert.equal(words({ id: '7' }), 'id: Must be a UUID, like 0199d1c0-0000-7000-8000-000000000001.')
  assert.equal(words({ name: ' ' }), 'name: This is empty.')
  assert.equal(words({ name: 'Joanna' }), 'name: At most 5 characters; these are 6.')
  assert.equal(words({ name: 7 }), 'name: Must be a text.')
  assert.equal(words({ name: null }), 'name: Must be a text.')
  assert.equal(words({ count: 1.5 }), 'count: Must be a whole number.')
  assert.equal(words({ count: 12 }), 'count: At most 9.')
  assert.equal(words({ count: 0 }), 'count: At least 1.')
  assert.equal(words({ count: 4 }), 'count: Must be a multiple of 3.')
  assert.equal(words({ kind: 'x' }), 'kind: Must be one of group, broadcast.')
  assert.equal(words({ ids: [] }), 'ids: This is empty.')
  assert.equal(words({ ids: [id] }), 'ids: At least 2 entries; these are 1.')
  assert.equal(words({ ids: [id, 'x'] }), 'ids.1: Must be a UUID, like 0199d1c0-0000-7000-8000-000000000001.')
  assert.equal(words({ from: '1 May' }), 'from: Must be a day, like 2026-01-31.')
  assert.equal(words({ part: { type: 'film' } }), 'part.type: There is no such type.')
  assert.equal(words({ either: 7 }), 'either: Must be a text. Or: Must be true or false.')
  assert.equal(words({ more: 1 }), ': There is no such field here.')
})
