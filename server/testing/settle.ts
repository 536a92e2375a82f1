import { setTimeout } from 'node:timers/promises'
import type { Reaction, Tools } from '../platform/feature.ts'
import { takePortion } from '../platform/reaction-runner.ts'

/** Lets reactions act until nothing is left for any of them, one after the other, again and again. */
export async function settle(reactions: readonly Reaction[], tools: Tools): Promise<void> {
  for (;;) {
    let done = 0
    for (const reaction of reactions) done += await takePortion(reaction, tools)
    if (done === 0 && !(await isAnythingLeft(reactions, tools))) return
    // What was just committed is readable once the transactions of others that began before it have ended.
    if (done === 0) await setTimeout(1)
  }
}

async function isAnythingLeft(reactions: readonly Reaction[], { database }: Tools): Promise<boolean> {
  return database.read(async (tx) => {
    for (const { name, to } of reactions) {
      const rows = await tx`
        select from event
        where name = any(${to}::text[]) and (transaction_id, id) > (
          select coalesce(max(transaction_id::text), '0')::xid8, coalesce(max(event_id), 0)
          from reaction_position where reaction = ${name})
        limit 1`
      if (rows.length > 0) return true
    }
    return false
  })
}
