/** What a broker holds as coordinator of groups and transactional ids. Memory only: it is read from its log again. */
import type { TopicPartition } from '../../kafka/ids.ts'
import type { InternalTopic } from '../../kafka/internal-topics.ts'
import type { ProduceResponse } from '../../kafka/messages/data.ts'
import type { ConsumerGroupAppend } from './consumer-group/scope.ts'
import type { ConsumerGroupState } from './consumer-group/state.ts'
import type { GroupAppend } from './group/group-store.ts'
import type { OffsetCommitAppend } from './group/offset-commit.ts'
import type { GroupState } from './group/state.ts'
import type { TransactionalOffsetsAppend } from './group/transactional-offsets.ts'
import type { MarkerAppend, TransactionAppend, TransactionsState } from './transactions/state.ts'
import type { TransactionalId } from './transactions/transaction.ts'

/** Who goes on when an append of a coordinator is answered, and with what. Plain data: the answer may come much later. */
export type AppendContinuation =
  | OffsetCommitAppend
  | TransactionalOffsetsAppend
  | GroupAppend
  | ConsumerGroupAppend
  | TransactionAppend
  | MarkerAppend

/** One partition of an internal topic that this broker leads. */
export interface CoordinatedPartition {
  readonly partition: TopicPartition
  /** The leader epoch under which it was taken over; the coordinator epoch of its transactions. */
  leaderEpoch: number
  /** `loading`: its log is being read, and whoever asks is told COORDINATOR_LOAD_IN_PROGRESS. */
  phase: 'loading' | 'active'
  /** Of the offsets topic: its groups by id, also those that only have offsets. */
  groups: Record<string, GroupState>
  /** Of the offsets topic: its groups of KIP-848 (4.0); absent until there is one. */
  consumerGroups?: Record<string, ConsumerGroupState>
  /** Of the transaction log: its transactional ids. */
  transactions?: Record<string, TransactionalId>
}

export interface PendingAppend {
  readonly partition: TopicPartition
  readonly next: AppendContinuation
}

export interface CoordinationState {
  /** By name of the partition. What is not here is not coordinated by this broker. */
  partitions: Record<TopicPartition, CoordinatedPartition>
  /** Appends that are not answered yet, by correlation id. */
  appends: Record<string, PendingAppend>
  /** Answers to appends that nobody has acted on yet; empty between two steps. */
  answered: ProduceResponse[]
  /** When the one thread that loads partitions is free, in us. */
  loadsUntilUs: number
  /** Offsets are looked through for those that have expired. */
  expiryArmed: boolean
  /** Internal topics whose creation is under way: what was asked, by topic. */
  creating: Partial<Record<InternalTopic, number>>
  /** Markers on their way; absent until there are any. */
  transactions?: TransactionsState
}
