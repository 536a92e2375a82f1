import type { Field } from '../../../protocol/fields.ts'
import type { Locale } from '../../../protocol/identity.ts'
import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'

/** `date`: a day, as in `2026-03-31`. `amount`: in units of the currency. */
export type FieldValue = string | number | readonly string[] | { date: string } | { amount: number; currency: string }
/** By the names of the fields. What is undefined or empty is missing. */
export type Values = Readonly<Record<string, FieldValue | undefined>>

export type Asked = {
  organizationId: OrganizationId
  /** In whose name it is sent, and who may see what their fields say. */
  senderId: PersonId
  now: Date
  timeZone: string | undefined
}
/** Where the values of some fields come from. Each is asked once for a portion of recipients. */
export type FieldSource = {
  fields: readonly Field[]
  /** Reads only, in the transaction that stores the texts. Whoever has nothing may be missing in the answer. */
  load(tx: Tx, asked: Asked, personIds: readonly PersonId[]): Promise<ReadonlyMap<PersonId, Values>>
}
export type Profile = { name: string; locale: Locale; values: Values }
