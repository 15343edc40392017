import type { BatchCompression } from '../kafka/compression.ts'
import type { RemovedRecord } from '../kafka/facts/log.ts'
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import {
  type BatchProducer,
  type ControlMarker,
  type KafkaRecord,
  lastOffset,
  offsetAt,
  type RecordBatch,
} from '../kafka/records.ts'
import { assert } from '../kernel/assert.ts'
import { cutDamage, type LogDamage } from './damage.ts'
import { assignEpoch, type EpochEntry, truncateEpochsFromEnd } from './epoch-cache.ts'
import { cutLayout, type Deletion, type LogDisk, type LogLayout, layOut, restartLayout } from './layout.ts'
import { takeAppended } from './log-producers.ts'
import type { ProducerState } from './producer-state.ts'
import { batchBytes } from './record-size.ts'
import { segmentIndexOf } from './segment.ts'

export type { EpochEntry } from './epoch-cache.ts'
export { batchBytes } from './record-size.ts'

/**
 * A broker's copy of a partition: its batches, how they lie in files, and a durable frontier. All of it survives a kill
 * of the process (page cache); a power loss keeps the durable prefix and whatever more was drawn.
 */
export interface ReplicaLog {
  /** In offset order; offsets inside and between batches only grow. */
  batches: RecordBatch[]
  /** First offset of the log. Never above logEndOffset. */
  logStartOffset: number
  /** Exclusive end: the next offset to be written. */
  logEndOffset: number
  /** Sorted by epoch; epochs and start offsets grow. Empty before 0.11. */
  epochCache: EpochEntry[]
  /** Exclusive end of what is on the disk: the durable frontier. Never above logEndOffset. */
  flushedOffset: number
  /**
   * Up to where the process believes its log to be on the disk. What it flushes moves both; a load, and a disk that
   * lies about a flush, only this one.
   */
  recoveryPoint: number
  /** Below it records may be missing because a cleaner took them, here or where they were copied from; absent: none. */
  cleanedTo?: number
  /** The files; absent in a log that nobody keeps on a disk. */
  layout?: LogLayout
  /** What is known of producers; absent until a batch names one (0.11, KIP-98). */
  producers?: ProducerState
  /** What is wrong with the files; absent: nothing. */
  damage?: LogDamage
}

export const emptyLog = (): ReplicaLog => ({
  batches: [],
  logStartOffset: 0,
  logEndOffset: 0,
  epochCache: [],
  flushedOffset: 0,
  recoveryPoint: 0,
})

/**
 * Index of the first batch that ends at or above `offset`, the batch that holds it unless the log has a gap there;
 * the number of batches when none does.
 */
export function batchIndexOf(log: ReplicaLog, offset: number): number {
  let low = 0
  let high = log.batches.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (lastOffset(log.batches[middle]!) < offset) low = middle + 1
    else high = middle
  }
  return low
}

/** Where an append went: [baseOffset, endOffset). */
interface AppendedRange {
  readonly baseOffset: number
  readonly endOffset: number
}

/** Lays appended batches out in files. What a roll closes is flushed by it, so that the frontier moves to the new base. */
function write(log: ReplicaLog, from: number, disk: LogDisk | undefined, m: Mechanisms): void {
  if (from === log.batches.length) return
  let rolledTo: number | null = null
  if (disk !== undefined && log.layout !== undefined) {
    const appended = from === 0 ? log.batches : log.batches.slice(from)
    rolledTo = layOut(log.layout, appended, disk, m)
    if (rolledTo !== null) flushLog(log, rolledTo, disk.lies === true)
  }
  takeAppended(log, from, rolledTo, m)
}

/** Forces the log to the disk up to an offset (exclusive); a disk that lies only says that it did. */
export function flushLog(log: ReplicaLog, to: number, lies: boolean): void {
  if (!lies) log.flushedOffset = Math.max(log.flushedOffset, to)
  log.recoveryPoint = Math.max(log.recoveryPoint, to)
}

/** What a batch is beside its records: who made it, whether it ends a transaction, how it is compressed. */
export interface BatchParts {
  readonly producer?: BatchProducer
  readonly control?: ControlMarker
  readonly compression?: BatchCompression
}

/**
 * Appends what a client produced, at the log end. Format 2 makes one batch of it, stamped with the leader's epoch
 * (KIP-101, 0.11); in older formats every record is a batch of its own without an epoch, but for compressed ones.
 */
export function appendAsLeader(
  log: ReplicaLog,
  records: readonly KafkaRecord[],
  leaderEpoch: number,
  m: Mechanisms,
  disk?: LogDisk,
  parts?: BatchParts,
): AppendedRange {
  const baseOffset = log.logEndOffset
  const before = log.batches.length
  if (records.length === 0) return { baseOffset, endOffset: baseOffset }
  if (m.recordFormat === 2) {
    log.batches.push({ baseOffset, leaderEpoch, records, ...parts })
    assignEpoch(log, leaderEpoch, baseOffset, m)
  } else if (parts?.compression !== undefined) {
    log.batches.push({ baseOffset, leaderEpoch: -1, records, compression: parts.compression })
  } else {
    records.forEach((record, index) => {
      log.batches.push({ baseOffset: baseOffset + index, leaderEpoch: -1, records: [record] })
    })
  }
  log.logEndOffset = baseOffset + records.length
  write(log, before, disk, m)
  return { baseOffset, endOffset: log.logEndOffset }
}

/**
 * Appends what a follower fetched, with the offsets and epochs the leader gave it, or refuses all of it.
 *
 * A leader reads whole batches, so a follower whose log ends inside a leader's batch is sent one that begins below its
 * log end. Kafka refuses it (0.11 Log.append "Out of order offsets", 2.0 UnexpectedAppendOffsetException): the stories
 * of KIP-279 end there when the stale records came in one batch.
 */
export function appendAsFollower(
  log: ReplicaLog,
  batches: readonly RecordBatch[],
  m: Mechanisms,
  disk?: LogDisk,
): { readonly ok: true; readonly endOffset: number } | { readonly ok: false; readonly reason: string } {
  let next = log.logEndOffset
  for (const batch of batches) {
    if (batch.baseOffset < next) {
      return { ok: false, reason: `a fetched batch begins at offset ${batch.baseOffset}, below the log end ${next}` }
    }
    assert(batch.records.length > 0 || batch.cleaned !== undefined, `the batch at ${batch.baseOffset} is empty`)
    next = lastOffset(batch) + 1
  }
  const before = log.batches.length
  for (const batch of batches) {
    log.batches.push(batch)
    if (batch.leaderEpoch >= 0) assignEpoch(log, batch.leaderEpoch, batch.baseOffset, m)
  }
  log.logEndOffset = next
  write(log, before, disk, m)
  return { ok: true, endOffset: next }
}

/** Where the segment ends (exclusive) that holds the batch at `index`; without bound in the last one. */
function endOfSegment(log: ReplicaLog, index: number): number {
  const segments = log.layout?.segments
  const batch = log.batches[index]
  if (segments === undefined || segments.length < 2 || batch === undefined) return Number.MAX_SAFE_INTEGER
  return segments[segmentIndexOf(segments, batch.baseOffset) + 1]?.baseOffset ?? Number.MAX_SAFE_INTEGER
}

/**
 * Whole batches of one segment, as Log.read reads them, from the one that holds `fromOffset` (or the next one), up to `maxBytes` but at least one, and only
 * batches that end below `upTo` (exclusive: the high watermark for consumers, the log end for followers). The first
 * batch may begin below `fromOffset`.
 */
export function readLog(log: ReplicaLog, fromOffset: number, maxBytes: number, upTo: number): RecordBatch[] {
  const read: RecordBatch[] = []
  let bytes = 0
  const first = batchIndexOf(log, fromOffset)
  const segmentEnd = endOfSegment(log, first)
  for (let index = first; index < log.batches.length; index++) {
    const batch = log.batches[index]!
    if (lastOffset(batch) >= upTo || batch.baseOffset >= segmentEnd) break
    bytes += batchBytes(batch)
    if (read.length > 0 && bytes > maxBytes) break
    read.push(batch)
  }
  return read
}

/** The records of batches that go, as they are told of. */
export function removedRecords(batches: readonly RecordBatch[]): RemovedRecord[] {
  const removed: RemovedRecord[] = []
  for (const batch of batches) {
    batch.records.forEach((record, delta) => {
      removed.push({
        offset: offsetAt(batch, delta),
        epoch: batch.leaderEpoch,
        id: record.id,
        value: record.value,
      })
    })
  }
  return removed
}

/** Takes away every batch from `index` on and lists their records. */
const removeBatchesFrom = (log: ReplicaLog, index: number): RemovedRecord[] => removedRecords(log.batches.splice(index))

/** Cuts the batches so that none reaches `target`, without touching the epoch cache. A batch across it goes whole. */
export const removeRecordsFrom = (log: ReplicaLog, target: number): RemovedRecord[] =>
  removeBatchesFrom(log, batchIndexOf(log, target))

/**
 * Cuts the log to `target` (exclusive) and returns what went. A batch that straddles the target goes whole while the
 * log end becomes the target, as in Kafka's segments, so the offsets in between are then a gap. The epoch cache loses
 * the entries that start at or above the new end, also when nothing else is to be cut: a leader that appended nothing
 * leaves such an entry behind (2.6 Log.truncateTo).
 */
export function truncateLog(log: ReplicaLog, target: number, deletion?: Deletion): RemovedRecord[] {
  assert(target >= 0, `a log cannot be cut to offset ${target}`)
  if (target >= log.logEndOffset) {
    truncateEpochsFromEnd(log, log.logEndOffset)
    return []
  }
  if (target < log.logStartOffset) return truncateLogFully(log, target)
  const removed = removeRecordsFrom(log, target)
  log.logEndOffset = target
  log.flushedOffset = Math.min(log.flushedOffset, target)
  log.recoveryPoint = Math.min(log.recoveryPoint, target)
  truncateEpochsFromEnd(log, target)
  if (log.layout !== undefined) cutLayout(log.layout, log.batches, target, deletion)
  cutDamage(log, target)
  return removed
}

/** Throws the whole log away and begins an empty one at `newStart`; returns what went. */
export function truncateLogFully(log: ReplicaLog, newStart: number): RemovedRecord[] {
  assert(newStart >= 0, `a log cannot begin at offset ${newStart}`)
  const removed = removeBatchesFrom(log, 0)
  log.logStartOffset = newStart
  log.logEndOffset = newStart
  log.flushedOffset = Math.min(log.flushedOffset, newStart)
  log.recoveryPoint = Math.min(log.recoveryPoint, newStart)
  log.epochCache = []
  if (log.layout !== undefined) restartLayout(log.layout, newStart)
  delete log.damage
  return removed
}
