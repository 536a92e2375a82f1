import type { Feature } from '../../platform/feature.ts'
import { applyLdapRun } from './apply-run.ts'
import { getLdap, getLdapRun } from './get-ldap.ts'
import { readLdap, runSchedule } from './jobs.ts'
import { removeLdap } from './remove-ldap.ts'
import { setLdap } from './set-ldap.ts'
import { ldapHosts } from './settings.ts'
import { startLdapRun } from './start-run.ts'

export const feature: Feature = {
  name: 'ldap',
  definitions: [setLdap, removeLdap, getLdap, startLdapRun, getLdapRun, applyLdapRun],
  jobs: [readLdap, runSchedule],
  settings: [ldapHosts],
}
