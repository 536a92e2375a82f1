import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeDigits, groupedCode } from './code.ts'
import { thisDevice } from './device.ts'
import { linkToken } from './link-token.ts'

test('G12-03 a code may be typed or pasted with any signs between its digits', () => {
  assert.equal(codeDigits(' 1234-5678 '), '12345678')
  assert.equal(codeDigits('１２３４５６７８'), '12345678')
  assert.equal(codeDigits('123456789'), '12345678')
  assert.equal(groupedCode('12345'), '1234 5')
  assert.equal(groupedCode('1234'), '1234')
})

test('the token of a link is found after the path, as a parameter, or behind the number sign', () => {
  const at = (pathname: string, search = '', hash = '') => linkToken({ pathname, search, hash }, '/setup')
  assert.equal(at('/setup/abc'), 'abc')
  assert.equal(at('/setup', '?token=abc'), 'abc')
  assert.equal(at('/setup', '', '#token=abc'), 'abc')
  assert.equal(at('/setup', '', '#abc'), 'abc')
})

test('G11-01 a browser names itself and its class', () => {
  const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0'
  const edge =
    'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36 Edg/150.0'
  const safari = 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1'
  const iPad = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/19.0 Safari/605.1.15'
  assert.deepEqual(thisDevice({ userAgent: firefox, maxTouchPoints: 0 }), {
    browser: 'Firefox',
    system: 'Linux',
    class: 'desktop',
  })
  assert.deepEqual(thisDevice({ userAgent: edge, maxTouchPoints: 0 }).browser, 'Edge')
  assert.deepEqual(thisDevice({ userAgent: safari, maxTouchPoints: 5 }), {
    browser: 'Safari',
    system: 'iPhone',
    class: 'mobile',
  })
  assert.equal(thisDevice({ userAgent: iPad, maxTouchPoints: 5 }).class, 'mobile')
})
