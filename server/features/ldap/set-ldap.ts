import { X509Certificate } from 'node:crypto'
import { Nothing } from '../../../protocol/conversations.ts'
import { SetLdap } from '../../../protocol/ldap.ts'
import { recordAct } from '../../platform/audit.ts'
import { command } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isAdministratorAsking, lockOrganization } from '../organization/index.ts'
import { scheduleNext } from './jobs.ts'
import * as store from './store.ts'

export const setLdap = command({
  name: 'ldap.set',
  summary: 'Say where the LDAP directory of the organization is, and how often it is read. For administrators.',
  input: SetLdap,
  output: Nothing,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: isAdministratorAsking,

  async run(ctx, { organizationId, password, ...source }) {
    const { tx, now, seal } = ctx
    const isSecureUrl = /^ldaps:/i.test(source.url)
    if (isSecureUrl !== (source.security === 'tls')) throw new Refusal('ldap.security-differs', { path: 'security' })
    await requireFilter(source.filter)
    if (source.certificate !== null) requireCertificate(source.certificate)
    const before = await store.findSource(tx, organizationId)
    // A password goes only to the server it was given for.
    const isSame = before?.url === source.url && before.bindDn === source.bindDn && before.security === source.security
    if (password === undefined && before?.sealedPassword && !isSame)
      throw new Refusal('ldap.password-needed', { path: 'password' })
    const kept = password === undefined ? (before?.sealedPassword ?? null) : null
    const sealedPassword = password ? seal.seal(password) : kept
    await store.putSource(tx, organizationId, { ...source, sealedPassword }, now)
    if (source.everyHours !== null) await scheduleNext(tx, organizationId, source.everyHours, now)
    const facts = { source: 'ldap', url: source.url, security: source.security, everyHours: source.everyHours }
    recordAct(ctx, { organizationId, act: 'directory.connected', facts })
    return {}
  },
})

function requireCertificate(certificate: string): void {
  try {
    void new X509Certificate(certificate)
  } catch (cause) {
    const message = 'Must be a certificate as PEM, from -----BEGIN CERTIFICATE----- on.'
    throw new Refusal('input.invalid', { path: 'certificate', message, cause })
  }
}

async function requireFilter(filter: string): Promise<void> {
  const { FilterParser } = await import('ldapts')
  try {
    FilterParser.parseString(filter)
  } catch (cause) {
    throw new Refusal('ldap.filter-unreadable', { path: 'filter', cause })
  }
}
