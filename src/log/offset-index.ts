/**
 * The sparse index of a segment from offsets to byte positions: an entry now and then, so that a read looks at a few
 * entries and then at a few batches instead of at the whole file.
 */

/** An offset of an append, and where in the file that append begins. Both only grow. */
export interface OffsetIndexEntry {
  readonly offset: number
  readonly position: number
}

/** Bytes of an entry in the file: relative offset and position. */
export const OFFSET_INDEX_ENTRY_BYTES = 8

/** What a lookup found, and how many entries it looked at. */
export interface OffsetLookup {
  /** Null: no entry is at or below the offset. */
  readonly entry: OffsetIndexEntry | null
  readonly position: number
  readonly probes: number
}

/** Where to start reading for `offset`: the position of the last entry at or below it, else the beginning. */
export function lookupOffset(entries: readonly OffsetIndexEntry[], offset: number): OffsetLookup {
  let low = 0
  let high = entries.length
  let probes = 0
  while (low < high) {
    const middle = (low + high) >> 1
    probes += 1
    if (entries[middle]!.offset <= offset) low = middle + 1
    else high = middle
  }
  const entry = low === 0 ? null : entries[low - 1]!
  return { entry, position: entry?.position ?? 0, probes }
}
