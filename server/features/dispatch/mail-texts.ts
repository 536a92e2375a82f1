import type { Locale } from '../../../protocol/identity.ts'

type Texts = { subject: string; paragraphs: readonly string[] }
export type MailTexts = {
  accessCode: Texts
  joining: Texts
  invitation: Texts
  devicesReleased: Texts
  devicesLost: Texts
  linkLabel: string
}

/** What mails say, as ICU messages. The code and the link stand between the first and the second paragraph. */
export const mailTexts: Record<Locale, MailTexts> = {
  en: {
    accessCode: {
      subject: 'Your code to sign in',
      paragraphs: [
        'Here is your code. It works once, within ten minutes, where you asked for it:',
        'If you did not ask for it, somebody may have mistyped an address. Do nothing.',
        'Never pass the code on: without it nobody gets in.',
      ],
    },
    joining: {
      subject: '{organizationName}: one tap, and you are in',
      paragraphs: [
        'You are about to join {organizationName}. Open the link, or enter the code where you asked for it:',
        'Both work once, within ten minutes.',
        'If you did not ask for it, somebody may have mistyped an address. Do nothing.',
      ],
    },
    invitation: {
      subject: '{organizationName} invites you',
      paragraphs: [
        'Hello {personName}, {organizationName} has a place for you on Shoptalk. Open the link and enter the code:',
        'Both work once, within a week. There is no password: a fresh code comes whenever you need one.',
        'If you do not know {organizationName}, do nothing.',
      ],
    },
    devicesReleased: {
      subject: 'You have been signed out everywhere',
      paragraphs: [
        'An administrator of {organizationName} heard that you lost your devices, and signed you out everywhere.',
        'Sign in again with your address: a code is enough, no other device is needed.',
        'If you did not ask for it, sign in now and tell the administrators.',
      ],
    },
    devicesLost: {
      subject: 'Your devices are reported lost',
      paragraphs: [
        'An administrator of {organizationName} was told that you have lost your devices.',
        'You take part elsewhere too: you are signed out when all your organizations say so within a day.',
        'If you did not ask for it, tell the administrators. Nothing has changed so far.',
      ],
    },
    linkLabel: 'Open Shoptalk',
  },
  'zh-CN': {
    accessCode: {
      subject: '您的登录验证码',
      paragraphs: [
        '这是您的验证码。请在十分钟内于申请它的页面输入，只能使用一次：',
        '如果不是您本人申请，可能是有人填错了地址，无需任何操作：没有验证码谁也无法登录。',
        '请勿转告他人。',
      ],
    },
    joining: {
      subject: '{organizationName}：点一下即可加入',
      paragraphs: [
        '您正要加入 {organizationName}。请打开链接，或在申请它的页面输入验证码：',
        '链接和验证码十分钟内有效，只能使用一次。',
        '如果不是您本人申请，可能是有人填错了地址，无需任何操作。',
      ],
    },
    invitation: {
      subject: '{organizationName} 邀请您加入',
      paragraphs: [
        '{personName}，您好！{organizationName} 正在使用 Shoptalk 沟通，并已为您准备好位置。请打开链接并输入验证码：',
        '链接和验证码一周内有效，只能使用一次。无需密码：以后需要登录时，新的验证码会发送到此地址。',
        '如果您不认识 {organizationName}，请忽略本邮件。',
      ],
    },
    devicesReleased: {
      subject: '您已从所有设备退出',
      paragraphs: [
        '{organizationName} 的管理员得知您丢失了设备，已将您从所有设备退出。',
        '请用您的地址重新登录：只需验证码，无需其他设备。',
        '如果这不是您的要求，请立即登录并告知管理员。',
      ],
    },
    devicesLost: {
      subject: '您的设备已被报失',
      paragraphs: [
        '{organizationName} 的管理员得知您丢失了设备。',
        '您还参与其他组织。每个组织的管理员在一天内都确认后，您才会从所有设备退出。',
        '如果这不是您的要求，请告知管理员。目前没有任何变化。',
      ],
    },
    linkLabel: '打开 Shoptalk',
  },
}
