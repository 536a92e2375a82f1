import type { Report, ReportPolicy } from '../../../protocol/reports.ts'

/** Where nothing was agreed on. */
export const defaultPolicy: ReportPolicy = { isOn: true, words: '', timeZone: 'UTC', countsDirect: false }

export const PERIOD_DAYS_MAX = 366

/** Pure: whether these two days, both included, make a period that can be asked for. */
export function isPeriod({ from, until }: Pick<Report, 'from' | 'until'>): boolean {
  const days = (Date.parse(until) - Date.parse(from)) / 86_400_000 + 1
  return days >= 1 && days <= PERIOD_DAYS_MAX
}
