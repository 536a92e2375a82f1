import { IntlMessageFormat } from 'intl-messageformat'
import type { Content, PlainContent } from './content.ts'
import { escapeHtml, paragraph, type Mail } from './mail-html.ts'
import { mailTexts, type MailTexts } from './mail-texts.ts'
import { renderReport } from './report-mail.ts'

/** Plain text, and the same as simple HTML; with the code and the link, where there are any. */
export function renderMail(content: Content): Mail {
  return content.purpose === 'report' ? renderReport(content) : renderPlain(content)
}

function renderPlain(content: PlainContent): Mail {
  const texts = mailTexts[content.locale]
  const { subject, paragraphs } = textsOf(content, texts)
  const say = (message: string) => String(new IntlMessageFormat(message, content.locale).format(nameValues(content)))
  const [first = '', ...rest] = paragraphs.map(say)
  const link = 'link' in content ? content.link : undefined
  const code = 'code' in content ? spaced(content.code) : undefined
  const linkHtml = link && `<p><a href="${escapeHtml(link)}">${escapeHtml(texts.linkLabel)}</a></p>`
  const codeHtml = code && `<p style="font-size:28px;letter-spacing:2px"><strong>${code}</strong></p>`
  const body = [paragraph(first), linkHtml, codeHtml, ...rest.map(paragraph)].filter(Boolean).join('\n')
  return {
    subject: say(subject),
    text: `${[first, link, code, ...rest].filter(Boolean).join('\n\n')}\n`,
    html: `<!doctype html><html lang="${content.locale}"><body style="font-family:sans-serif">${body}</body></html>`,
  }
}

function textsOf(content: PlainContent, texts: MailTexts) {
  if (content.purpose === 'access-code') return content.link === undefined ? texts.accessCode : texts.joining
  if (content.purpose === 'invitation') return texts.invitation
  return content.isOver ? texts.devicesReleased : texts.devicesLost
}

function nameValues(content: PlainContent): Record<string, string> {
  const { organizationName = '' } = content
  if (content.purpose === 'access-code') return { organizationName }
  return content.purpose === 'invitation' ? { personName: content.personName, organizationName } : { organizationName }
}

/** `12345678` is easier to read and to type as `1234 5678`. */
export const spaced = (code: string) => `${code.slice(0, 4)} ${code.slice(4)}`
