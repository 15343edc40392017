/** Facts about a broker's log: what was appended, cut, read, cleaned, flushed and found again. */
import type { BrokerId, TopicPartition } from '../ids.ts'
import type { RecordIdentity } from '../records.ts'

export interface RemovedRecord {
  readonly offset: number
  /** -1 before 0.11. */
  readonly epoch: number
  readonly id: RecordIdentity
  readonly value: string | null
}

export type LogFact =
  | {
      readonly kind: 'appended'
      readonly partition: TopicPartition
      readonly baseOffset: number
      readonly endOffset: number
      readonly leaderEpoch: number
      readonly as: 'leader' | 'follower'
    }
  | {
      readonly kind: 'truncated'
      readonly partition: TopicPartition
      readonly from: number
      readonly to: number
      readonly removed: readonly RemovedRecord[]
      /** The mechanism and its source, for example `0.10.2 truncate to high watermark`. */
      readonly rule: string
      readonly leader: BrokerId
      readonly leaderEpoch: number
    }
  /** A power loss took the unflushed tail; said by the world for the broker. */
  | {
      readonly kind: 'powerLost'
      readonly partition: TopicPartition
      readonly from: number
      readonly to: number
      /** Exclusive end of what was on the disk. */
      readonly durable: number
      readonly removed: readonly RemovedRecord[]
    }
  /** A broker was given another disk, and nothing of a log is left; said by the world for the broker. */
  | {
      readonly kind: 'diskReplaced'
      readonly partition: TopicPartition
      readonly from: number
      /** Where a log begins that has no files. */
      readonly to: 0
      readonly removed: readonly RemovedRecord[]
    }
  | {
      readonly kind: 'truncationDecided'
      readonly partition: TopicPartition
      readonly to: number
      readonly rule: string
    }
  | { readonly kind: 'truncatedToHighWatermark'; readonly partition: TopicPartition; readonly to: number }
  | { readonly kind: 'epochAnswerNotBelowLogEnd'; readonly partition: TopicPartition; readonly end: number }
  | { readonly kind: 'fetchOffsetReset'; readonly partition: TopicPartition; readonly at: number; readonly to: number }
  | { readonly kind: 'fetcherFailed'; readonly partition: TopicPartition; readonly reason: string }
  /** A follower was handed a batch whose checksum does not match, and took nothing. */
  | { readonly kind: 'corruptBatchFetched'; readonly partition: TopicPartition; readonly offset: number }
  /** A disk failed under a log directory, or had no room left. */
  | { readonly kind: 'logDirFailed'; readonly directory: string; readonly reason: string }
  /** A controller was answered KAFKA_STORAGE_ERROR to these roles: it counts the replicas as offline (KIP-112). */
  | {
      readonly kind: 'replicasInFailedDirectory'
      readonly broker: BrokerId
      readonly partitions: readonly TopicPartition[]
    }
  /** Files were forced to the disk. `.log` is the segments of a partition; msyncs are of their indexes. Only counted. */
  | {
      readonly kind: 'synced'
      readonly file: string
      readonly partition: TopicPartition | null
      readonly fsyncs: number
      readonly msyncs: number
    }
  /** A start found less in its files than it had written: cut, or out of reach. `rule` says why. */
  | {
      readonly kind: 'recoveryCut'
      readonly partition: TopicPartition
      readonly from: number
      readonly to: number
      readonly removed: readonly RemovedRecord[]
      readonly rule: string
    }
  | {
      readonly kind: 'recovered'
      readonly partition: TopicPartition
      /** Log end, and exclusive end of what was on the disk, before the start read the log. */
      readonly from: number
      readonly durable: number
      /** Base offsets of the segments that were scanned; absent: none. */
      readonly scanned?: readonly number[]
      readonly logEndOffset: number
      readonly highWatermark: number
    }
  /** Records below `to` are gone for readers. */
  | {
      readonly kind: 'logStartMoved'
      readonly partition: TopicPartition
      readonly from: number
      readonly to: number
      readonly why: 'retention.ms' | 'retention.bytes' | 'log start' | 'DeleteRecords' | 'leader'
    }
  /** Whole segments, by their base offsets, were renamed to go. */
  | {
      readonly kind: 'segmentsDeleted'
      readonly partition: TopicPartition
      readonly reason: 'retention.ms' | 'retention.bytes' | 'log start'
      readonly bases: readonly number[]
    }
  /** A pass of the cleaner: what lies below `to` is clean. */
  | {
      readonly kind: 'logCleaned'
      readonly partition: TopicPartition
      readonly from: number
      readonly to: number
      readonly recordsRemoved: number
      readonly bytesBefore: number
      readonly bytesAfter: number
    }
  /** An offset was looked for by time: entries of the indexes that were looked at, and batches read behind them. */
  | {
      readonly kind: 'foundByTime'
      readonly partition: TopicPartition
      readonly timestampMs: number
      readonly offset: number
      readonly probes: number
      readonly scanned: number
    }
  /** A read began in a segment that is appended to no more. */
  | {
      readonly kind: 'oldSegmentRead'
      readonly partition: TopicPartition
      readonly offset: number
      readonly segment: number
      readonly probes: number
      readonly scanned: number
    }
