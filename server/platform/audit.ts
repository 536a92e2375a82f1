import type { AuditAct } from '../../protocol/audit-acts.ts'
import type { AuditFacts } from '../../protocol/audit.ts'
import type { OrganizationId } from '../../protocol/ids.ts'
import { firstHash, hashEntry, type AuditEntry } from './audit-entry.ts'
import type { Actor, Context } from './command.ts'
import { fromMicros } from './instant.ts'
import type { Tx } from './sql.ts'

/** A command hands in its context; a job or reaction its transaction, the time and `{ kind: 'server' }`. */
export type Acting = Pick<Context, 'tx' | 'now'> &
  Partial<Pick<Context, 'source' | 'request'>> & { actor: Actor | { kind: 'server' } }

export type Act = {
  organizationId: OrganizationId
  act: AuditAct
  /** To whom it was done; at most 1,000. */
  personIds?: readonly string[]
  /** What else it was done to: the id of a conversation, a device, an import. */
  thingId?: string
  /** Ids, counts, roles, names of fields. Nothing secret, and no names of people. */
  facts?: AuditFacts
}

/**
 * Writes into the organization's audit log that this was done: in the same transaction, so that one is not without the
 * other. It is written just before the commit, so that the log, a lock that all share, is held for a moment only and
 * after all other locks.
 */
export function recordAct(ctx: Acting, act: Act): void {
  const { tx } = ctx
  const recorded = waiting.get(tx)
  if (recorded) return void recorded.push(entryOf(ctx, act))
  waiting.set(tx, [entryOf(ctx, act)])
  tx.beforeCommit.push(writeAll)
}

type Unnumbered = Omit<AuditEntry, 'number'>
const waiting = new WeakMap<Tx, Unnumbered[]>()

function entryOf({ actor, now, source = '', request }: Acting, { organizationId, act, ...more }: Act): Unnumbered {
  const { personIds = [], thingId = null, facts = {} } = more
  return {
    organizationId,
    at: fromMicros(now.getTime() * 1_000),
    act,
    actorKind: actor.kind,
    actorId: actor.kind === 'person' ? actor.personId : null,
    deviceId: actor.kind === 'person' ? actor.deviceId : null,
    personIds,
    thingId,
    facts,
    source,
    command: request?.command ?? '',
    requestId: request?.id ?? '',
  }
}

/** Each organization's chain is one: whoever adds to it holds its head. Heads are taken in the order of their ids. */
async function writeAll(tx: Tx): Promise<void> {
  const byOrganization = Map.groupBy(waiting.get(tx) ?? [], ({ organizationId }) => organizationId)
  for (const organizationId of Array.from(byOrganization.keys()).toSorted())
    await append(tx, organizationId, byOrganization.get(organizationId) ?? [])
}

async function append(tx: Tx, organizationId: string, entries: readonly Unnumbered[]): Promise<void> {
  const [head] = await tx<{ number: number; hash: Buffer }>`
    insert into audit_head (organization_id, number, hash) values (${organizationId}, 0, ${firstHash})
    on conflict (organization_id) do update set number = audit_head.number
    returning number, hash`
  if (!head) throw new Error('The head of the audit log was neither found nor made.')
  let { number, hash } = head
  const chained = entries.map((unnumbered) => {
    const entry = { ...unnumbered, number: ++number }
    hash = hashEntry(hash, entry)
    return { ...entry, hash }
  })
  await insertEntries(tx, chained)
  await tx`
    update audit_head set number = ${number}, hash = ${hash}
    where organization_id = ${organizationId}`
}

async function insertEntries(tx: Tx, entries: readonly (AuditEntry & { hash: Buffer })[]): Promise<void> {
  await tx`
    insert into audit_entry (organization_id, number, at, act, actor_kind, actor_id, device_id, person_ids, thing_id,
      facts, source, command, request_id, hash)
    select organization_id, number, at, act, actor_kind, actor_id, device_id,
      array(select jsonb_array_elements_text(person_ids::jsonb)::uuid), thing_id, facts::jsonb, source, command,
      request_id, decode(hash, 'hex')
    from unnest(
      ${entries.map((entry) => entry.organizationId)}::uuid[],
      ${entries.map((entry) => entry.number)}::bigint[],
      ${entries.map((entry) => entry.at)}::timestamptz[],
      ${entries.map((entry) => entry.act)}::text[],
      ${entries.map((entry) => entry.actorKind)}::text[],
      ${entries.map((entry) => entry.actorId)}::uuid[],
      ${entries.map((entry) => entry.deviceId)}::uuid[],
      ${entries.map((entry) => JSON.stringify(entry.personIds))}::text[],
      ${entries.map((entry) => entry.thingId)}::uuid[],
      ${entries.map((entry) => JSON.stringify(entry.facts))}::text[],
      ${entries.map((entry) => entry.source)}::text[],
      ${entries.map((entry) => entry.command)}::text[],
      ${entries.map((entry) => entry.requestId)}::text[],
      ${entries.map((entry) => entry.hash.toString('hex'))}::text[]
    ) as entry (organization_id, number, at, act, actor_kind, actor_id, device_id, person_ids, thing_id, facts, source,
      command, request_id, hash)`
}
