import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Locale } from '../../../protocol/identity.ts'
import { renderMail } from './mail.ts'

const code = '01234567'
const link = 'https://talk.example.com/join#token=abc'
const invitation = { purpose: 'invitation', code, link, personName: 'Nancy', organizationName: 'Northwind' } as const

test('a mail with a code says it so that it can be read and typed, in plain text and in HTML', () => {
  for (const locale of Locale.options) {
    const { text, html, subject } = renderMail({ purpose: 'access-code', locale, code })
    assert.match(text, /^0123 4567$/m)
    assert.match(html, /<strong>0123 4567<\/strong>/)
    assert.doesNotMatch(subject, /\d/, 'the subject is shown on locked screens')
  }
})

test('an invitation names who invites whom, and holds the link and the code', () => {
  for (const locale of Locale.options) {
    const { text, html, subject } = renderMail({ ...invitation, locale })
    assert.match(subject, /Northwind/)
    for (const part of ['Nancy', 'Northwind', link, '0123 4567']) assert.ok(text.includes(part))
    assert.ok(html.includes(`<a href="${link}">`) && html.includes('0123 4567'))
  }
})

test('G11-02 who was reported to have lost their devices reads by whom, what has changed, and no code', () => {
  for (const locale of Locale.options)
    for (const isOver of [true, false]) {
      const lost = { purpose: 'devices-lost' as const, locale, organizationName: 'Northwind', isOver }
      const { text, subject } = renderMail(lost)
      assert.match(text, /Northwind/)
      assert.doesNotMatch(text, /\d|undefined/)
      assert.notEqual(subject, renderMail({ ...lost, isOver: !isOver }).subject)
    }
})

test('names are text, whatever they hold', () => {
  const nasty = { personName: '<img src=x onerror=alert(1)>', organizationName: '{count, plural} & "Co" \'{x}\'' }
  const { text, html } = renderMail({ ...invitation, ...nasty, locale: 'en' })
  assert.ok(text.includes(nasty.personName) && text.includes(nasty.organizationName))
  assert.doesNotMatch(html, /<img/)
  assert.match(html, /&lt;img src=x/)
})

test('every language says the same things', () => {
  const [english, chinese] = Locale.options.map((locale) => renderMail({ ...invitation, locale }))
  assert.notEqual(english?.subject, chinese?.subject)
  assert.equal(english?.text.split('\n\n').length, chinese?.text.split('\n\n').length)
})
