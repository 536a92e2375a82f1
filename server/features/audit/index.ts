import type { Feature } from '../../platform/feature.ts'
import { exportAudit } from './export-audit.ts'
import { listAudit } from './list-audit.ts'
import { readAudit } from './read-audit.ts'

/** The audit log is written by `recordAct` of the platform, by each act itself; here it is read. */
export const feature: Feature = { name: 'audit', definitions: [listAudit, readAudit, exportAudit] }
