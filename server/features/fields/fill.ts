import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PersonId } from '../../../protocol/ids.ts'
import type { Part } from '../../../protocol/parts.ts'
import type { Tx } from '../../platform/sql.ts'
import { loadProfiles, loadShared, profileFields } from './profile.ts'
import { NOTHING, readTemplate, type FilledParts, type MessageTemplate } from './template.ts'
import type { Asked, FieldSource } from './values.ts'

/** Those of later features. */
const laterSources: FieldSource[] = []

/** Called once, when the feature that brings further fields is loaded. */
export function registerFieldSource(source: FieldSource): void {
  laterSources.push(source)
}

export const knownFields = () => [...profileFields, ...laterSources.flatMap(({ fields }) => fields)]

/** Refuses faults with their place. */
export function templateOf(parts: readonly Part[]): MessageTemplate {
  return readTemplate(parts, new Set(knownFields().map(({ name }) => name)))
}

export type FilledFor = FilledParts & { personId: PersonId; name: string }
/** After so many texts others get their turn. */
const TURN = 50

/** The text of each of these people, as the server knows them now. */
export async function fillFor(
  tx: Tx,
  template: MessageTemplate,
  asked: Asked,
  personIds: readonly PersonId[],
): Promise<FilledFor[]> {
  const profiles = await loadProfiles(tx, asked, personIds)
  const wanted = laterSources.filter(({ fields }) => fields.some(({ name }) => template.names.has(name)))
  const later = await Promise.all(wanted.map((source) => source.load(tx, asked, personIds)))
  const filled: FilledFor[] = []
  for (const [personId, { name, locale, values }] of profiles) {
    const all = Object.assign({ ...values }, ...later.map((found) => found.get(personId)))
    filled.push({ personId, name, ...template.fill(all, locale) })
    if (filled.length % TURN === 0) await nextTurn()
  }
  return filled
}

/** What somebody sees who was not there when it was sent: no value of any person. */
export async function fillForNobody(tx: Tx, template: MessageTemplate, asked: Asked): Promise<Part[]> {
  const { locale, values } = await loadShared(tx, asked)
  return template.fill(values, locale, NOTHING).parts
}
