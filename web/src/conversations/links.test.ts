import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isEmojiOnly, pieces } from './links.ts'

const links = (text: string) => pieces(text).flatMap(({ kind, text }) => (kind === 'link' ? text : []))

test('web addresses become links, without the sign that ends the sentence', () => {
  assert.deepEqual(links('See https://a.example/x?y=1, and (http://b.example/z).'), [
    'https://a.example/x?y=1',
    'http://b.example/z',
  ])
  assert.deepEqual(links('在 https://a.example/订单。谢谢'), ['https://a.example/订单'])
  assert.deepEqual(links('https://a.example/wiki_(x)'), ['https://a.example/wiki_(x)'])
})

test('nothing but http and https becomes a link', () => {
  assert.deepEqual(links('javascript:alert(1) data:text/html,x ftp://a.example'), [])
})

test('the pieces together are the text', () => {
  const text = 'a https://a.example/b. c https://d.example'
  assert.equal(
    pieces(text)
      .map((piece) => piece.text)
      .join(''),
    text,
  )
})

test('one to three emoji alone are larger, words are not', () => {
  assert.ok(isEmojiOnly('🎉'))
  assert.ok(isEmojiOnly('👍🏽 ❤️ 👨‍👩‍👧'))
  assert.ok(!isEmojiOnly('🎉🎉🎉🎉'))
  assert.ok(!isEmojiOnly('ok 🎉'))
  assert.ok(!isEmojiOnly('11'))
})
