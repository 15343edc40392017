/** What a coordinator knows of one group. */
import type { CommittedOffset } from '../../../kafka/group-records.ts'
import type { TopicPartition } from '../../../kafka/ids.ts'
import type { MemberProtocol } from '../../../kafka/messages/coordinator.ts'
import type { ConnectionId } from '../../../kernel/machine.ts'

/** A committed offset, with where its record lies in the partition of the offsets topic. */
interface StoredOffset {
  readonly committed: CommittedOffset
  readonly appendedAt: number
}

/** The same of a transaction that is open; `appendedAt` -1: its record is not in the log yet. */
export type PendingTransactionOffset = StoredOffset

/** A request that is answered later. */
export interface Waiter {
  readonly connection: ConnectionId
  readonly correlationId: number
}

export interface GroupMember {
  id: string
  /** KIP-345 (2.3); null: a dynamic member. */
  readonly instanceId: string | null
  readonly clientId: string
  sessionTimeoutMs: number
  rebalanceTimeoutMs: number
  protocols: readonly MemberProtocol[]
  assignment: readonly TopicPartition[]
  /** It has never been answered a join: no heartbeat can be expected of it. */
  isNew: boolean
  awaitingJoin: Waiter | null
  awaitingSync: Waiter | null
}

/**
 * Empty: no member, perhaps offsets. PreparingRebalance: waits for members to join. CompletingRebalance: waits for the
 * leader's assignment. Stable. Dead: gone; who still has it in hand asks again.
 */
export type GroupPhase = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead'

export interface GroupState {
  readonly id: string
  phase: GroupPhase
  /** When the present phase began, in ms of this broker's clock. */
  phaseSinceMs: number
  generation: number
  /** null: no member has ever joined; the group only keeps offsets. */
  protocolType: string | null
  /** The assignor of the present generation. */
  protocol: string | null
  leader: string | null
  /** In the order in which they joined. */
  members: GroupMember[]
  /** Ids given to members that have not joined with them yet (KIP-394). */
  pendingMembers: string[]
  /** Members of the present generation that have not synced (2.8), by id. */
  pendingSync: string[]
  /** What a rebalance that is being prepared waits for: `initial` more members, for a time (KIP-134), or `join`. */
  rebalance: { kind: 'initial'; remainingMs: number } | { kind: 'join' } | null
  /** A member came while the first rebalance waited (KIP-134). */
  newMemberAdded: boolean
  /** Committed offsets, as OffsetFetch answers them. */
  offsets: Record<TopicPartition, StoredOffset>
  /** Offsets whose commit is being written: how many commits of each partition. */
  pendingOffsets: Record<TopicPartition, number>
  /** Offsets of transactions that are open, by producer id; absent until there are any. */
  transactionalOffsets?: Record<string, Record<TopicPartition, PendingTransactionOffset>>
}

export const newGroup = (id: string, nowMs: number): GroupState => ({
  id,
  phase: 'Empty',
  phaseSinceMs: nowMs,
  generation: 0,
  protocolType: null,
  protocol: null,
  leader: null,
  members: [],
  pendingMembers: [],
  pendingSync: [],
  rebalance: null,
  newMemberAdded: false,
  offsets: {},
  pendingOffsets: {},
})
