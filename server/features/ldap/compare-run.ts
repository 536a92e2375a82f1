import { createHash } from 'node:crypto'
import type { Organization } from '../../../protocol/organization.ts'
import type { ImportPreview } from '../../../protocol/structure.ts'
import { Column } from '../../../protocol/structure.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import type { z } from 'zod'
import type { Tx } from '../../platform/sql.ts'
import { openRows, previewList } from '../structure/index.ts'
import type { Rows } from './store.ts'

export const openRun = ({ headings, meanings, rows }: Rows) =>
  openRows(
    headings,
    meanings.map((meaning) => Column.parse(meaning)),
    rows,
  )

/** Names what was read, beside this state of the directory. */
export function digestOf({ rows }: Rows, { id, directoryVersion }: Organization): string {
  return createHash('sha256')
    .update(JSON.stringify([id, directoryVersion, rows]))
    .digest('base64url')
}

export const besideOf = (organization: Organization, actorId: PersonId | null) => ({
  organization,
  actorId,
  isComplete: true,
  source: 'ldap' as const,
})

/** What applying a run would do. */
export async function previewRun(
  tx: Tx,
  rows: Rows,
  organization: Organization,
  actorId: PersonId | null,
): Promise<z.infer<typeof ImportPreview>> {
  await using list = await openRun(rows)
  const preview = await previewList(tx, list, besideOf(organization, actorId))
  return { digest: digestOf(rows, organization), ...preview }
}

/** Above this share of those who follow the directory, their leaving looks like a mistake. */
const LEAVING_SHARE_MAX = 0.2

/** Pure: whether somebody should look before so many leave. A directory without people is always a mistake. */
export function looksWrong({
  read,
  following,
  leaving,
}: {
  read: number
  following: number
  leaving: number
}): boolean {
  return (read === 0 && following > 0) || leaving > following * LEAVING_SHARE_MAX
}
