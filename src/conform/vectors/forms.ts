/** The forms of the cases of vectors. A case may hold more than its form names. */
import { z } from 'zod'

const MOST_PARTITIONS = 10_000
const MOST_RECORDS = 100_000
const LARGEST_BYTES = 10_000_000

const count = z.int().min(0).max(MOST_RECORDS)
const partitionCount = z.int().min(0).max(MOST_PARTITIONS)
const offset = z.int()
const broker = z.int().min(0)
const name = z.string()
const partition = z.string().regex(/-\d+$/, 'no topic and partition')
const oneOf = <const Words extends readonly string[]>(...words: Words) => z.enum(words)

const epochStep = z.looseObject({
  op: oneOf('leo', 'assign', 'endOffsetFor', 'latestEpoch', 'truncateFromEnd', 'truncateFromStart'),
  epoch: z.int().default(-1),
  offset: offset.default(-1),
  /** Of `endOffsetFor`: the offset, with the epoch from 2.0 on; null: none is known. */
  result: z.union([z.int(), z.tuple([z.int(), z.int()]), z.null()]).optional(),
  entries: z.array(z.tuple([z.int(), z.int()])).optional(),
  error: z.string().optional(),
})

export const epochCacheCase = z.looseObject({ name, steps: z.array(epochStep) })

export const assignmentCase = z
  .looseObject({
    brokers: z.array(broker).min(1),
    racks: z.record(z.string(), z.string()).nullable().default(null),
    partitions: partitionCount,
    replicationFactor: z.int().min(1),
    /** Both draws of Kafka: where the first leader is, and how far its first follower. */
    fixedStartIndex: z.int().min(0),
    /** -1: a new topic. */
    startPartitionId: z.int().min(-1),
    assignment: z.record(z.string(), z.array(broker)),
  })
  .refine(({ brokers, replicationFactor }) => replicationFactor <= brokers.length, 'more replicas than brokers')
  .refine(
    ({ brokers, racks }) => racks === null || brokers.every((id) => Object.hasOwn(racks, id)),
    'a broker without a rack among racks',
  )

export const hashCase = z.looseObject({
  keyHex: z.string().regex(/^([0-9a-f]{2})*$/, 'no bytes in hexadecimal'),
  hash: z.int(),
  toPositive: z.int(),
  partition: z.record(z.string().regex(/^[1-9]\d*$/, 'no count of partitions'), z.int()),
})

const assignorMember = z.looseObject({
  topics: z.array(z.string()),
  instanceId: z.string().nullable().default(null),
  /** `client.rack` (KIP-881). */
  rack: z.string().nullable().default(null),
  previous: z.array(partition).default([]),
  previousGeneration: z.int().default(-1),
})

const assignorStep = z.looseObject({
  action: z.string().optional(),
  partitions: z.record(z.string(), partitionCount),
  /** Racks of the replicas of a partition; absent: they are not known. */
  racks: z.record(partition, z.array(z.string())).default({}),
  members: z.record(z.string(), assignorMember),
  assignment: z.record(z.string(), z.array(partition)),
})

/** One assignment by itself (range, round robin), or a sequence in which each step is given what the last one left. */
export const assignorCase = z.union([
  z.looseObject({ name, steps: z.array(assignorStep) }),
  assignorStep.extend({ name, steps: z.undefined().optional() }),
])

/** -1: no key, or no value. */
const bytes = z.int().min(-1).max(LARGEST_BYTES)

const recordShape = z.looseObject({
  timestamp: z.int(),
  keyBytes: bytes,
  valueBytes: bytes,
  headers: z.array(z.looseObject({ key: z.string(), valueBytes: bytes })).default([]),
})

const writtenBatch = {
  name,
  baseOffset: offset,
  partitionLeaderEpoch: z.int(),
  producerId: z.int(),
  producerEpoch: z.int(),
  sizeInBytes: z.int().optional(),
  uncompressedSizeInBytes: z.int().optional(),
  hex: z.string().optional(),
}

const markerBatch = z.looseObject({
  ...writtenBatch,
  control: oneOf('COMMIT', 'ABORT'),
  coordinatorEpoch: z.int(),
  timestamp: z.int(),
})

const dataBatch = z.looseObject({
  ...writtenBatch,
  control: z.undefined().optional(),
  magic: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  baseSequence: z.int(),
  transactional: z.boolean(),
  logAppendTime: z.int().nullable().default(null),
  compression: z.string().default('none'),
  records: z.array(recordShape).min(1),
  /** So many records like the only one, each `timestampStep` after the one before. */
  recordCount: count.min(1).optional(),
  timestampStep: z.int().default(0),
  recordBatches: z.int().optional(),
  compressedIsBatches: z.int().optional(),
  recordsReadBack: z.int().optional(),
})

export const batchCase = z.union([markerBatch, dataBatch])

const segmentShape = z.looseObject({ baseOffset: offset, batches: z.array(z.unknown()) })

const compactionStep = z.discriminatedUnion('op', [
  z.looseObject({
    op: z.literal('append'),
    records: z.string().describe('`a=1 b=null`: key and value, null for a tombstone'),
    producerId: z.int().default(-1),
    transactional: z.boolean().default(false),
  }),
  z.looseObject({ op: z.literal('abort'), producerId: z.int().default(-1) }),
  z.looseObject({ op: z.literal('roll'), newSegmentBase: offset }),
  z.looseObject({ op: z.literal('highWatermarkTo'), offset: offset.min(0) }),
  z.looseObject({ op: z.literal('clock'), ms: z.int().describe('since the beginning of the case') }),
  z.looseObject({
    op: z.literal('clean'),
    clockMs: z.int(),
    firstDirtyOffset: offset,
    firstUncleanableOffset: offset,
    cleanBytes: z.int(),
    cleanableBytes: z.int(),
    nextDirtyOffset: offset.optional(),
    skipped: z.boolean().default(false),
    logEndOffset: offset,
    before: z.array(segmentShape),
    after: z.array(segmentShape),
  }),
])

const numeral = z.string().regex(/^\d+$/, 'no number')

export const compactionCase = z.looseObject({
  name,
  settings: z.looseObject({
    'segment.bytes': numeral.optional(),
    'segment.index.bytes': numeral.optional(),
    'delete.retention.ms': numeral.optional(),
    'min.compaction.lag.ms': numeral.optional(),
  }),
  steps: z.array(compactionStep),
})

export const offsetPartitionCase = z.looseObject({
  id: z.string(),
  hashCode: z.int(),
  groupPartition: z.int(),
  transactionPartition: z.int(),
})

const producerStep = z.looseObject({
  op: oneOf('append', 'marker', 'forceState', 'highWatermarkTo', 'logStartTo', 'truncateTo', 'roll', 'reopen'),
  producerId: z.int().default(-1),
  epoch: z.int().default(-1),
  sequence: z.int().default(-1),
  count: count.min(1).default(1),
  transactional: z.boolean().default(false),
  type: oneOf('COMMIT', 'ABORT').optional(),
  coordinatorEpoch: z.int().default(0),
  lastSequence: z.int().default(0),
  offset: offset.min(0).default(0),
  result: oneOf('accepted', 'duplicate', 'error').optional(),
  error: z.string().optional(),
  baseOffset: offset.optional(),
  logEndOffset: offset,
  lastStableOffset: offset.optional(),
})

export const producerStateCase = z.looseObject({ name, steps: z.array(producerStep) })

export type EpochCacheCase = z.infer<typeof epochCacheCase>
export type AssignmentCase = z.infer<typeof assignmentCase>
export type HashCase = z.infer<typeof hashCase>
export type OffsetPartitionCase = z.infer<typeof offsetPartitionCase>
export type AssignorCase = z.infer<typeof assignorCase>
export type BatchCase = z.infer<typeof batchCase>
export type CompactionCase = z.infer<typeof compactionCase>
export type ProducerStateCase = z.infer<typeof producerStateCase>
