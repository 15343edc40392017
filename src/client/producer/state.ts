/** A producer's memory as plain data. A kill loses all of it: what had no answer yet stays without one. */
import type { CompressionRatios } from '../../kafka/compression.ts'
import type { Settings } from '../../kafka/config.ts'
import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import type { BrokerId, TopicPartition } from '../../kafka/ids.ts'
import type { MutantName } from '../../kafka/mutants.ts'
import type { SendOperation } from '../../kafka/operations.ts'
import type { BatchProducer, KafkaRecord } from '../../kafka/records.ts'
import type { ClusterView } from '../cluster-view.ts'
import type { Deque } from '../deque.ts'
import type { Links } from '../links.ts'
import type { PartitionLoads, StickyPartition } from './by-bytes.ts'
import type { Application } from './calls/calling.ts'
import type { ProducerIdentity } from './identity.ts'
import type { ScalaMemory } from './scala/state.ts'
import type { TransactionManager, TransactionRequest } from './transactions/manager.ts'

export interface ProducerConfig {
  readonly name: string
  readonly topic: string
  readonly mechanisms: Mechanisms
  /** Producer settings by dotted key; without `delivery.timeout.ms` (to 2.0) a record's wait is bounded otherwise. */
  readonly settings: Settings
  readonly bootstrap: readonly BrokerId[]
  /** What codecs make of its records; absent: the usual. */
  readonly ratios?: CompressionRatios
  /** The Scala producer of 0.8; absent: the Java producer. */
  readonly api?: 'scala'
  /** Planted bugs; absent: none. */
  readonly mutants?: readonly MutantName[]
}

/** Records for one partition that travel, succeed and fail together. */
export interface ProducerBatch {
  readonly id: number
  readonly partition: TopicPartition
  readonly createdAtUs: number
  /** When the last record was added, or the batch last put back for a retry. */
  lastAppendUs: number
  /** When the batch was made or last put back: linger and back-off count from here. */
  lastAttemptUs: number
  /** Times it was put back after an answer or a lost connection. */
  attempts: number
  /** An attempt was made that may have put it into a log: a failure is then no longer definite. */
  mayBeAppended: boolean
  /** Takes no more records. Once true, `records` never changes. */
  closed: boolean
  /** Bytes so far, in the record format of the generation. */
  sizeBytes: number
  /** Bytes it may grow to, which is also what it takes of `buffer.memory`. */
  readonly limitBytes: number
  readonly firstTimestampMs: number
  /** The guess at what compression leaves of it, in thousandths; absent: it is not compressed. */
  readonly estimate?: number
  records: KafkaRecord[]
  /** The operation of each record, at the same index. */
  operationIds: string[]
  /** Id, epoch and sequence, given when it is first sent; absent: not sent yet, or the producer has no identity. */
  producer?: BatchProducer
  /** Its sequence was changed after it had been sent; absent: never. */
  sequenceReset?: true
}

/** A record whose `send` blocks: for metadata, or for memory. */
export interface WaitingSend {
  readonly operation: SendOperation
  /** The partition it was given before it had to wait for memory; null: not chosen. */
  readonly partition: number | null
  /** End of `max.block.ms`. */
  readonly untilUs: number
}

/** What a producer asks of a broker. */
export type ProducerRequest =
  /** The ids of its batches. */
  | { readonly kind: 'produce'; readonly batches: readonly number[] }
  | { readonly kind: 'transaction'; readonly request: TransactionRequest }
  /** An idempotent producer asks who it is. */
  | { readonly kind: 'producerId' }

export interface PartitionQueue {
  /** Batches waiting to be sent, the next one at the front. */
  batches: Deque<ProducerBatch>
  /** A batch is in flight and the order must be kept (`max.in.flight.requests.per.connection` 1). */
  muted: boolean
}

export interface ProducerVolatile {
  links: Links<ProducerRequest>
  view: ClusterView
  wakeAtUs: number | null
  /** Topics that records were sent to, and the configured one; sorted. */
  topics: readonly string[]
  queues: Record<TopicPartition, PartitionQueue>
  /** Batches sent and not answered, by id. One that expires is taken out before its answer. */
  inFlight: Record<string, ProducerBatch>
  /** No batch in flight passes its delivery timeout before this time; null: none is in flight, or none ever expires. */
  inFlightExpiryUs: number | null
  nextBatchId: number
  /** By topic: the ratio that the next batch is expected to have, in thousandths; absent: none was compressed yet. */
  compressionEstimates?: Record<string, number>
  memoryUsed: number
  waitingForMetadata: Deque<WaitingSend>
  /** The first one waits for memory, the others behind it. */
  waitingForMemory: Deque<WaitingSend>
  /** Where the next request of any broker begins in its list of partitions. */
  drainIndex: number
  /** The sticky partition by topic (2.4). */
  sticky: Record<string, number>
  /** The partition by topic that keyless records go to until enough bytes went there (3.3). */
  byBytes: Record<string, StickyPartition>
  /** Queues of a topic that are not equally long (3.3). */
  loads: Record<string, PartitionLoads>
  /** The round-robin counter by topic (to 2.3). */
  roundRobin: Record<string, number>
  /** The application's thread; null: nothing was ever called, a workload offers the records. */
  application: Application | null
  /** Records that its calls have sent: tells whether a look at it changed something. */
  applicationSteps: number
  /** Absent: neither idempotent nor transactional. */
  identity?: ProducerIdentity
  /** Absent: not transactional. */
  transactions?: TransactionManager
}

export interface ProducerState {
  /** Records that calls have sent in all its lives: names them. */
  sends: number
  /** Transactions that its application has begun in all its lives; absent: none. */
  transactions?: number
  volatile: ProducerVolatile | null
  /** Of a Scala producer, which has no other memory; absent: it is none, or does not run. */
  scala?: ScalaMemory
}
