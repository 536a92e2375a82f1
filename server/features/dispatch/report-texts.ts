import type { Locale } from '../../../protocol/identity.ts'

type ReportTexts = {
  subject: string
  figures: string
  messages: string
  from: string
  to: string
  link: string
  reason: string
}

/** What the mail with a report says, as ICU messages. */
export const reportTexts: Record<Locale, ReportTexts> = {
  en: {
    subject: 'Activity from {from} to {until}',
    figures: [
      'Hello {personName}, from {from} to {until} {people, plural, one {# person} other {# people}} wrote',
      '{messages, plural, one {# message} other {# messages}} in',
      '{groups, plural, one {# group} other {# groups}}.',
    ].join(' '),
    messages: 'Messages',
    from: 'From',
    to: 'To',
    link: 'Open the report',
    reason: [
      'You get this because people at {organizationName} report to you and you asked for it; you can stop it under',
      'the link. It counts messages and never holds what they say.',
    ].join(' '),
  },
  'zh-CN': {
    subject: '{from}至{until}的活动报告',
    figures: '{personName}，您好！{from}至{until}，{people} 人在 {groups} 个群组中发送了 {messages} 条消息。',
    messages: '消息数',
    from: '发送者',
    to: '群组',
    link: '打开报告',
    reason:
      '您收到本邮件，是因为 {organizationName} 中有人向您汇报，并且您订阅了它；可在链接中停止订阅。报告只统计消息数量，不含消息内容。',
  },
}
