/** Looking something up in a sparse index of a segment, whose keys only grow. */

export interface IndexLookup<Entry> {
  /** Null: no entry is at or below the key. */
  readonly entry: Entry | null
  /** How many entries were looked at. */
  readonly probes: number
}

/** The last entry whose key is not above the one given. */
export function lastAtOrBelow<Entry>(
  entries: readonly Entry[],
  keyOf: (entry: Entry) => number,
  key: number,
): IndexLookup<Entry> {
  let low = 0
  let high = entries.length
  let probes = 0
  while (low < high) {
    const middle = (low + high) >> 1
    probes += 1
    if (keyOf(entries[middle]!) <= key) low = middle + 1
    else high = middle
  }
  return { entry: low === 0 ? null : entries[low - 1]!, probes }
}
