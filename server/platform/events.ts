import type { Announcement } from './announcement.ts'
import type { Tx } from './sql.ts'

export type { Announcement }

/** One by one: a call takes no hundred thousand arguments. */
export function announce(tx: Tx, announcements: readonly Announcement[]): void {
  for (const announcement of announcements) tx.announced.push(announcement)
}

/** A fact for reactions, which read it after the commit, in order, each from its own stored position. */
export type Fact = { name: string; organizationId: string | null; body: object }

export async function record(tx: Tx, facts: readonly Fact[], now: Date): Promise<void> {
  if (facts.length === 0) return
  await tx`
    insert into event (name, organization_id, body, at)
    select name, organization_id, body::jsonb, ${now}
    from unnest(
      ${facts.map((fact) => fact.name)}::text[],
      ${facts.map((fact) => fact.organizationId)}::uuid[],
      ${facts.map((fact) => JSON.stringify(fact.body))}::text[]
    ) as fact (name, organization_id, body)`
  announce(tx, [{ topic: FACTS, body: { facts: Array.from(new Set(facts.map(({ name }) => name))) } }])
}

/** Wakes those of this node's reactions that want such facts after the commit; others find the rows within a second. */
export const FACTS = 'facts'
