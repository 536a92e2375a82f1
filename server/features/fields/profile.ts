import type { Field } from '../../../protocol/fields.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'
import { visibleAmong } from '../contacts/index.ts'
import { findMembers, findOrganization, isAdministrator } from '../organization/index.ts'
import { halvesOf } from './names.ts'
import { profileRows, type ProfileRow } from './store.ts'
import type { Asked, Profile, Values } from './values.ts'

/** What the directory, the contacts and the day say. */
export const profileFields: readonly Field[] = [
  { name: 'first_name', kind: 'text' },
  { name: 'last_name', kind: 'text' },
  { name: 'name', kind: 'text' },
  { name: 'language', kind: 'text' },
  { name: 'title', kind: 'text' },
  { name: 'place', kind: 'text' },
  { name: 'manager_name', kind: 'text' },
  { name: 'tags', kind: 'list' },
  { name: 'keeper_name', kind: 'text' },
  { name: 'organization_name', kind: 'text' },
  { name: 'sender_name', kind: 'text' },
  { name: 'today', kind: 'date' },
]

/** Whom these people are to the server, and in which language each of them is written to. */
export async function loadProfiles(
  tx: Tx,
  asked: Asked,
  personIds: readonly PersonId[],
): Promise<Map<PersonId, Profile>> {
  const shared = await loadShared(tx, asked)
  const rows = await profileRows(tx, asked.organizationId, personIds)
  const visible = await visibleTo(tx, asked, rows)
  return new Map(
    rows.map((row) => {
      const values = { ...shared.values, ...valuesOf(row, visible.has(row.personId)) }
      return [row.personId, { name: row.name, locale: row.locale ?? shared.locale, values }]
    }),
  )
}

/** What is the same for everybody, in the organization's language. */
export async function loadShared(tx: Tx, asked: Asked): Promise<Pick<Profile, 'locale' | 'values'>> {
  const { organizationId, senderId, now, timeZone = 'UTC' } = asked
  const organization = await findOrganization(tx, organizationId)
  const [sender] = await findMembers(tx, organizationId, [senderId])
  const day = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(now)
  return {
    locale: organization?.locale ?? 'en',
    values: { organization_name: organization?.name, sender_name: sender?.name, today: { date: day } },
  }
}

function valuesOf(row: ProfileRow, isVisible: boolean): Values {
  const { first, last } = halvesOf(row.name)
  const { name, locale, title, place, managerName, tags, keeperName } = row
  const language = locale === null ? undefined : new Intl.DisplayNames(locale, { type: 'language' }).of(locale)
  const inside = { title: title ?? undefined, place: place ?? undefined, manager_name: managerName ?? undefined }
  const outside = isVisible ? { tags: tags ?? undefined, keeper_name: keeperName ?? undefined } : {}
  return { name, first_name: first, last_name: last, language, ...inside, ...outside }
}

/** Tags and keepers are told only of contacts whom the sender sees. */
async function visibleTo(tx: Tx, { organizationId, senderId }: Asked, rows: readonly ProfileRow[]) {
  const external = rows.filter(({ isExternal }) => isExternal).map(({ personId }) => personId)
  if (external.length === 0) return new Set<PersonId>()
  const reader = {
    organizationId,
    readerId: senderId,
    isAdministrator: await isAdministrator(tx, organizationId, senderId),
  }
  return new Set(await visibleAmong(tx, reader, external))
}
