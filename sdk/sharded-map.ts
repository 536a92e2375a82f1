/**
 * An immutable map in small pieces: a change copies one piece and shares all others with the map before. Copying a
 * whole map for every event would cost a person in thousands of conversations a millisecond each. A small map is one
 * piece. A class, since the standard's `Map` is one. The order of its entries means nothing.
 */
export class ShardedMap<K extends string, V> implements ReadonlyMap<K, V> {
  readonly #shards: readonly ReadonlyMap<K, V>[]
  readonly size: number

  private constructor(shards: readonly ReadonlyMap<K, V>[], size: number) {
    this.#shards = shards
    this.size = size
  }

  static empty<K extends string, V>(): ShardedMap<K, V> {
    return new ShardedMap<K, V>([new Map<K, V>()], 0)
  }

  /** The map itself, where it is one. */
  static from<K extends string, V>(map: ReadonlyMap<K, V>): ShardedMap<K, V> {
    if (map instanceof ShardedMap) return map
    const change = ShardedMap.empty<K, V>().change()
    for (const [key, value] of map) change.set(key, value)
    return change.result()
  }

  get(key: K): V | undefined {
    return this.#shards[shardOf(key, this.#shards.length)]?.get(key)
  }

  has(key: K): boolean {
    return this.#shards[shardOf(key, this.#shards.length)]?.has(key) ?? false
  }

  *entries(): Generator<[K, V], undefined> {
    for (const shard of this.#shards) yield* shard
  }

  *keys(): Generator<K, undefined> {
    for (const shard of this.#shards) yield* shard.keys()
  }

  *values(): Generator<V, undefined> {
    for (const shard of this.#shards) yield* shard.values()
  }

  [Symbol.iterator](): Generator<[K, V], undefined> {
    return this.entries()
  }

  forEach(run: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this) run(value, key, this)
  }

  /** Collects changes; this map stays as it is. */
  change(): MapChange<K, V> {
    const before = this.#shards
    let shards: ReadonlyMap<K, V>[] | undefined
    let size = this.size
    let own: Map<number, Map<K, V>> | undefined
    const shardFor = (key: K) => {
      const today = shards ?? before
      return today[shardOf(key, today.length)]
    }
    const writable = (key: K): Map<K, V> => {
      shards ??= Array.from(before)
      own ??= new Map()
      const at = shardOf(key, shards.length)
      const copy = own.get(at) ?? new Map(shards[at])
      own.set(at, copy)
      shards[at] = copy
      return copy
    }
    const split = (entries: readonly [K, V][]) => {
      own = undefined
      shards = Array.from({ length: SHARDS }, () => new Map<K, V>())
      for (const [key, value] of entries) writable(key).set(key, value)
    }
    const result = () => (shards ? new ShardedMap(shards, size) : this)
    return {
      get: (key) => shardFor(key)?.get(key),
      entries: () => result().entries(),
      result,
      set(key, value) {
        if (shardFor(key)?.get(key) === value) return
        if (!shardFor(key)?.has(key)) size++
        writable(key).set(key, value)
        if (shards?.length === 1 && size > SMALL_MAX) split(Array.from(shards[0] ?? []))
      },
      delete(key) {
        if (!shardFor(key)?.has(key)) return
        writable(key).delete(key)
        size--
      },
    }
  }
}

export type MapChange<K extends string, V> = {
  get(key: K): V | undefined
  set(key: K, value: V): void
  delete(key: K): void
  entries(): Iterable<[K, V]>
  /** The same map, if nothing has been changed. */
  result(): ShardedMap<K, V>
}

const SHARDS = 256
/** Up to here one piece is cheaper than many. */
const SMALL_MAX = 32

/** Ids end in random digits. */
function shardOf(key: string, count: number): number {
  if (count === 1) return 0
  let hash = 0
  for (let at = Math.max(0, key.length - 6); at < key.length; at++) hash = Math.imul(hash, 31) + key.charCodeAt(at)
  return hash & (count - 1)
}
