import type { LdapAttributes } from '../../../protocol/ldap.ts'
import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Tx } from '../../platform/sql.ts'
import type { Fault } from './problem.ts'

export type Source = {
  url: string
  security: 'tls' | 'starttls' | 'none'
  certificate: string | null
  bindDn: string
  sealedPassword: Buffer | null
  base: string
  filter: string
  attributes: LdapAttributes
  everyHours: number | null
}

export async function findSource(tx: Tx, organizationId: OrganizationId): Promise<Source | undefined> {
  const [source] = await tx<Source>`
    select url, security, certificate, bind_dn as "bindDn", sealed_bind_secret as "sealedPassword", base, filter,
      attributes, every_hours as "everyHours"
    from ldap_source where organization_id = ${organizationId}`
  return source
}

export async function putSource(tx: Tx, organizationId: OrganizationId, source: Source, now: Date): Promise<void> {
  await tx`
    insert into ldap_source (organization_id, url, security, certificate, bind_dn, sealed_bind_secret, base, filter,
      attributes, every_hours, changed_at)
    values (${organizationId}, ${source.url}, ${source.security}, ${source.certificate}, ${source.bindDn},
      ${source.sealedPassword}, ${source.base}, ${source.filter}, ${JSON.stringify(source.attributes)}::jsonb,
      ${source.everyHours}, ${now})
    on conflict (organization_id) do update set url = excluded.url, security = excluded.security,
      certificate = excluded.certificate, bind_dn = excluded.bind_dn, sealed_bind_secret = excluded.sealed_bind_secret,
      base = excluded.base, filter = excluded.filter, attributes = excluded.attributes,
      every_hours = excluded.every_hours, changed_at = excluded.changed_at`
}

export async function deleteSource(tx: Tx, organizationId: OrganizationId): Promise<boolean> {
  await tx`delete from ldap_run where organization_id = ${organizationId}`
  const rows = await tx`delete from ldap_source where organization_id = ${organizationId} returning true`
  return rows.length > 0
}

export type RunRow = {
  runId: string
  organizationId: OrganizationId
  purpose: 'test' | 'preview' | 'sync'
  state: 'waiting' | 'running' | 'failed' | 'tested' | 'ready' | 'held' | 'applied'
  askedBy: PersonId | null
  isScheduled: boolean
  entryCount: number
  fault: Fault | null
  result: RunResult | null
  createdAt: string
  endedAt: string | null
}
/** What came of it; which fields there are depends on the state. */
export type RunResult = {
  detail?: string
  samples?: { name: string; address: string; title: string; manager: string }[]
  unknownManagerCount?: number
  applied?: { created: number; changed: number; deactivated: number; skipped: number; groupsMade: number }
}
export type Rows = { headings: string[]; meanings: string[]; rows: string[][]; unknownManagerCount: number }

/** False where the id is in use. Old runs are forgotten, and what they have read before. */
export async function insertRun(
  tx: Tx,
  run: Pick<RunRow, 'runId' | 'organizationId' | 'purpose' | 'askedBy' | 'isScheduled'>,
  now: Date,
): Promise<boolean> {
  const rows = await tx`
    insert into ldap_run (id, organization_id, purpose, asked_by, is_scheduled, created_at)
    values (${run.runId}, ${run.organizationId}, ${run.purpose}, ${run.askedBy}, ${run.isScheduled}, ${now})
    on conflict do nothing returning true`
  if (rows.length === 0) return false
  await tx`
    update ldap_run set rows = null
    where organization_id = ${run.organizationId} and id <> ${run.runId} and rows is not null
      and created_at < ${now}::timestamptz - interval '7 days'`
  await tx`
    delete from ldap_run where organization_id = ${run.organizationId} and id in (
      select id from ldap_run where organization_id = ${run.organizationId}
      order by created_at desc, id desc offset ${RUNS_KEPT})`
  return true
}
const RUNS_KEPT = 20

export async function findRun(tx: Tx, organizationId: OrganizationId, runId: string): Promise<RunRow | undefined> {
  const [run] = await tx<RunRow>`
    select id as "runId", organization_id as "organizationId", purpose, state, asked_by as "askedBy",
      is_scheduled as "isScheduled", entry_count as "entryCount", fault, result, created_at as "createdAt",
      ended_at as "endedAt"
    from ldap_run where organization_id = ${organizationId} and id = ${runId}`
  return run
}

export async function listRuns(tx: Tx, organizationId: OrganizationId, rowsMax: number): Promise<RunRow[]> {
  return tx<RunRow>`
    select id as "runId", organization_id as "organizationId", purpose, state, asked_by as "askedBy",
      is_scheduled as "isScheduled", entry_count as "entryCount", fault, result, created_at as "createdAt",
      ended_at as "endedAt"
    from ldap_run where organization_id = ${organizationId}
    order by created_at desc, id desc limit ${rowsMax}`
}

/** False where it has been done already: a job that is repeated does nothing twice. */
export async function beginRun(tx: Tx, organizationId: OrganizationId, runId: string): Promise<boolean> {
  const rows = await tx`
    update ldap_run set state = 'running'
    where organization_id = ${organizationId} and id = ${runId} and state in ('waiting', 'running')
    returning true`
  return rows.length > 0
}

export async function noteEntries(tx: Tx, runId: string, count: number): Promise<void> {
  await tx`update ldap_run set entry_count = ${count} where id = ${runId}`
}

export async function endRun(
  tx: Tx,
  run: Pick<RunRow, 'runId' | 'state' | 'fault' | 'result'> & { rows: Rows | null },
  now: Date,
): Promise<void> {
  await tx`
    update ldap_run set state = ${run.state}, fault = ${run.fault}, result = ${JSON.stringify(run.result)}::jsonb,
      rows = ${run.rows === null ? null : JSON.stringify(run.rows)}::jsonb, ended_at = ${now}
    where id = ${run.runId}`
}

/** What a run has read, while it waits to be applied. */
export async function readRows(tx: Tx, organizationId: OrganizationId, runId: string): Promise<Rows | undefined> {
  const [run] = await tx<{ rows: Rows | null }>`
    select rows from ldap_run
    where organization_id = ${organizationId} and id = ${runId} and state in ('ready', 'held')`
  return run?.rows ?? undefined
}

export async function countFollowing(tx: Tx, organizationId: OrganizationId): Promise<number> {
  const [row] = await tx<{ count: number }>`
    select count(*) as count from member
    where organization_id = ${organizationId} and source = 'ldap' and state <> 'deactivated'`
  return row?.count ?? 0
}
