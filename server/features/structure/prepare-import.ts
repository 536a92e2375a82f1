import { createHash } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import type { z } from 'zod'
import { PersonId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import type { Organization } from '../../../protocol/organization.ts'
import type { PreviewImport } from '../../../protocol/structure.ts'
import type { Context } from '../../platform/command.ts'
import type { Tx } from '../../platform/sql.ts'
import { personsByAddress } from '../identity/index.ts'
import { listDirectory } from '../organization/index.ts'
import { compare, type Comparison } from './compare.ts'
import { readList, type List } from './read-list.ts'

/** Bytes of a body that holds the largest file in base64, with a little around it. */
export const IMPORT_BODY_BYTES = Math.ceil((limits.importBytes * 4) / 3) + 65_536

type File = Pick<z.output<typeof PreviewImport>, 'content' | 'columns' | 'isComplete'>
export type ReadFile = { list: List; bytes: Buffer }

export function readFile({ content, columns }: File): ReadFile {
  const bytes = Buffer.from(content, 'base64')
  return { bytes, list: readList(bytes, columns) }
}

/** Names what was previewed: this file, understood like this, beside this state of the directory. */
export function digestOf(
  { bytes, list }: ReadFile,
  { isComplete }: File,
  { id, directoryVersion }: Organization,
): string {
  const meanings = list.columns.map(({ meaning }) => meaning) // detected and confirmed ones count the same
  const around = JSON.stringify([id, directoryVersion, meanings, isComplete])
  return createHash('sha256').update(around).update('\n').update(bytes).digest('base64url')
}

export const actorIdOf = ({ actor }: Pick<Context, 'actor'>) => (actor.kind === 'person' ? actor.personId : null)

type Beside = { organization: Organization; actorId: PersonId | null; isComplete: boolean }
export async function compareWithDirectory(
  tx: Tx,
  list: List,
  { organization, ...options }: Beside,
): Promise<Comparison> {
  const members = await listDirectory(tx, organization.id)
  const owners = await personsByAddress(tx, addressesOf(list))
  return compare(list, { members, owners }, { ...options, newId: () => PersonId.parse(uuidv7()) })
}

const addressesOf = ({ rows }: List) =>
  Array.from(new Set(rows.map(({ address }) => address).filter((address) => address !== '')))
