/**
 * The sparse index of a segment from timestamps to offsets (KIP-33, 0.10.1): the largest timestamp so far and the
 * offset that has it. Timestamps of records go up and down; those of the entries only grow.
 */

export interface TimeIndexEntry {
  readonly timestampMs: number
  readonly offset: number
}

/** Bytes of an entry in the file: timestamp and relative offset. */
export const TIME_INDEX_ENTRY_BYTES = 12

export interface TimeLookup {
  /** Null: no entry is at or below the timestamp. */
  readonly entry: TimeIndexEntry | null
  readonly probes: number
}

/** The last entry at or below a timestamp: no record before its offset is later than it. */
export function lookupTimestamp(entries: readonly TimeIndexEntry[], timestampMs: number): TimeLookup {
  let low = 0
  let high = entries.length
  let probes = 0
  while (low < high) {
    const middle = (low + high) >> 1
    probes += 1
    if (entries[middle]!.timestampMs <= timestampMs) low = middle + 1
    else high = middle
  }
  return { entry: low === 0 ? null : entries[low - 1]!, probes }
}

/** Enters the largest timestamp so far, if it is larger than that of the last entry; -1 is no timestamp. */
export function enterTimestamp(entries: TimeIndexEntry[], timestampMs: number, offset: number): void {
  if (timestampMs > (entries.at(-1)?.timestampMs ?? -1)) entries.push({ timestampMs, offset })
}
