import { Nothing } from '../../../protocol/conversations.ts'
import { StartLdapRun } from '../../../protocol/ldap.ts'
import { command } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isAdministratorAsking, lockOrganization } from '../organization/index.ts'
import { startRun } from './jobs.ts'
import * as store from './store.ts'

/** Runs of one organization that are under way. */
const UNDER_WAY_MAX = 3

export const startLdapRun = command({
  name: 'ldap.start-run',
  summary: 'Test the LDAP connection, compare the directory with what it says, or follow it. For administrators.',
  input: StartLdapRun,
  output: Nothing,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: isAdministratorAsking,

  async run({ tx, actor, now }, { organizationId, runId, purpose }) {
    if (!(await store.findSource(tx, organizationId))) throw new Refusal('ldap.not-connected')
    if (await store.findRun(tx, organizationId, runId)) return {}
    const runs = await store.listRuns(tx, organizationId, UNDER_WAY_MAX * 2)
    if (runs.filter(({ state }) => state === 'waiting' || state === 'running').length >= UNDER_WAY_MAX)
      throw new Refusal('ldap.busy')
    const askedBy = actor.kind === 'person' ? actor.personId : null
    if (!(await startRun(tx, { runId, organizationId, purpose, askedBy, isScheduled: false }, now)))
      throw new Refusal('ldap.run-not-found', { path: 'runId' })
    return {}
  },
})
