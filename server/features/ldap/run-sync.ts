import { recordAct } from '../../platform/audit.ts'
import type { Tools } from '../../platform/feature.ts'
import { progress } from '../../platform/progress.ts'
import { findOrganization, lockOrganization } from '../organization/index.ts'
import { applyList } from '../structure/index.ts'
import { besideOf, looksWrong, openRun, previewRun } from './compare-run.ts'
import { LdapProblem } from './problem.ts'
import { readDirectory, type Connection } from './read-directory.ts'
import { ldapHosts } from './settings.ts'
import * as store from './store.ts'
import { toRows } from './to-rows.ts'

const SAMPLES = 5

/** Does what a run is for: asks the directory, and tests, compares or applies what it says. Safe to repeat. */
export async function carryOutRun(run: store.RunRow, tools: Tools): Promise<void> {
  const { organizationId, runId } = run
  const { database, clock } = tools
  const source = await database.transaction(async (tx) =>
    (await store.beginRun(tx, organizationId, runId)) ? store.findSource(tx, organizationId) : undefined,
  )
  if (!source) return
  try {
    await finish(run, await read(run, source, tools), tools)
  } catch (error) {
    if (!(error instanceof LdapProblem)) throw error
    const { fault, message: detail } = error
    const ended = { runId, state: 'failed', fault, result: { detail }, rows: null } as const
    await database.transaction((tx) => store.endRun(tx, ended, clock()))
  }
}

async function read(
  { runId, askedBy, purpose }: store.RunRow,
  source: store.Source,
  tools: Tools,
): Promise<store.Rows> {
  const { database, seal, settings } = tools
  const { sealedPassword, attributes } = source
  const { hostname } = new URL(source.url.replace(/^ldaps?:/i, 'http:'))
  const allowed = settings.get(ldapHosts)
  if (allowed && !allowed.includes(hostname.toLowerCase()))
    throw new LdapProblem('host-not-allowed', `This server does not read directories of ${hostname}.`)
  const connection: Connection = { ...source, password: sealedPassword ? seal.open(sealedPassword) : '' }
  const entries = await readDirectory(connection, {
    ...(purpose === 'test' && { entriesMax: SAMPLES }),
    async onEntries(count) {
      progress.report(askedBy, { id: runId, step: 'read', done: count, total: count })
      await database.transaction((tx) => store.noteEntries(tx, runId, count))
    },
  })
  return toRows(entries, attributes)
}

async function finish(run: store.RunRow, rows: store.Rows, tools: Tools): Promise<void> {
  const { database, clock } = tools
  const { runId, purpose } = run
  const { unknownManagerCount } = rows
  const end = (state: store.RunRow['state'], result: store.RunResult, kept: store.Rows | null) =>
    database.transaction((tx) =>
      store.endRun(tx, { runId, state, fault: null, result: { unknownManagerCount, ...result }, rows: kept }, clock()),
    )
  if (purpose === 'test') return end('tested', { samples: samplesOf(rows) }, null)
  if (purpose === 'preview') return end('ready', {}, rows)
  if (await needsLook(run, rows, tools)) return end('held', {}, rows)
  await apply(run, rows, tools)
}

function samplesOf({ rows, meanings }: store.Rows) {
  const at = (row: readonly string[], meaning: string) => row[meanings.indexOf(meaning)] ?? ''
  return rows.map((row) => ({
    name: at(row, 'name'),
    address: at(row, 'address'),
    title: at(row, 'title'),
    manager: at(row, 'manager'),
  }))
}

async function needsLook({ organizationId, askedBy }: store.RunRow, rows: store.Rows, { database }: Tools) {
  return database.snapshot(async (tx) => {
    const organization = await findOrganization(tx, organizationId)
    if (!organization) return true
    const { counts, rowCount } = await previewRun(tx, rows, organization, askedBy)
    const following = await store.countFollowing(tx, organizationId)
    if (counts.faulty > 0 && counts.faulty === rowCount) return true
    return looksWrong({ read: rows.rows.length, following, leaving: counts.deactivated })
  })
}

async function apply({ organizationId, runId, askedBy }: store.RunRow, rows: store.Rows, { database, clock }: Tools) {
  await using list = await openRun(rows)
  await database.transaction(async (tx) => {
    const organization = await lockOrganization(tx, organizationId)
    if (!organization) return
    const now = clock()
    const report = (step: string, share: number) =>
      progress.report(askedBy, { id: runId, step, done: Math.floor(share * 100), total: 100 })
    const applied = await applyList(
      { tx, now, actor: { kind: 'operator' } },
      { list, beside: besideOf(organization, askedBy), skipFaulty: true, report },
    )
    const result = { unknownManagerCount: rows.unknownManagerCount, applied }
    await store.endRun(tx, { runId, state: 'applied', fault: null, result, rows: null }, now)
    recordAct(
      { tx, now, actor: { kind: 'server' } },
      { organizationId, act: 'directory.synced', thingId: runId, facts: { source: 'ldap', ...applied } },
    )
  })
}
