/** A consumer by assignment as plain data: committed offsets survive it, positions do not. */
import type { Settings } from '../../kafka/config.ts'
import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import type { BrokerId, TopicPartition } from '../../kafka/ids.ts'
import type { MutantName } from '../../kafka/mutants.ts'
import type { Transforms } from '../application/state.ts'
import type { ClusterView } from '../cluster-view.ts'
import type { Links } from '../links.ts'
import type { ConsumerApplication } from './calls/application.ts'
import type { GroupMembership } from './group/state.ts'
import type { OldMembership } from './zookeeper/state.ts'

export interface ConsumerConfig {
  readonly name: string
  /** null: every partition of `topics`, also those added later. */
  readonly partitions: readonly TopicPartition[] | null
  readonly topics: readonly string[]
  /** It subscribes to every topic whose name matches; absent: to `topics`. */
  readonly pattern?: string
  readonly mechanisms: Mechanisms
  /** Consumer settings by dotted key. */
  readonly settings: Settings
  readonly bootstrap: readonly BrokerId[]
  /** Racks of brokers, which assignors look at (KIP-881); absent: none has one, or assignors do not. */
  readonly racks?: Readonly<Record<BrokerId, string>>
  /** `client.id` where several clients share one; absent: the name. */
  readonly clientId?: string
  /** It does what it is called to; absent: it reads by itself. */
  readonly startedByStep?: boolean
  /** How an application of a group member behaves that is left to itself; absent: none is. */
  readonly member?: MemberApplication
  /** An application of the same process calls it, and is called back in rebalances; absent: none does. */
  readonly transforms?: Transforms
  /** Its group lives in the registry (0.8); absent: at a coordinator. */
  readonly groupInRegistry?: true
  /** Planted bugs; absent: none. */
  readonly mutants?: readonly MutantName[]
}

/** An application that polls, processes and commits in a loop. */
export interface MemberApplication {
  /** How long one record takes, in us. */
  readonly processUs: number
  /**
   * What it commits by itself: nothing (auto-commit or none), to its group before or after it has processed what a poll gave,
   * or to a store outside Kafka that also takes its results: both in one transaction, or the offset first, or last.
   */
  readonly commits:
    | 'none'
    | 'sync-after'
    | 'async-after'
    | 'sync-before'
    | 'store-together'
    | 'store-offset-first'
    | 'store-offset-last'
  /** It hands records to another thread and polls on, so positions run ahead of what is done. */
  readonly handsOff: boolean
}

export interface CommittedOffset {
  /** The next offset to be read. */
  readonly offset: number
  /** Epoch of the record before it; -1 not known. */
  readonly leaderEpoch: number
}

/** What a partition does next. */
type Phase =
  /** Its position is asked from the leader (`auto.offset.reset`). */
  | 'resetting'
  /** Its position is held against the new leader's epochs (KIP-320). */
  | 'validating'
  | 'fetching'
  /** No position, and no policy to find one: the application was told and reads no more. */
  | 'failed'

export interface ConsumedPartition {
  phase: Phase
  /** The next offset to be read; -1 none. It goes back only by a `positionReset`. */
  position: number
  /** Epoch of the record before the position; -1 not known. */
  positionEpoch: number
  /** The leader epoch that the position was last held against; -1 not known. */
  leaderEpoch: number
  /** High watermark of the last answer; -1 none. */
  highWatermark: number
  /** Why the position is being reset, for the fact. */
  resetReason: string
  /** A ListOffsets or OffsetsForLeaderEpoch about it is unanswered. */
  asking: boolean
  /** Not asked about again before this time. */
  retryAtUs: number
  /** The replica that the leader said to read from, and until when that holds; null: the leader. */
  readReplica: { readonly broker: BrokerId; readonly untilUs: number } | null
}

type ConsumerRequest =
  /** Offsets asked for by partition: an answer for another position is stale. */
  | { readonly kind: 'fetch'; readonly offsets: Readonly<Record<TopicPartition, number>> }
  | { readonly kind: 'listOffsets'; readonly partitions: readonly TopicPartition[] }
  | { readonly kind: 'epochEnds'; readonly partitions: readonly TopicPartition[] }
  | { readonly kind: 'findCoordinator' }

/** Records of a partition that were fetched and not handed out yet. */
export interface BufferedRecords {
  readonly records: readonly {
    readonly offset: number
    readonly id: string
    readonly epoch: number
    readonly value: string | null
  }[]
  /** Where the position goes behind them, when the answer ended with what applications do not see. */
  readonly unseenTo: { readonly offset: number; readonly epoch: number } | null
  readonly highWatermark: number
  readonly broker: BrokerId
}

export interface ConsumerVolatile {
  links: Links<ConsumerRequest>
  view: ClusterView
  wakeAtUs: number | null
  /** Topics that metadata is wanted of, sorted: a leader's group reads more than the leader. */
  topics: readonly string[]
  partitions: Record<TopicPartition, ConsumedPartition>
  nextCommitAtUs: number
  /** By partition, in the order in which answers came. */
  buffered: Record<TopicPartition, BufferedRecords>
  /** The application's thread; absent: a consumer that reads by itself. */
  application?: ConsumerApplication
  /** Its standing in a group that lives in the registry (0.8); absent otherwise. */
  old?: OldMembership
  /** Its standing in its group; absent without one. */
  group?: GroupMembership
}

export interface ConsumerState {
  durable: {
    /** The application wants to read: true from the first start until it is stopped, and again when it is started. */
    running: boolean
    /** What was committed. Stands for the external store of a group's offsets, which no crash of the client touches. */
    committed: Record<TopicPartition, CommittedOffset>
  }
  /** null while the process is down or the consumer stopped. */
  volatile: ConsumerVolatile | null
}

/** The consumer's position in a partition; null while it has none. */
export function consumerPosition(state: ConsumerState, name: TopicPartition): number | null {
  const partition = state.volatile?.partitions[name]
  return partition === undefined || partition.position < 0 ? null : partition.position
}
