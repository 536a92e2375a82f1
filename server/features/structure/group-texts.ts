import type { Locale } from '../../../protocol/identity.ts'

/** What conversations that follow the chart are called, as ICU messages. */
export type GroupTexts = {
  teamGroup: string
  teamBroadcast: string
  levelsGroup: string
  levelsBroadcast: string
  everybodyGroup: string
  everybodyBroadcast: string
}

export const groupTexts: Record<Locale, GroupTexts> = {
  en: {
    teamGroup: '{name}’s team',
    teamBroadcast: 'News from {name}',
    levelsGroup: 'All of {name}’s people',
    levelsBroadcast: 'News from {name} for all levels',
    everybodyGroup: 'Everybody at {organization}',
    everybodyBroadcast: 'News for everybody',
  },
  'zh-CN': {
    teamGroup: '{name}的团队',
    teamBroadcast: '{name}的通知',
    levelsGroup: '{name}的全体成员',
    levelsBroadcast: '{name}致全体成员的通知',
    everybodyGroup: '{organization}全员',
    everybodyBroadcast: '全员通知',
  },
}
