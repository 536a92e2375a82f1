/**
 * An immutable map in small pieces: a change copies one piece and shares all others with the map before. Copying a
 * whole map for every event would cost a person in thousands of conversations a millisecond each. A class, since the
 * standard's `Map` is one. The order of its entries means nothing.
 */
export class ShardedMap<K extends string, V> implements ReadonlyMap<K, V> {
  readonly #shards: readonly ReadonlyMap<K, V>[]
  readonly size: number

  private constructor(shards: readonly ReadonlyMap<K, V>[]) {
    this.#shards = shards
    this.size = shards.reduce((sum, shard) => sum + shard.size, 0)
  }

  static empty<K extends string, V>(): ShardedMap<K, V> {
    return new ShardedMap<K, V>(Array.from({ length: SHARDS }, () => new Map<K, V>()))
  }

  /** The map itself, where it is one. */
  static from<K extends string, V>(map: ReadonlyMap<K, V>): ShardedMap<K, V> {
    if (map instanceof ShardedMap) return map
    const change = ShardedMap.empty<K, V>().change()
    for (const [key, value] of map) change.set(key, value)
    return change.result()
  }

  get(key: K): V | undefined {
    return this.#shards[shardOf(key)]?.get(key)
  }

  has(key: K): boolean {
    return this.#shards[shardOf(key)]?.has(key) ?? false
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
    let shards: ReadonlyMap<K, V>[] | undefined
    const own = new Map<number, Map<K, V>>()
    const shardFor = (key: K) => (shards ?? this.#shards)[shardOf(key)]
    const writable = (key: K): Map<K, V> => {
      const at = shardOf(key)
      const copy = own.get(at) ?? new Map(this.#shards[at])
      own.set(at, copy)
      shards ??= Array.from(this.#shards)
      shards[at] = copy
      return copy
    }
    return {
      get: (key) => shardFor(key)?.get(key),
      entries: () => (shards ? new ShardedMap(shards) : this).entries(),
      result: () => (shards ? new ShardedMap(shards) : this),
      set(key, value) {
        if (shardFor(key)?.get(key) !== value) writable(key).set(key, value)
      },
      delete(key) {
        if (shardFor(key)?.has(key)) writable(key).delete(key)
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

/** Ids end in random digits. */
function shardOf(key: string): number {
  let hash = 0
  for (let at = Math.max(0, key.length - 6); at < key.length; at++) hash = Math.imul(hash, 31) + key.charCodeAt(at)
  return hash & (SHARDS - 1)
}
