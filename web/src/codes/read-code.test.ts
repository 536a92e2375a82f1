import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tokenIn } from './read-code.ts'

const token = 'AZqgqsLLdd2XvOfp7NqqRAABx2-_pQ3tmV0X'

test('G13-01 the code in a picture is found under whatever address it was printed', () => {
  assert.equal(tokenIn(`https://talk.example.com/c/${token}`), token)
  assert.equal(tokenIn(`http://localhost:8080/c/${token}`), token)
})

test('G13-01 what is no code of ours leads nowhere', () => {
  for (const text of [
    'https://example.com/',
    'WIFI:S:shop;;',
    `https://x.example/c/${token}/more`,
    'javascript:alert(1)',
  ])
    assert.equal(tokenIn(text), undefined, text)
  assert.equal(tokenIn('https://talk.example.com/c/01960000-0000-7000-8000-000000000001'), undefined, 'a conversation')
})
