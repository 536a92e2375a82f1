import type { PersonId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import type { Report } from '../../../protocol/reports.ts'
import type { Context } from '../../platform/command.ts'
import { policyOf, scopeOf, type Asked } from './access.ts'
import { countDirect, figures } from './store.ts'

/** Figures about messages: how many, when, from whom and where to. */
export async function makeReport(ctx: Pick<Context, 'tx'>, readerId: PersonId, asked: Asked): Promise<Report> {
  const { countsDirect } = await policyOf(ctx.tx, asked.organizationId)
  const scope = await scopeOf(ctx, readerId, asked)
  const { rows, ...found } = await figures(ctx.tx, scope, limits.reportRows + 1)
  const direct = countsDirect && scope.conversationIds === null ? await countDirect(ctx.tx, scope) : null
  return {
    from: asked.from,
    until: asked.until,
    timeZone: scope.timeZone,
    ...found,
    direct,
    rows: rows.slice(0, limits.reportRows),
    isWhole: rows.length <= limits.reportRows,
  }
}
