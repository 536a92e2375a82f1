import { FindReportCustomers, ReportCustomers } from '../../../protocol/reports.ts'
import { personOf, query } from '../../platform/command.ts'
import { patternOf } from '../organization/index.ts'
import { allowLeading } from './access.ts'
import { findCustomers } from './store.ts'

const SHOWN_MAX = 50

export const findReportCustomers = query({
  name: 'report.find-customers',
  summary:
    'Customers whose groups a report can be narrowed to: those whom one looks after, or somebody below one does.',
  input: FindReportCustomers,
  output: ReportCustomers,
  allow: allowLeading,

  async run(ctx, { organizationId, search }) {
    const reader = { organizationId, readerId: personOf(ctx) }
    return { customers: await findCustomers(ctx.tx, reader, { pattern: patternOf(search), limit: SHOWN_MAX }) }
  },
})
