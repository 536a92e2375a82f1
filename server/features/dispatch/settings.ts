import { z } from 'zod'
import { isMailAddress } from '../../../protocol/identity.ts'
import { publicUrl } from '../../platform/server-settings.ts'
import { setting, type Settings } from '../../platform/settings.ts'

export const smtpUrl = setting({
  name: 'SMTP_URL',
  meaning: 'the mail server that takes outgoing mail, as smtp://user:password@mail.example.com:587 or smtps://…:465',
  schema: z
    .url({ protocol: /^smtps?$/, error: 'Must begin with smtp:// or smtps:// and name a host.' })
    .refine((text) => URL.canParse(text) && new URL(text).hostname !== '', { error: 'Must name a host.' })
    .optional(),
})

export const mailFrom = setting({
  name: 'MAIL_FROM',
  meaning: 'the sender of all mails; without it no-reply at the host of PUBLIC_URL',
  schema: z.string().refine(isMailAddress, { error: 'Must be a mail address.' }).optional(),
})

export const isMailSet = (settings: Settings): boolean => settings.get(smtpUrl) !== undefined

export function senderOf(settings: Settings): string {
  return settings.get(mailFrom) ?? `no-reply@${new URL(settings.get(publicUrl)).hostname}`
}
