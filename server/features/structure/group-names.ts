import { IntlMessageFormat } from 'intl-messageformat'
import type { Locale } from '../../../protocol/identity.ts'
import { limits } from '../../../protocol/limits.ts'
import { groupTexts, type GroupTexts } from './group-texts.ts'
import type { ChartChange } from './plan-groups.ts'

/** Gives the groups of an organization their names, in its language. */
export function createNaming(organization: { name: string; locale: Locale }): ChartChange['nameOf'] {
  const texts = groupTexts[organization.locale]
  const formats = new Map<keyof GroupTexts, IntlMessageFormat>()
  return ({ level, kind, managerName, isEverybody }) => {
    const text = `${isEverybody ? 'everybody' : level}${kind === 'group' ? 'Group' : 'Broadcast'}` as const
    const format = formats.get(text) ?? new IntlMessageFormat(texts[text], organization.locale)
    formats.set(text, format)
    return clip(String(format.format({ name: managerName, organization: organization.name })))
  }
}

function clip(name: string): string {
  return name.length <= limits.conversationName ? name : `${name.slice(0, limits.conversationName - 1).toWellFormed()}…`
}
