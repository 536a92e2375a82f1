import { z } from 'zod'
import { DispatchList, ListDispatches, type Dispatch } from '../../../protocol/dispatch.ts'
import { Instant } from '../../../protocol/ids.ts'
import { query } from '../../platform/command.ts'
import type { Seal } from '../../platform/seal.ts'
import { isMailSet, openContent } from '../dispatch/index.ts'
import { isAdministratorAsking, roleAsking } from './access.ts'
import { fromCursor, toCursor } from './cursor.ts'
import { listDispatches, type DispatchRow } from './dispatch-store.ts'

const Place = z.tuple([Instant, z.uuid()])

export const listOrganizationDispatches = query({
  name: 'dispatch.list',
  summary:
    'What was sent to the members, the latest first. Shows codes where no mail server sends them. For administrators.',
  input: ListDispatches,
  output: DispatchList,

  allow: isAdministratorAsking,

  async run(ctx, { organizationId, before, limit }) {
    const { tx, now, settings, seal } = ctx
    // Who could read an owner's code could sign in as an owner.
    const showsOwners = (await roleAsking(ctx, organizationId)) === 'owner'
    const place = before === undefined ? null : fromCursor(before, Place, 'before')
    const rows = await listDispatches(tx, { organizationId, before: place, limit: limit + 1, now, showsOwners })
    const last = rows.length > limit ? rows[limit - 1] : undefined
    return {
      isMailSet: isMailSet(settings),
      dispatches: rows.slice(0, limit).map((row) => toDispatch(row, seal)),
      next: last ? toCursor([last.createdAt, last.id]) : null,
    }
  },
})

function toDispatch({ sealed, ...row }: DispatchRow, seal: Seal): z.output<typeof Dispatch> {
  const content = sealed === null ? undefined : openContent(seal, sealed)
  const code = content && 'code' in content ? content.code : null
  return { ...row, code, link: content?.purpose === 'invitation' ? content.link : null }
}
