import { createWriteStream, existsSync } from 'node:fs'
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { AuditPage, type AuditEntry } from '../../protocol/audit.ts'
import { firstHash, hashEntry } from '../platform/audit-entry.ts'
import { CommandProblem, type Door } from './client.ts'
import { findOrganization } from './find-organization.ts'

type Organization = { organization?: string }

/** Computes every hash afresh, here and not in the server, and names the first entry that is not as it was written. */
export async function verifyAudit(door: Door, options: Organization & { known?: string }): Promise<string[]> {
  const { id: organizationId, name } = await findOrganization(door, options.organization)
  const known = options.known === undefined ? undefined : readKnown(options.known)
  const state: Verified = { number: 0, hash: firstHash.toString('hex') }
  let isKnownMet = known === undefined
  for (;;) {
    const page = await door.query(AuditPage, 'audit.read', { organizationId, after: state.number })
    for (const entry of page.entries) {
      check(state, entry)
      if (known?.number === entry.number) {
        if (known.hash !== entry.hash) throw broken(entry.number, 'it is not the one whose hash you have kept')
        isKnownMet = true
      }
    }
    if (page.entries.length > 0) continue
    if (page.head.number !== state.number) throw broken(state.number + 1, 'it is missing, and so is all behind it')
    if (state.number > 0 && page.head.hash !== state.hash) throw broken(state.number, 'it is not the one that was last')
    break
  }
  if (known && !isKnownMet) throw broken(known.number, 'it is missing, and so is all behind it')
  return [
    `The audit log of ${name} is whole: ${state.number} entries. To prove later that nothing was taken away:`,
    `  --known ${state.number}:${state.hash}`,
  ]
}

type Verified = { number: number; hash: string }

function check(state: Verified, { hash, ...entry }: AuditEntry): void {
  if (entry.number !== state.number + 1) throw broken(state.number + 1, 'it is missing')
  const { number } = entry
  const expected = hashEntry(Buffer.from(state.hash, 'hex'), entry).toString('hex')
  if (hash !== expected) throw broken(number, 'its hash does not fit what it says and the entry before it')
  Object.assign(state, { number, hash })
}

const broken = (number: number, why: string) =>
  new CommandProblem(`The audit log is broken at entry ${number}: ${why}. What stands before it is as it was written.`)

function readKnown(text: string): Verified {
  const [, number, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? []
  if (number === undefined || hash === undefined)
    throw new CommandProblem('--known takes what "audit verify" has printed: a number, a colon and 64 digits.')
  return { number: Number(number), hash }
}

export type ExportOptions = Organization & { format?: 'jsonl' | 'csv'; output?: string }

/** All entries in order, to a file that must not exist yet, or to the terminal. */
export async function exportAudit(door: Door, options: ExportOptions): Promise<void> {
  const { format = 'jsonl', output } = options
  const { id: organizationId } = await findOrganization(door, options.organization)
  if (output !== undefined && existsSync(output)) throw new CommandProblem(`${output} exists. Name another file.`)
  const out: Writable = output === undefined ? process.stdout : createWriteStream(output, { flags: 'wx', mode: 0o600 })
  const write = async (line: string) => void (out.write(line) || (await once(out, 'drain')))
  if (format === 'csv') await write(`${columns.join(',')}\r\n`)
  for (let after = 0; ;) {
    const { entries } = await door.command(AuditPage, 'audit.export', { organizationId, after })
    for (const entry of entries) await write(format === 'csv' ? csvLine(entry) : `${JSON.stringify(entry)}\n`)
    const last = entries.at(-1)
    if (!last) break
    after = last.number
  }
  if (output !== undefined) {
    out.end()
    await once(out, 'finish')
  }
}

const columns = [
  'number',
  'at',
  'act',
  'actorKind',
  'actorId',
  'deviceId',
  'personIds',
  'thingId',
  'facts',
  'source',
  'command',
  'requestId',
  'hash',
] as const

const csvLine = (entry: AuditEntry) => `${columns.map((column) => cell(entry[column])).join(',')}\r\n`

/** A text that a spreadsheet would take for a formula begins with an apostrophe. */
function cell(value: unknown): string {
  const text = Array.isArray(value) ? value.join(' ') : plain(value)
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

function plain(value: unknown): string {
  if (value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
