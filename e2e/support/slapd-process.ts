import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from './processes.ts'
import { until } from './until.ts'

/** Debian's package puts it where ordinary users' PATH does not look. */
const PATH = `/usr/sbin:/usr/local/bin:${process.env['PATH'] ?? ''}`
export const base = 'dc=shop,dc=example'
export const bindDn = `cn=reader,${base}`
export const password = 'only-for-this-test'

/** A real slapd with TLS, on loopback, with a folder of its own. */
export type SlapdProcess = {
  url: string
  tlsUrl: string
  /** As PEM; it names `localhost`. */
  certificate: string
  /** Carries out LDIF, as `ldapmodify` does; entries without `changetype` are added. */
  modify(ldif: string): void
  [Symbol.asyncDispose](): Promise<void>
}

export async function startSlapd(): Promise<SlapdProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'shoptalk-slapd-'))
  const [port, tlsPort] = [await findFreePort(), await findFreePort()]
  mkdirSync(join(folder, 'data'))
  makeCertificate(folder)
  writeFileSync(join(folder, 'slapd.conf'), configuration(folder))
  const url = `ldap://localhost:${port}`
  const listen = `ldap://127.0.0.1:${port} ldaps://127.0.0.1:${tlsPort}`
  const child = spawn('slapd', ['-d', '0', '-f', join(folder, 'slapd.conf'), '-h', listen], {
    env: { PATH },
    stdio: 'ignore',
  })
  const exited = once(child, 'exit')
  await until(() => answers(port), 'slapd answers')
  const modify = (ldif: string) =>
    void execFileSync('ldapmodify', ['-a', '-x', '-H', url, '-D', bindDn, '-w', password], {
      env: { PATH },
      input: ldif,
      stdio: ['pipe', 'ignore', 'pipe'],
    })
  modify(`dn: ${base}\nobjectClass: dcObject\nobjectClass: organization\no: Shop\ndc: shop\n`)
  return {
    url,
    tlsUrl: `ldaps://localhost:${tlsPort}`,
    certificate: readFileSync(join(folder, 'certificate.pem'), 'utf8'),
    modify,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const configuration = (folder: string) => `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ${folder}/slapd.pid
TLSCertificateFile ${folder}/certificate.pem
TLSCertificateKeyFile ${folder}/key.pem
database mdb
maxsize 33554432
suffix "${base}"
rootdn "${bindDn}"
rootpw ${password}
directory ${folder}/data
`

function makeCertificate(folder: string): void {
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'certificate.pem')]
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...files, ...name], {
    stdio: 'ignore',
  })
}

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const probe = connect(port, '127.0.0.1')
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => resolve(false))
  })
