/** Who is ticked: everybody but these, or these alone. */
export type Ticks = { rule: 'except' | 'these'; ids: ReadonlySet<string> }

export const everybody: Ticks = { rule: 'except', ids: new Set() }
export const nobody: Ticks = { rule: 'these', ids: new Set() }

export const isTicked = ({ rule, ids }: Ticks, id: string): boolean => ids.has(id) === (rule === 'these')

export function toggled({ rule, ids }: Ticks, id: string): Ticks {
  const next = new Set(ids)
  if (!next.delete(id)) next.add(id)
  return { rule, ids: next }
}

export const countTicked = ({ rule, ids }: Ticks, of: number): number =>
  rule === 'these' ? ids.size : Math.max(of - ids.size, 0)

/** What the server is asked for; nothing where it is simply everybody. */
export function selectionOf({ rule, ids }: Ticks): { rule: Ticks['rule']; personIds: string[] } | undefined {
  return rule === 'except' && ids.size === 0 ? undefined : { rule, personIds: Array.from(ids) }
}
