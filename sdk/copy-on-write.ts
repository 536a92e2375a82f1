/** A map that is copied at the first change, so that a batch of changes copies it once and none copies nothing. */
export type CopyOnWrite<K, V> = {
  get(key: K): V | undefined
  set(key: K, value: V): void
  delete(key: K): void
  keys(): Iterable<K>
  entries(): Iterable<[K, V]>
  /** The original, if nothing has been changed. */
  result(): ReadonlyMap<K, V>
}

export function copyOnWrite<K, V>(original: ReadonlyMap<K, V>): CopyOnWrite<K, V> {
  let copy: Map<K, V> | undefined
  const current = () => copy ?? original
  const writable = () => (copy ??= new Map(original))
  return {
    get: (key) => current().get(key),
    keys: () => current().keys(),
    entries: () => current().entries(),
    result: current,
    set(key, value) {
      if (current().get(key) !== value) writable().set(key, value)
    },
    delete(key) {
      if (current().has(key)) writable().delete(key)
    },
  }
}
