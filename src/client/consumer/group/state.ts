/** A consumer as a member of a group, as plain data (clients: AbstractCoordinator, ConsumerCoordinator). */
import type { BrokerId, TopicPartition } from '../../../kafka/ids.ts'
import type { JoinedMember } from '../../../kafka/messages/coordinator.ts'
import type { GroupMemberIdentity } from '../../../kafka/messages/transactions.ts'
import type { Links } from '../../links.ts'
import type { RemoteMembership } from './remote-state.ts'

/** Who a member was when it asked (clients: sentGeneration). */
export interface SentGeneration {
  readonly memberId: string
  readonly generation: number
}

/** What is asked of the coordinator, on a connection of its own. */
export type CoordinatorAsk =
  | { readonly kind: 'join' | 'sync' | 'heartbeat'; readonly sent: SentGeneration }
  /** KIP-848. */
  | { readonly kind: 'remoteHeartbeat'; readonly epoch: number }
  | { readonly kind: 'commit'; readonly commit: number; readonly sent: SentGeneration }
  | { readonly kind: 'offsets' }
  | { readonly kind: 'leave' }

/** An offset commit on its way. */
export interface Commit {
  readonly offsets: Readonly<Record<TopicPartition, { readonly offset: number; readonly leaderEpoch: number }>>
  /** `sync` and `rebalance` are tried again; `async` and `auto` are not. */
  readonly how: 'sync' | 'async' | 'auto' | 'rebalance' | 'close'
  readonly sinceUs: number
  sent: boolean
  /** Not tried again before this time. */
  retryAtUs: number
  /** null: not over. NONE, or the classes of the exception. */
  result: 'NONE' | readonly string[] | null
}

export interface GroupMembership {
  readonly id: string
  readonly instanceId: string | null
  /** Connections to coordinators. */
  links: Links<CoordinatorAsk>
  /** null: not known, and has to be found. */
  coordinator: BrokerId | null
  /** A FindCoordinator is unanswered. */
  finding: boolean
  findAgainAtUs: number
  /** Empty: none was given. */
  memberId: string
  /** -1: in none. */
  generation: number
  protocol: string | null
  /** What `groupMetadata` gives: who it was when it last took an assignment, or had a heartbeat answered (KIP-848). */
  metadata: GroupMemberIdentity
  /** `stable`: in a generation, with an assignment. */
  state: 'unjoined' | 'joining' | 'syncing' | 'stable'
  rejoinNeeded: boolean
  /** What it subscribed to when it last joined; null: it never did. */
  joinedTopics: readonly string[] | null
  /** A member by pattern joins when it has been told of topics since then; null: it has not looked for that yet. */
  freshSinceUs: number | null
  /** What it has must be given away (eager) before the next join. */
  needsJoinPrepare: boolean
  /** How far the application's thread has come with a rejoin, in `poll`. */
  stage: 'idle' | 'committing' | 'revoking' | 'prepared' | 'joined'
  /** A join or the sync behind it is under way: no other one goes out meanwhile (clients: joinFuture). */
  joinOut: boolean
  joinAgainAtUs: number
  /** The assignment of the round, until `poll` takes it. */
  assignment: readonly TopicPartition[] | null
  /** Of the round, when this member leads. */
  toAssign: readonly JoinedMember[] | null
  leads: boolean
  /** Partitions by topic when this member last divided them; a leader joins again when they change. */
  dividedOver: Readonly<Record<string, number>> | null
  /** Where their replicas were then; absent: this member is in no rack, or assignors do not look at racks. */
  dividedRacks?: Readonly<Record<TopicPartition, readonly string[]>>
  /** What it has now, sorted. */
  owned: readonly TopicPartition[]
  /** The same in the order in which 2.4 to 2.7 fetch and claim it; absent: sorted. */
  fetchOrder?: readonly TopicPartition[]
  /** Its last assignment in its order, which sticky assignors go by; with its generation. */
  lastAssignment: { readonly partitions: readonly TopicPartition[]; readonly generation: number }
  /** Of what it has, without a position yet, sorted. */
  unpositioned: readonly TopicPartition[]
  askingOffsets: boolean
  offsetsAgainAtUs: number
  heartbeatAtUs: number
  heartbeatOut: boolean
  /** The coordinator was last heard at this time. */
  heardAtUs: number
  /** `poll` was last called at this time. */
  polledAtUs: number
  /** What the heartbeat thread died of, for the next poll; null: it lives. */
  failed: readonly string[] | null
  /** Heartbeats are not sent again until the next join (to 2.5, after it was fenced). */
  heartbeatStopped: boolean
  commits: Record<string, Commit>
  /** Of a group whose coordinator assigns (KIP-848); absent in a classic one. */
  remote?: RemoteMembership
  nextCommit: number
  /** An automatic commit failed by what passes: the next poll learns it, and has it tried again; absent: none did. */
  autoCommitFailed?: true
}
