/** What a disk, or a hand, does to the files of a log that nobody has open. */
import { type DamagedTail, damageOf } from './damage.ts'
import { batchIndexOf, type ReplicaLog } from './replica-log.ts'
import { segmentIndexOf } from './segment.ts'

/** Bit rot: one byte of the batch that holds `offset` is another one. False: there is no such batch. */
export function flipByte(log: ReplicaLog, offset: number): boolean {
  const index = batchIndexOf(log, offset)
  const batch = log.batches[index]
  if (batch === undefined || batch.baseOffset > offset) return false
  log.batches[index] = { ...batch, corrupt: true }
  return true
}

/** Leaves bytes at the end of the segment that holds `base`. */
export function addTail(log: ReplicaLog, base: number, tail: DamagedTail): void {
  const segment = log.layout?.segments.find(({ baseOffset }) => baseOffset === base)
  if (segment === undefined || tail.bytes <= 0) return
  damageOf(log).tails[base] = tail
  segment.sizeBytes += tail.bytes
}

/** The base offset of the segment that holds an offset; 0 in a log without files. */
export function segmentBaseOf(log: ReplicaLog, offset: number): number {
  const segments = log.layout?.segments
  return segments === undefined ? 0 : segments[segmentIndexOf(segments, offset)]!.baseOffset
}
