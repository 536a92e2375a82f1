import type { Feature } from '../../platform/feature.ts'
import { findReportCustomers } from './find-customers.ts'
import { sendReports } from './jobs.ts'
import { exportReport, readReport, readReportMessages } from './read-report.ts'
import { getReportPolicy, setReportPolicy, subscribeReport } from './report-policy.ts'

export const feature: Feature = {
  name: 'reports',
  definitions: [
    readReport,
    readReportMessages,
    exportReport,
    findReportCustomers,
    getReportPolicy,
    setReportPolicy,
    subscribeReport,
  ],
  jobs: [sendReports],
}

export { policyOf } from './access.ts'
