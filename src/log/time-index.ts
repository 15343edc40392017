/**
 * The sparse index of a segment from timestamps to offsets (KIP-33, 0.10.1): the largest timestamp so far and the
 * offset that has it. Timestamps of records go up and down; those of the entries only grow.
 */
import type { IndexLookup } from './sparse-index.ts'
import { lastAtOrBelow } from './sparse-index.ts'

export interface TimeIndexEntry {
  readonly timestampMs: number
  readonly offset: number
}

/** Bytes of an entry in the file: timestamp and relative offset. */
export const TIME_INDEX_ENTRY_BYTES = 12

const timestampOf = ({ timestampMs }: TimeIndexEntry): number => timestampMs

/** The last entry at or below a timestamp: no record before its offset is later than it. */
export const lookupTimestamp = (entries: readonly TimeIndexEntry[], timestampMs: number): IndexLookup<TimeIndexEntry> =>
  lastAtOrBelow(entries, timestampOf, timestampMs)

/** Enters the largest timestamp so far, if it is larger than that of the last entry; -1 is no timestamp. */
export function enterTimestamp(entries: TimeIndexEntry[], timestampMs: number, offset: number): void {
  if (timestampMs > (entries.at(-1)?.timestampMs ?? -1)) entries.push({ timestampMs, offset })
}
