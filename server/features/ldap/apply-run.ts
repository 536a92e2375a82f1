import { ApplyLdapRun } from '../../../protocol/ldap.ts'
import { AppliedImport } from '../../../protocol/structure.ts'
import { recordAct } from '../../platform/audit.ts'
import { command } from '../../platform/command.ts'
import { progress } from '../../platform/progress.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isAdministratorAsking, lockOrganization } from '../organization/index.ts'
import { applyList } from '../structure/index.ts'
import { besideOf, digestOf, openRun } from './compare-run.ts'
import * as store from './store.ts'

export const applyLdapRun = command({
  name: 'ldap.apply-run',
  summary: 'Apply what a run has read from LDAP, as previewed: accounts, the chart and the groups, all or nothing.',
  input: ApplyLdapRun,
  output: AppliedImport,
  over: 'http',

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: isAdministratorAsking,

  async run(ctx, { organizationId, runId, digest, skipFaulty }, organization) {
    if (!organization) throw new Refusal('access.refused')
    const { tx, actor, now } = ctx
    const rows = await store.readRows(tx, organizationId, runId)
    if (!rows) throw new Refusal('ldap.run-not-found', { path: 'runId' })
    if (digestOf(rows, organization) !== digest) throw new Refusal('import.changed')
    const actorId = actor.kind === 'person' ? actor.personId : null
    await using list = await openRun(rows)
    const report = (step: string, share: number) =>
      progress.report(actorId, { id: runId, step, done: Math.floor(share * 100), total: 100 })
    const applied = await applyList(ctx, { list, beside: besideOf(organization, actorId), skipFaulty, report })
    const result = { unknownManagerCount: rows.unknownManagerCount, applied }
    await store.endRun(tx, { runId, state: 'applied', fault: null, result, rows: null }, now)
    recordAct(ctx, { organizationId, act: 'directory.synced', thingId: runId, facts: { source: 'ldap', ...applied } })
    return applied
  },
})
