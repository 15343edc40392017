/**
 * `java.util.HashMap`, for the sake of its order: assignors walk such maps, and what they walk first gets the first
 * partition. Order is by bucket, and in a bucket by age. Local to one call of an assignor, never part of a state.
 *
 * Not modelled: a bucket of more than eight keys in a table of 64 or more becomes a tree, which keeps another order.
 */
import { javaStringHash } from './java-hash.ts'

const DEFAULT_CAPACITY = 16
const LOAD_FACTOR = 0.75
/** A bucket that grows beyond this doubles a table of less than 64 buckets (HashMap.treeifyBin), by computeIfAbsent one key earlier. */
const LONGEST_BUCKET = 8
const SMALLEST_WITH_TREES = 64

interface Entry<V> {
  readonly key: string
  readonly hash: number
  value: V
}

export class JavaHashMap<V> {
  #buckets: Entry<V>[][] = []
  readonly #entries = new Map<string, Entry<V>>()
  #capacity: number
  readonly #hashOf: (key: string) => number

  /** @param expected the size that Java's copy constructor sizes the table for; absent: the default table */
  constructor(hashOf: (key: string) => number = javaStringHash, expected?: number) {
    this.#hashOf = hashOf
    this.#capacity = expected === undefined ? DEFAULT_CAPACITY : tableSizeFor(Math.floor(expected / LOAD_FACTOR + 1))
  }

  get size(): number {
    return this.#entries.size
  }

  has(key: string): boolean {
    return this.#entries.has(key)
  }

  get(key: string): V | undefined {
    return this.#entries.get(key)?.value
  }

  /** `put`: a new key comes last in its bucket. */
  set(key: string, value: V): void {
    const known = this.#entries.get(key)
    if (known === undefined) this.#insert(key, value, 'last')
    else known.value = value
  }

  /** The value of a key, which is made first when there is none: with `get` and `put`, or with `computeIfAbsent`, which puts a new key first in its bucket. */
  getOrMake(key: string, make: () => V, place: 'first' | 'last' = 'last'): V {
    // computeIfAbsent looks at the size at each call before it looks for the key, put after it has inserted.
    if (place === 'first' && this.#entries.size > this.#capacity * LOAD_FACTOR) this.#double()
    return this.#entries.get(key)?.value ?? this.#insert(key, make(), place)
  }

  #insert(key: string, value: V, place: 'first' | 'last'): V {
    const entry = { key, hash: spread(this.#hashOf(key)), value }
    this.#entries.set(key, entry)
    const bucket = this.#bucket(entry.hash)
    if (place === 'last') bucket.push(entry)
    else bucket.unshift(entry)
    const longest = place === 'last' ? LONGEST_BUCKET : LONGEST_BUCKET - 1
    if (bucket.length > longest && this.#capacity < SMALLEST_WITH_TREES) this.#double()
    if (place === 'last' && this.#entries.size > this.#capacity * LOAD_FACTOR) this.#double()
    return value
  }

  delete(key: string): boolean {
    const entry = this.#entries.get(key)
    if (entry === undefined) return false
    this.#entries.delete(key)
    const bucket = this.#bucket(entry.hash)
    bucket.splice(bucket.indexOf(entry), 1)
    return true
  }

  keys(): string[] {
    return this.#ordered().map((entry) => entry.key)
  }

  values(): V[] {
    return this.#ordered().map((entry) => entry.value)
  }

  entries(): [string, V][] {
    return this.#ordered().map((entry) => [entry.key, entry.value])
  }

  #ordered(): Entry<V>[] {
    const ordered: Entry<V>[] = []
    for (let i = 0; i < this.#buckets.length; i++) {
      const bucket = this.#buckets[i]
      if (bucket !== undefined) ordered.push(...bucket)
    }
    return ordered
  }

  #bucket(hash: number): Entry<V>[] {
    const index = hash & (this.#capacity - 1)
    this.#buckets[index] ??= []
    return this.#buckets[index]
  }

  /** Twice as many buckets; keys of one bucket keep their order. */
  #double(): void {
    const ordered = this.#ordered()
    this.#capacity *= 2
    this.#buckets = []
    for (const entry of ordered) this.#bucket(entry.hash).push(entry)
  }
}

/** A set of keys with the order of `java.util.HashSet`. */
export const javaHashSet = (
  keys: readonly string[],
  hashOf?: (key: string) => number,
  expected?: number,
): JavaHashMap<true> => {
  const set = new JavaHashMap<true>(hashOf, expected)
  for (const key of keys) set.set(key, true)
  return set
}

/** HashMap folds the upper half of a hash into the lower. */
const spread = (hash: number): number => hash ^ (hash >>> 16)

/** The smallest power of two that is not below. */
function tableSizeFor(capacity: number): number {
  let size = 1
  while (size < capacity) size *= 2
  return size
}
