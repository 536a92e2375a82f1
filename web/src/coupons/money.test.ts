import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatMoney, readAmount, typeAmount } from './money.ts'

test('amounts are read and shown in the smallest unit of their currency', () => {
  assert.equal(readAmount('20', 'USD'), 2_000)
  assert.equal(readAmount('12,5', 'EUR'), 1_250)
  assert.equal(readAmount('500', 'JPY'), 500)
  assert.equal(readAmount('1.234', 'KWD'), 1_234)
  for (const words of ['', '0', '-3', '1.234', '1.2.3', 'ten', '1e3']) assert.equal(readAmount(words, 'USD'), undefined)
  assert.equal(readAmount('1.5', 'JPY'), undefined)
  assert.equal(formatMoney('en', { amount: 2_000, currency: 'USD' }), '$20')
  assert.equal(formatMoney('en', { amount: 2_050, currency: 'USD' }), '$20.50')
  assert.equal(formatMoney('zh-CN', { amount: 500, currency: 'JPY' }), '¥500')
})

test('an amount is typed as it was read', () => {
  for (const [amount, currency, words] of [
    [2_000, 'USD', '20'],
    [5, 'USD', '0.05'],
    [500, 'JPY', '500'],
    [1_234, 'KWD', '1.234'],
  ] as const) {
    assert.equal(typeAmount({ amount, currency }), words)
    assert.equal(readAmount(words, currency), amount)
  }
})
