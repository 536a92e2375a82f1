import type { Loaded, Received } from './load/messages.ts'
import { originOf } from './load/message-id.ts'
import { hashOf, type StoredLog } from './stored.ts'

/** Faults that are listed; a broken run would have thousands. */
const FAULTS_MAX = 20

export type Run = Pick<Loaded, 'sent' | 'received'> & {
  /** What is stored of this run. */
  logs: readonly StoredLog[]
  /** Whose messages a client must have got; undefined: none at all. */
  placeOf(received: Received): string | undefined
}

/**
 * Pure: whether acknowledged ⊆ stored, stored = delivered, nothing twice, the same order for all, and each sender's
 * order kept.
 */
export function checkRun({ sent, received, logs, placeOf }: Run): string[] {
  const byPlace = new Map(logs.map((log) => [log.place, log.ids]))
  return [...checkStored(sent, byPlace), ...checkReceived(received, byPlace, placeOf)].slice(0, FAULTS_MAX)
}

function checkStored(sent: Run['sent'], logs: ReadonlyMap<string, readonly string[]>): string[] {
  const faults: string[] = []
  const stored = new Map<number, number[]>()
  for (const [place, ids] of logs) {
    if (new Set(ids).size !== ids.length) faults.push(`${place} holds a message twice`)
    for (const { sender, sequence } of ids.map(originOf)) {
      const mine = stored.get(sender) ?? []
      stored.set(sender, mine)
      mine.push(sequence)
    }
  }
  for (const { client, first, count, unacknowledged } of sent) {
    const mine = stored.get(client) ?? []
    const present = new Set(mine)
    const open = new Set(unacknowledged)
    if (mine.some((sequence, index) => index > 0 && sequence <= (mine[index - 1] ?? 0))) {
      faults.push(`the order of sender ${client} was not kept`)
    }
    for (let sequence = first; sequence < first + count; sequence++) {
      if (!open.has(sequence) && !present.has(sequence))
        faults.push(`${sequence} of sender ${client} was acknowledged and is lost`)
    }
    stored.delete(client)
  }
  for (const client of stored.keys()) faults.push(`sender ${client} has messages that it never sent`)
  return faults
}

function checkReceived(
  received: Run['received'],
  logs: ReadonlyMap<string, readonly string[]>,
  placeOf: Run['placeOf'],
): string[] {
  const expected = new Map(Array.from(logs, ([place, ids]) => [place, { count: ids.length, hash: hashOf(ids) }]))
  return received.flatMap((one) => {
    const place = placeOf(one)
    const wanted = (place === undefined ? undefined : expected.get(place)) ?? { count: 0, hash: 0 }
    if (one.count !== wanted.count) return [`client ${one.client} got ${one.count} messages of ${wanted.count}`]
    return one.hash === wanted.hash ? [] : [`client ${one.client} got the messages in another order`]
  })
}

/** Pure: for those who keep no order: the same messages for all who are in one place, so many as were accepted. */
export function checkAmong({ sent, received }: Pick<Loaded, 'sent' | 'received'>): string[] {
  const accepted = new Map<string, number>()
  for (const { place, count, unacknowledged } of sent) {
    accepted.set(place, (accepted.get(place) ?? 0) + count - unacknowledged.length)
  }
  const groups = Map.groupBy(received, ({ place }) => place)
  return Array.from(groups)
    .flatMap(([place, members]) => {
      const wanted = accepted.get(place) ?? 0
      const short = members.filter(({ count }) => count !== wanted)
      const orders = new Set(members.map(({ hash }) => hash))
      return [
        ...short.map(({ client, count }) => `client ${client} got ${count} messages of ${wanted}`),
        ...(orders.size > 1 ? [`${orders.size} different orders in one place`] : []),
      ]
    })
    .slice(0, FAULTS_MAX)
}
