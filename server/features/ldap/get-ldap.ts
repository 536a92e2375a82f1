import { GetLdap, GetLdapRun, LdapRun, LdapState } from '../../../protocol/ldap.ts'
import { query } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { findOrganization, isAdministratorAsking } from '../organization/index.ts'
import { previewRun } from './compare-run.ts'
import * as store from './store.ts'

const RUNS_SHOWN = 5

export const getLdap = query({
  name: 'ldap.get',
  summary: 'The LDAP directory of the organization, without its password, and its last runs. For administrators.',
  input: GetLdap,
  output: LdapState,

  allow: isAdministratorAsking,

  async run({ tx }, { organizationId }) {
    const found = await store.findSource(tx, organizationId)
    const runs = await store.listRuns(tx, organizationId, RUNS_SHOWN)
    return {
      source: found ? presentSource(found) : null,
      memberCount: await store.countFollowing(tx, organizationId),
      runs: runs.map(presentRun),
    }
  },
})

export const getLdapRun = query({
  name: 'ldap.get-run',
  summary: 'How far a run has come, what came of it, and what applying it would do. For administrators.',
  input: GetLdapRun,
  output: LdapRun,

  allow: isAdministratorAsking,

  async run({ tx, actor }, { organizationId, runId }) {
    const organization = await findOrganization(tx, organizationId)
    const run = await store.findRun(tx, organizationId, runId)
    if (!organization || !run) throw new Refusal('ldap.run-not-found', { path: 'runId' })
    const rows = await store.readRows(tx, organizationId, runId)
    const actorId = actor.kind === 'person' ? actor.personId : null
    return {
      ...presentRun(run),
      samples: run.result?.samples ?? [],
      unknownManagerCount: run.result?.unknownManagerCount ?? 0,
      preview: rows ? await previewRun(tx, rows, organization, actorId) : null,
    }
  },
})

const presentSource = ({ sealedPassword, ...source }: store.Source) => ({
  ...source,
  hasPassword: sealedPassword !== null,
})

const presentRun = (run: store.RunRow) => ({
  runId: run.runId,
  purpose: run.purpose,
  state: run.state,
  isScheduled: run.isScheduled,
  entryCount: run.entryCount,
  fault: run.fault,
  detail: run.result?.detail ?? '',
  applied: run.result?.applied ?? null,
  createdAt: run.createdAt,
  endedAt: run.endedAt,
})
