import { AuditPage, ReadAudit } from '../../../protocol/audit.ts'
import { query } from '../../platform/command.ts'
import { findHead, readEntries } from './store.ts'

export const readAudit = query({
  name: 'audit.read',
  summary: 'The audit log in order, with its hashes, so that it can be checked. For the operator.',
  input: ReadAudit,
  output: AuditPage,

  allow: ({ actor }) => actor.kind === 'operator',

  run: async ({ tx }, input) => ({
    entries: await readEntries(tx, input),
    head: await findHead(tx, input.organizationId),
  }),
})
