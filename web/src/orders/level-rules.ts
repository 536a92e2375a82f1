import { limits } from '../../../protocol/limits.ts'
import type { OrderRule } from '../../../protocol/order-rules.ts'
import type { CustomerLevel } from '../../../protocol/orders.ts'

/** A level while somebody writes it: the number need not be one yet. Empty: by the tag alone. */
export type LevelDraft = { id: number; name: string; orders: string }
export type LevelFault = 'name' | 'twice' | 'number' | 'hidden'

let lastId = 0
export const draftLevel = ({ name, ordersMin }: CustomerLevel): LevelDraft => ({
  id: ++lastId,
  name,
  orders: ordersMin === null ? '' : String(ordersMin),
})

/** What is wrong with these, from the lowest to the highest, by their ids. */
export function levelFaults(drafts: readonly LevelDraft[]): ReadonlyMap<number, LevelFault> {
  const faults = new Map<number, LevelFault>()
  const names = new Set<string>()
  let before = -1
  for (const { id, name, orders } of drafts) {
    const word = nameOf(name)
    const count = ordersOf(orders)
    if (word === '') faults.set(id, 'name')
    else if (names.has(word)) faults.set(id, 'twice')
    else if (count === undefined) faults.set(id, 'number')
    // Nobody would have the lower one by what they have ordered.
    else if (count !== null && count <= before) faults.set(id, 'hidden')
    names.add(word)
    before = Math.max(before, count ?? before)
  }
  return faults
}

export const nameOf = (name: string) => name.trim().toLowerCase()

/** Null: by the tag alone; undefined: no such number. */
function ordersOf(words: string): number | null | undefined {
  const plain = words.trim()
  if (plain === '') return null
  return /^\d{1,4}$/.test(plain) && Number(plain) <= limits.earlierOrders ? Number(plain) : undefined
}

/** As they are saved; of those without faults. */
export const levelsOf = (drafts: readonly LevelDraft[]): CustomerLevel[] =>
  drafts.map(({ name, orders }) => ({ name: nameOf(name), ordersMin: ordersOf(orders) ?? null }))

/** What rules ask for and no level is called, with the names of these rules. */
export function missingLevels(
  rules: readonly Pick<OrderRule, 'name' | 'expression' | 'form'>[],
  levels: readonly CustomerLevel[],
): { level: string; rules: string[] }[] {
  const known = new Set(levels.map(({ name }) => name))
  const asked = rules.flatMap(({ name, expression, form }) =>
    (expression === null ? form.conditions : []).flatMap((one) =>
      one.field === 'level' ? one.values.map((value) => ({ rule: name, level: nameOf(value) })) : [],
    ),
  )
  const strange = Map.groupBy(
    asked.filter(({ level }) => !known.has(level)),
    ({ level }) => level,
  )
  return Array.from(strange, ([level, found]) => ({ level, rules: Array.from(new Set(found.map(({ rule }) => rule))) }))
}
