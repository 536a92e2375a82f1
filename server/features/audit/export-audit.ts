import { AuditPage, ReadAudit } from '../../../protocol/audit.ts'
import { recordAct } from '../../platform/audit.ts'
import { command } from '../../platform/command.ts'
import { findOrganization, isAdministratorAsking } from '../organization/index.ts'
import { Refusal } from '../../platform/refusal.ts'
import { findHead, readEntries } from './store.ts'

/** A command, though it reads: that somebody took the log away is itself recorded, once, with the first page. */
export const exportAudit = command({
  name: 'audit.export',
  summary: 'Take the audit log away, page by page in order. For administrators.',
  input: ReadAudit,
  output: AuditPage,

  allow: isAdministratorAsking,

  async run(ctx, input) {
    const { organizationId } = input
    if (!(await findOrganization(ctx.tx, organizationId))) throw new Refusal('access.refused')
    if (input.after === 0) recordAct(ctx, { organizationId, act: 'audit.exported' })
    return { entries: await readEntries(ctx.tx, input), head: await findHead(ctx.tx, organizationId) }
  },
})
