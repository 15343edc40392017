/**
 * The sparse index of a segment from offsets to byte positions: an entry now and then, so that a read looks at a few
 * entries and then at a few batches instead of at the whole file.
 */
import type { IndexLookup } from './sparse-index.ts'
import { lastAtOrBelow } from './sparse-index.ts'

/** An offset of an append, and where in the file that append begins. Both only grow. */
export interface OffsetIndexEntry {
  readonly offset: number
  readonly position: number
}

/** Bytes of an entry in the file: relative offset and position. */
export const OFFSET_INDEX_ENTRY_BYTES = 8

interface OffsetLookup extends IndexLookup<OffsetIndexEntry> {
  readonly position: number
}

const offsetOf = ({ offset }: OffsetIndexEntry): number => offset

/** Where to start reading for `offset`: the position of the last entry at or below it, else the beginning. */
export function lookupOffset(entries: readonly OffsetIndexEntry[], offset: number): OffsetLookup {
  const { entry, probes } = lastAtOrBelow(entries, offsetOf, offset)
  return { entry, position: entry?.position ?? 0, probes }
}
