import type { Locale } from '../../../protocol/identity.ts'

export type WalletTexts = {
  coupon: string
  worth: string
  until: string
  places: string
  everywhere: string
  state: string
  used: string
  over: string
  code: string
  conditions: string
  /** `{worth} {issuer}` */
  description(worth: string, issuer: string): string
  off(worth: string): string
  free(item: string): string
  gift(amount: string): string
  ordersFrom(amount: string): string
}

/** What stands on a pass around the words of its campaign. */
export const walletTexts: Record<Locale, WalletTexts> = {
  en: {
    coupon: 'Coupon',
    worth: 'It gives',
    until: 'Until',
    places: 'Where',
    everywhere: 'At every till',
    state: 'State',
    used: 'Used',
    over: 'No longer valid',
    code: 'Code',
    conditions: 'Conditions',
    description: (worth, issuer) => `Coupon of ${issuer}: ${worth}`,
    off: (worth) => `${worth} off`,
    free: (item) => `Free: ${item}`,
    gift: (amount) => `Gift of ${amount}`,
    ordersFrom: (amount) => `For orders from ${amount}.`,
  },
  'zh-CN': {
    coupon: '优惠券',
    worth: '优惠',
    until: '有效期至',
    places: '适用地点',
    everywhere: '所有收银台',
    state: '状态',
    used: '已使用',
    over: '已失效',
    code: '券码',
    conditions: '使用条件',
    description: (worth, issuer) => `${issuer}优惠券：${worth}`,
    off: (worth) => `优惠${worth}`,
    free: (item) => `免费：${item}`,
    gift: (amount) => `${amount}礼品卡`,
    ordersFrom: (amount) => `订单满${amount}可用。`,
  },
}
