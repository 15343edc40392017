/**
 * Facts: what machines say happened, as data. The timeline, the ledger, conditions of steps, properties and `why`
 * chains are made of them. They change nothing in the run.
 */
import type { ReadRecord } from './calls.ts'
import type { BrokerId, TopicPartition } from './ids.ts'
import type { DescribedConsumerGroup } from './messages/consumer-group.ts'
import type { RecordIdentity } from './records.ts'

export interface RemovedRecord {
  readonly offset: number
  /** -1 before 0.11. */
  readonly epoch: number
  readonly id: RecordIdentity
  readonly value: string | null
}

/** Why a log was cut. `rule` names the mechanism and its source, for example `0.10.2 truncate to high watermark`. */
export type Fact =
  // --- A broker's log
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
  // --- High watermark and roles
  | {
      readonly kind: 'highWatermark'
      readonly partition: TopicPartition
      readonly from: number
      readonly to: number
      readonly as: 'leader' | 'follower'
    }
  | {
      readonly kind: 'becameLeader'
      readonly partition: TopicPartition
      readonly leaderEpoch: number
      readonly logEndOffset: number
      readonly highWatermark: number
      readonly isr: readonly BrokerId[]
    }
  | {
      readonly kind: 'becameFollower'
      readonly partition: TopicPartition
      readonly leader: BrokerId
      readonly leaderEpoch: number
      readonly logEndOffset: number
      readonly highWatermark: number
    }
  | {
      readonly kind: 'becomeFollowerSkippedSameLeader'
      readonly partition: TopicPartition
      readonly leader: BrokerId
      readonly leaderEpoch: number
    }
  | { readonly kind: 'replicaStopped'; readonly partition: TopicPartition; readonly deleted: boolean }
  // --- Coordinators
  | {
      readonly kind: 'coordinatorLoaded' | 'coordinatorResigned'
      readonly partition: TopicPartition
      readonly leaderEpoch: number
    }
  // --- Groups, said by their coordinators
  | {
      readonly kind: 'groupRebalancing'
      readonly group: string
      readonly generation: number
      readonly members: readonly string[]
      readonly reason: string
    }
  | {
      readonly kind: 'groupGeneration'
      readonly group: string
      readonly generation: number
      readonly protocol: string | null
      readonly leader: string | null
      readonly members: readonly string[]
    }
  | {
      readonly kind: 'groupStable'
      readonly group: string
      readonly generation: number
      readonly assignments: Readonly<Record<string, readonly TopicPartition[]>>
    }
  | { readonly kind: 'groupMemberRemoved'; readonly group: string; readonly member: string; readonly why: string }
  | {
      readonly kind: 'groupMemberReplaced'
      readonly group: string
      readonly instanceId: string
      readonly from: string
      readonly to: string
      /** The state that the group is in, and its members by now. */
      readonly state: string
      readonly members: readonly string[]
    }
  /** A member's commit is taken; `current` is the group's generation then. */
  | {
      readonly kind: 'groupCommit'
      readonly group: string
      readonly member: string
      readonly generation: number
      readonly current: number
      readonly isMember: boolean
    }
  /** A group of KIP-848 as it is now. */
  | ({ readonly kind: 'consumerGroup'; readonly group: string } & DescribedConsumerGroup)
  /** A consumer reads a partition from that replica from now on (KIP-392); null: from its leader again. */
  | {
      readonly kind: 'readReplica'
      readonly client: string
      readonly partition: TopicPartition
      readonly replica: BrokerId | null
      readonly why: string
    }
  /** The sending thread of an asynchronous Scala producer has given records up, which nobody is told. */
  | { readonly kind: 'recordsGivenUp'; readonly client: string; readonly count: number }
  // --- Groups, said by their members
  | {
      readonly kind: 'partitionsAssigned' | 'partitionsRevoked' | 'partitionsLost'
      readonly client: string
      readonly group: string
      readonly partitions: readonly TopicPartition[]
      readonly generation: number
      readonly member: string
    }
  /** A member by pattern has found other topics that match. */
  | {
      readonly kind: 'subscriptionChanged'
      readonly client: string
      readonly group: string
      readonly topics: readonly string[]
    }
  | {
      readonly kind: 'commitAnswered'
      readonly client: string
      readonly group: string
      readonly how: 'sync' | 'async' | 'auto' | 'rebalance' | 'close'
      readonly offsets: Readonly<Record<TopicPartition, number>>
      /** null: committed; else the class of the exception. */
      readonly error: string | null
    }
  | { readonly kind: 'pollThrew'; readonly client: string; readonly group: string; readonly error: string }
  /** The application has processed one record: what it did with it is done. */
  | {
      readonly kind: 'recordProcessed'
      readonly client: string
      readonly group: string
      readonly partition: TopicPartition
      readonly offset: number
    }
  | { readonly kind: 'offsetExpired'; readonly group: string; readonly partition: TopicPartition }
  | { readonly kind: 'internalTopicNotCreated'; readonly topic: string; readonly liveBrokers: readonly BrokerId[] }
  // --- ISR
  | {
      readonly kind: 'isrShrinkAsked' | 'isrExpandAsked'
      readonly partition: TopicPartition
      readonly fromIsr: readonly BrokerId[]
      readonly toIsr: readonly BrokerId[]
    }
  | {
      readonly kind: 'isrChanged'
      readonly partition: TopicPartition
      readonly fromIsr: readonly BrokerId[]
      readonly toIsr: readonly BrokerId[]
      readonly partitionEpoch: number
    }
  | { readonly kind: 'isrWriteRefusedByVersion'; readonly partition: TopicPartition }
  | { readonly kind: 'isrRequestRefused'; readonly partition: TopicPartition; readonly error: string }
  | { readonly kind: 'isrRequestRefusedStaleBrokerEpoch' }
  // --- Requests
  | {
      readonly kind: 'fetchRefused'
      readonly partition: TopicPartition
      readonly follower: BrokerId
      readonly error: string
    }
  | { readonly kind: 'produceRefused'; readonly partition: TopicPartition; readonly error: string }
  | {
      readonly kind: 'produceAcknowledged'
      readonly partition: TopicPartition
      readonly baseOffset: number
      readonly endOffset: number
      readonly acks: number
      readonly highWatermark: number
      readonly isr: readonly BrokerId[]
      readonly minInsyncReplicas: number
    }
  | {
      readonly kind: 'controlRequestRefused'
      readonly request: string
      readonly controllerEpoch: number
      readonly error: string
    }
  // --- Transactions
  /** A state of a transactional id has its acks in `__transaction_state`. */
  | {
      readonly kind: 'transactionState'
      readonly transactionalId: string
      readonly from: string
      readonly to: string
      readonly producerId: number
      readonly producerEpoch: number
      readonly partitions: readonly TopicPartition[]
      readonly coordinatorEpoch: number
    }
  | {
      readonly kind: 'transactionNotWritten'
      readonly transactionalId: string
      readonly status: string
      readonly error: string
    }
  /** A leader has appended the end of a transaction. */
  | {
      readonly kind: 'transactionMarker'
      readonly partition: TopicPartition
      readonly offset: number
      readonly result: 'COMMIT' | 'ABORT'
      readonly producerId: number
      readonly producerEpoch: number
      readonly coordinatorEpoch: number
    }
  | {
      readonly kind: 'transactionMarkerRefused'
      readonly partition: TopicPartition
      readonly producerId: number
      readonly error: string
    }
  /** A leader's last stable offset has moved; only where its log has seen transactions. */
  | {
      readonly kind: 'lastStableOffset'
      readonly partition: TopicPartition
      readonly from: number
      readonly to: number
      readonly leaderEpoch: number
    }
  /** A transactional producer was told who it is. */
  | {
      readonly kind: 'producerInitialized'
      readonly client: string
      readonly transactionalId: string
      readonly producerId: number
      readonly producerEpoch: number
    }
  /** An application began a transaction, `<client>/<number>`. */
  | { readonly kind: 'transactionBegan'; readonly client: string; readonly transaction: string }
  /** What an application was told of the end of its transaction; `failed`: whatever became of it. */
  | {
      readonly kind: 'transactionTold'
      readonly client: string
      readonly transaction: string
      readonly outcome: 'committed' | 'aborted' | 'failed'
      readonly error: string
      readonly producerId: number
      readonly producerEpoch: number
    }
  // --- Processes and sessions
  | { readonly kind: 'processHalted'; readonly partition: TopicPartition }
  | { readonly kind: 'processHung'; readonly partition: TopicPartition }
  | { readonly kind: 'registered'; readonly broker: BrokerId; readonly brokerEpoch: number }
  | { readonly kind: 'reRegistering' }
  | { readonly kind: 'registrationConflict' }
  | { readonly kind: 'startFailed'; readonly reason: string }
  | { readonly kind: 'sessionExpired' }
  | { readonly kind: 'sessionEstablished'; readonly sessionId: number }
  | { readonly kind: 'sessionDisconnected' }
  | { readonly kind: 'controlledShutdownStarted' }
  | { readonly kind: 'controlledShutdownSucceeded' }
  | { readonly kind: 'controlledShutdownFailed'; readonly reason: string }
  // --- Controller
  | { readonly kind: 'controllerElected'; readonly controllerEpoch: number }
  | { readonly kind: 'controllerResigned'; readonly reason: string }
  | { readonly kind: 'controllerWriteFenced'; readonly path: string }
  | { readonly kind: 'brokerJoined' | 'brokerGone'; readonly broker: BrokerId }
  | {
      readonly kind: 'leaderElected'
      readonly partition: TopicPartition
      readonly leader: BrokerId
      readonly leaderEpoch: number
      readonly isr: readonly BrokerId[]
      readonly election: string
      readonly unclean: boolean
    }
  | {
      readonly kind: 'noLeaderPossible'
      readonly partition: TopicPartition
      readonly isr: readonly BrokerId[]
      readonly reason: string
    }
  | {
      readonly kind: 'replicaRemovedFromIsr'
      readonly partition: TopicPartition
      readonly replica: BrokerId
      readonly isr: readonly BrokerId[]
      readonly leaderEpoch: number
    }
  | {
      readonly kind: 'reassignmentStarted' | 'reassignmentCompleted'
      readonly partition: TopicPartition
      readonly replicas: readonly BrokerId[]
    }
  // --- Registry
  | {
      readonly kind: 'registryWrite'
      readonly path: string
      readonly write: 'create' | 'set' | 'delete'
      readonly version: number
      readonly czxid: number
      readonly data: import('../kernel/json.ts').Json
      readonly sessionId: number
      readonly by: string
      readonly ephemeral: boolean
    }
  | {
      readonly kind: 'registrySessionEnded'
      readonly sessionId: number
      readonly by: string
      readonly removed: readonly string[]
      readonly expired: boolean
    }
  | {
      readonly kind: 'registrySessionOpened'
      readonly sessionId: number
      readonly by: string
      readonly timeoutMs: number
    }
  // --- Metadata log (KRaft)
  | {
      readonly kind: 'metadataRecord'
      readonly offset: number
      readonly epoch: number
      readonly record: import('./metadata-log.ts').MetadataRecord
    }
  | { readonly kind: 'brokerFenced' | 'brokerUnfenced'; readonly broker: BrokerId; readonly brokerEpoch: number }
  // --- Clients
  /** The application called `send` itself (a workload's records are entered when they are offered). */
  | {
      readonly kind: 'recordSent'
      readonly operationId: string
      readonly client: string
      readonly partition: TopicPartition | null
      readonly key: string | null
      readonly value: string | null
      /** The transaction it was sent in; absent: none. */
      readonly transaction?: string
      /** The record that its application made it of; absent: none. */
      readonly madeOf?: ReadRecord
    }
  | {
      readonly kind: 'clientTold'
      readonly operationId: string
      readonly outcome: 'acked' | 'failed' | 'unknown'
      readonly error: string
      readonly partition: TopicPartition | null
      readonly offset: number
      readonly acks: number
      /** `send` itself threw it; absent: the callback had it. */
      readonly thrown?: true
      /** Classes of the exception, outermost first, where the error does not tell them. */
      readonly exception?: readonly string[]
    }
  | {
      readonly kind: 'recordsPolled'
      readonly client: string
      readonly partition: TopicPartition
      readonly fromOffset: number
      readonly records: readonly { readonly offset: number; readonly id: RecordIdentity; readonly epoch: number }[]
      readonly highWatermark: number
      readonly broker: BrokerId
    }
  | {
      readonly kind: 'positionReset'
      readonly client: string
      readonly partition: TopicPartition
      readonly from: number
      readonly to: number
      readonly why: string
    }
  | {
      readonly kind: 'consumerFailed'
      readonly client: string
      readonly partition: TopicPartition
      readonly position: number
      readonly why: string
    }
  | {
      readonly kind: 'offsetCommitted'
      readonly client: string
      readonly partition: TopicPartition
      readonly offset: number
    }
  | {
      readonly kind: 'clientRetried'
      readonly client: string
      readonly partition: TopicPartition
      readonly error: string
      readonly attempt: number
    }
  | {
      /** A client gives up the brokers that it knows and asks its bootstrap servers again (KIP-899). */
      readonly kind: 'clientRebootstrapped'
      readonly client: string
      readonly brokers: readonly BrokerId[]
    }

export type FactKind = Fact['kind']

/** A copy of records is gone from a log: cut by a broker that follows another one, or lost with a disk or its power. */
export type CutFact = Extract<Fact, { readonly kind: 'truncated' | 'powerLost' | 'diskReplaced' | 'recoveryCut' }>

export const isCut = (fact: Fact): fact is CutFact =>
  fact.kind === 'truncated' || fact.kind === 'powerLost' || fact.kind === 'diskReplaced' || fact.kind === 'recoveryCut'
