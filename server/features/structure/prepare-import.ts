import { createHash } from 'node:crypto'
import type { z } from 'zod'
import type { PersonId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import type { Organization } from '../../../protocol/organization.ts'
import type { PreviewImport } from '../../../protocol/structure.ts'
import type { Context } from '../../platform/command.ts'
import type { Tx } from '../../platform/sql.ts'
import { personsByAddress } from '../identity/index.ts'
import { listDirectory } from '../organization/index.ts'
import type { Comparison } from './compare.ts'
import type { ListWork } from './list-work.ts'
import { openFile, type OpenedList } from './read-in-worker.ts'

/** Bytes of a body that holds the largest file in base64, with a little around it. */
export const IMPORT_BODY_BYTES = Math.ceil((limits.importBytes * 4) / 3) + 65_536

type File = Pick<z.output<typeof PreviewImport>, 'content' | 'columns' | 'isComplete'>
export type ReadFile = { list: OpenedList; bytes: Buffer }

export async function readFile({ content, columns }: File): Promise<ReadFile> {
  const bytes = Buffer.from(content, 'base64')
  return { bytes, list: await openFile(bytes, columns) }
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

/** Beside what a list is compared, and how. */
export type Beside = {
  organization: Organization
  actorId: PersonId | null
  isComplete: boolean
  source: 'import' | 'ldap'
}

export async function compareWithDirectory(
  tx: Tx,
  list: ListWork,
  { organization, actorId, ...options }: Beside,
): Promise<Comparison> {
  const members = await listDirectory(tx, organization.id)
  const owners = await personsByAddress(tx, list.addresses)
  return list.compare({ members, owners }, { ...options, keptIds: actorId === null ? [] : [actorId] })
}
