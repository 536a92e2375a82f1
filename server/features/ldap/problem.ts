import type { z } from 'zod'
import type { LdapFault } from '../../../protocol/ldap.ts'

export type Fault = z.infer<typeof LdapFault>

/** Why a directory could not be read, as an administrator can act on it. */
export class LdapProblem extends Error {
  override name = 'LdapProblem'
  readonly fault: Fault

  constructor(fault: Fault, detail: string, cause?: unknown) {
    super(detail.slice(0, 500), { cause })
    this.fault = fault
  }
}

/** By the codes of RFC 4511 and of the network. */
export function problemOf(error: unknown): LdapProblem {
  if (error instanceof LdapProblem) return error
  const { name = '', message = String(error), code } = error instanceof Error ? withCode(error) : {}
  return new LdapProblem(faultOf(name, message, code), message, error)
}

const withCode = (error: Error): { name: string; message: string; code: string | number | undefined } => ({
  name: error.name,
  message: error.message,
  code: 'code' in error && (typeof error.code === 'string' || typeof error.code === 'number') ? error.code : undefined,
})

function faultOf(name: string, message: string, code: string | number | undefined): Fault {
  if (code === 49 || code === 48 || code === 8) return 'credentials'
  if (code === 32 || code === 34) return 'base'
  if (code === 18 || code === 87) return 'filter'
  if (code === 4 || code === 11) return 'too-large'
  if (code === 13) return 'tls'
  if (typeof code === 'string' && /CERT|TLS|SSL|SELF_SIGNED|ISSUER|ALTNAME/.test(code)) return 'tls'
  if (/certificate|handshake|TLS/i.test(message)) return 'tls'
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return 'unreachable'
  if (/timeout|timed out|closed|connect/i.test(`${name} ${message}`)) return 'unreachable'
  return 'refused'
}
