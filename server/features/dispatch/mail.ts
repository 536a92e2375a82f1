import { IntlMessageFormat } from 'intl-messageformat'
import type { Content } from './content.ts'
import { mailTexts } from './mail-texts.ts'

export type Mail = { subject: string; text: string; html: string }

/** The mail that carries a code: plain text, and the same as simple HTML. */
export function renderMail(content: Content): Mail {
  const texts = mailTexts[content.locale]
  const { subject, paragraphs } = content.purpose === 'invitation' ? texts.invitation : texts.accessCode
  const values = content.purpose === 'invitation' ? nameValues(content) : {}
  const say = (message: string) => String(new IntlMessageFormat(message, content.locale).format(values))
  const [first = '', ...rest] = paragraphs.map(say)
  const link = content.purpose === 'invitation' ? content.link : undefined
  const code = spaced(content.code)
  const linkHtml = link && `<p><a href="${escapeHtml(link)}">${escapeHtml(texts.linkLabel)}</a></p>`
  const codeHtml = `<p style="font-size:28px;letter-spacing:2px"><strong>${code}</strong></p>`
  const body = [paragraph(first), linkHtml, codeHtml, ...rest.map(paragraph)].filter(Boolean).join('\n')
  return {
    subject: say(subject),
    text: `${[first, link, code, ...rest].filter(Boolean).join('\n\n')}\n`,
    html: `<!doctype html><html lang="${content.locale}"><body style="font-family:sans-serif">${body}</body></html>`,
  }
}

const nameValues = ({ personName, organizationName }: Content & { purpose: 'invitation' }) => ({
  personName,
  organizationName,
})

/** `12345678` is easier to read and to type as `1234 5678`. */
export const spaced = (code: string) => `${code.slice(0, 4)} ${code.slice(4)}`

const paragraph = (text: string) => `<p>${escapeHtml(text)}</p>`

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escapeHtml = (text: string) => text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')
