import type { ConnectionOptions } from 'node:tls'
import type { Client, Entry as Found } from 'ldapts'
import type { LdapAttributes } from '../../../protocol/ldap.ts'
import { limits } from '../../../protocol/limits.ts'
import { LdapProblem, problemOf } from './problem.ts'
import type { Entry } from './to-rows.ts'

export type Connection = {
  url: string
  security: 'tls' | 'starttls' | 'none'
  certificate: string | null
  bindDn: string
  password: string
  base: string
  filter: string
  attributes: LdapAttributes
}
export type Reading = {
  /** Entries at most; reading more than that is a fault, but for a test. */
  entriesMax?: number
  onEntries?(count: number): Promise<void> | void
}

const PAGE = 500
const CONNECT_TIMEOUT_MS = 10_000
/** For each page. */
const ANSWER_TIMEOUT_MS = 60_000

/** Reads the people of a directory, page by page. Every fault is an `LdapProblem`. */
export async function readDirectory(connection: Connection, { entriesMax, onEntries }: Reading = {}): Promise<Entry[]> {
  const { Client } = await import('ldapts')
  const { url, security } = connection
  const tls = tlsOf(connection)
  let client: Client | undefined
  try {
    client = new Client({
      url,
      timeout: ANSWER_TIMEOUT_MS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      strictDN: false,
      ...(security === 'tls' && { tlsOptions: tls }),
    })
    if (security === 'starttls') await client.startTLS(tls)
    await client.bind(connection.bindDn, connection.password)
    return await search(client, connection, {
      ...(entriesMax !== undefined && { entriesMax }),
      ...(onEntries && { onEntries }),
    })
  } catch (error) {
    throw problemOf(error)
  } finally {
    await client?.unbind().catch(() => undefined) // it is over either way
  }
}

function tlsOf({ url, certificate }: Connection): ConnectionOptions {
  const { hostname } = new URL(url.replace(/^ldaps?:/i, 'http:'))
  const servername = hostname.replaceAll(/[[\]]/g, '')
  return { servername, minVersion: 'TLSv1.2', ...(certificate !== null && { ca: certificate }) }
}

async function search(client: Client, { base, filter, attributes }: Connection, reading: Reading): Promise<Entry[]> {
  const { entriesMax = limits.importRows, onEntries } = reading
  const isWhole = reading.entriesMax === undefined
  const wanted = Array.from(new Set([...Object.values(attributes), 'cn']))
  const pages = client.searchPaginated(base, {
    scope: 'sub',
    filter,
    attributes: wanted,
    paged: { pageSize: Math.min(PAGE, entriesMax) },
  })
  const entries: Entry[] = []
  for await (const { searchEntries } of pages) {
    entries.push(...searchEntries.map(entryOf))
    await onEntries?.(entries.length)
    if (entries.length < entriesMax) continue
    if (isWhole && entries.length > entriesMax)
      throw new LdapProblem('too-large', `More than ${entriesMax} entries. Make the filter narrower.`)
    if (!isWhole) return entries.slice(0, entriesMax)
  }
  return entries
}

function entryOf({ dn, ...attributes }: Found): Entry {
  const values = Object.entries(attributes).flatMap(([name, value]): [string, string][] => {
    const first = Array.isArray(value) ? value[0] : value
    if (first === undefined) return []
    return [[name.toLowerCase(), Buffer.isBuffer(first) ? first.toString('utf8') : first]]
  })
  return { dn, values: new Map(values) }
}
