/** What a broker holds. `durable` survives a kill of the process, `volatile` does not. */

import type { Settings } from '../kafka/config.ts'
import type { ErrorName } from '../kafka/errors.ts'
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import type { LeaderAndIsrRequest, StopReplicaRequest, UpdateMetadataRequest } from '../kafka/messages/control.ts'
import type { CoordinatorRequest } from '../kafka/messages/coordinator.ts'
import type {
  Acks,
  FetchedPartition,
  FetchRequest,
  ListOffsetsRequest,
  MetadataRequest,
  OffsetsForLeaderEpochRequest,
  ProduceRequest,
} from '../kafka/messages/data.ts'
import type { DeleteRecordsRequest } from '../kafka/messages/delete-records.ts'
import type { WriteTxnMarkersRequest } from '../kafka/messages/transactions.ts'
import type { MutantName } from '../kafka/mutants.ts'
import type { ConnectionId } from '../kernel/machine.ts'
import type { ReplicaLog } from '../log/replica-log.ts'
import type { CoordinationState } from './coordinator/state.ts'
import type { VerificationState } from './coordinator/transactions/verification.ts'
import type { KraftState } from './kraft/state.ts'
import type { ProducerIds } from './producer-ids.ts'

/** What a broker is told at its creation; the same for all its lives. */
export interface BrokerConfig {
  readonly id: BrokerId
  readonly rack: string | null
  /** Where all brokers stand that stand somewhere, as their registrations say; absent: none does. */
  readonly racks?: Readonly<Record<BrokerId, string>>
  readonly mechanisms: Mechanisms
  /** Every broker setting, resolved: defaults of the generation, cluster, this broker. */
  readonly settings: Settings
  /** KRaft: ids of the controllers, ascending. */
  readonly controllers?: readonly number[]
  /** Planted bugs; absent: none. */
  readonly mutants?: readonly MutantName[]
}

export interface BrokerState {
  durable: BrokerDurable
  /** null while the process does not run. */
  volatile: BrokerVolatile | null
}

/** A disk with a fault. */
export interface DiskState {
  /** Free space in bytes; null: plenty. */
  bytesLeft: number | null
  /** It says that it has flushed and has not. */
  lies: boolean
  /** Every write fails. */
  broken: boolean
}

/** The checkpoint files of a log directory, by their names. */
export type CheckpointFile =
  | 'replication-offset-checkpoint'
  | 'recovery-point-offset-checkpoint'
  | 'log-start-offset-checkpoint'

export interface BrokerDurable {
  logs: Record<TopicPartition, ReplicaLog>
  /** `replication-offset-checkpoint`: null before its first write. A missing partition reads as 0. */
  highWatermarkCheckpoint: Record<TopicPartition, number> | null
  /** `recovery-point-offset-checkpoint`: null before its first write. */
  recoveryPointCheckpoint: Record<TopicPartition, number> | null
  /** `log-start-offset-checkpoint` (0.11+). */
  logStartOffsetCheckpoint: Record<TopicPartition, number> | null
  /** `cleaner-offset-checkpoint`: up to where each log is clean; null or absent without a cleaner. */
  cleanerCheckpoint?: Record<TopicPartition, number> | null
  /** The clean-shutdown marker of the log directory. */
  cleanShutdown: boolean
  /** Checkpoint files that cannot be read, sorted; absent: all can. Writing one makes it whole again. */
  unreadable?: CheckpointFile[]
  /** Where logs lie, with more than one directory. */
  directoryOf?: Record<TopicPartition, string>
  /** Disks with a fault, by directory; absent: all are sound. */
  disks?: Record<string, DiskState>
  /** Directories that the last clean stop left without a marker, since they had failed; absent: none. */
  unmarkedDirs?: string[]
  /** `meta.properties`, when it is not as it should be. */
  metaProperties?: 'missing' | 'other-broker'
  /** KRaft: the broker epoch that the marker holds (KIP-966); absent or -1: none. */
  cleanShutdownEpoch?: number
}

/** What a leader knows of one other replica. */
export interface RemoteReplica {
  /** The follower's log end, learned only from its fetch offset; -1 while unknown. */
  logEndOffset: number
  logStartOffset: number
  /** When the follower was last known caught up (the rule of the generation), in us of this broker's clock. */
  lastCaughtUpTimeUs: number
  /** Time of its last fetch and the leader's log end at that time (KAFKA-4485). */
  lastFetchTimeUs: number
  lastFetchLeaderLogEndOffset: number
  /** 3.5: the broker epoch in its last fetch; -1 unknown. */
  brokerEpoch: number
  /** 2.4-2.5 (KIP-392): the high watermark this follower was last sent; absent is 0. */
  lastSentHighWatermark?: number
}

/** A change of the ISR as its leader asks for it: all the members it will have. */
export interface IsrChange {
  isr: BrokerId[]
  kind: 'shrink' | 'expand'
}

export interface PartitionState {
  readonly partition: TopicPartition
  /** `none`: the replica exists but has no role (stopped, or its leader was dead). */
  role: 'leader' | 'follower' | 'none'
  /** Whom this broker believes to lead; -1 none. */
  leader: BrokerId
  /** -1 until the first role of this life arrived, so the first is always accepted. */
  leaderEpoch: number
  controllerEpoch: number
  /** This broker's view of the ISR, in stored order. */
  isr: BrokerId[]
  /** Version of the state znode, or partition epoch, that this view was written at. */
  partitionEpoch: number
  replicas: BrokerId[]
  /** First offset not yet known replicated to the whole ISR. Never above logEndOffset on a leader. */
  highWatermark: number
  /** Leader only: its log end when it took the epoch over. */
  leaderEpochStartOffset: number
  /** Leader only: its last stable offset as it was last told; absent until its log has seen a producer. */
  lastStableOffset?: number
  /** Leader only, by broker id. */
  remoteReplicas: Record<string, RemoteReplica>
  /** An ISR change that was asked and is not answered yet. */
  pendingIsr: (IsrChange & { requestId: string; sinceUs: number }) | null
  /** The ISR write holds the partition's lock: produces (and where the generation says so fetches) queue in `waiting`. */
  lockedSinceUs: number | null
  /** The follower's fetch whose handler writes the expansion: it goes on when the write is answered. */
  expandingFetch?: FetchInProgress | null
}

/** What one read of a partition gave, with what the leader knew at that moment. */
export interface ReadResult {
  readonly fetched: FetchedPartition
  /** The leader's log end and the time of the read, in us. */
  readonly logEndOffset: number
  readonly readAtUs: number
  /** 2.4-2.5: this follower was last sent an older high watermark. */
  readonly followerNeedsHighWatermark: boolean
}

/** A fetch on its way through the broker: it can stop at a lock and go on later. */
export interface FetchInProgress {
  readonly connection: ConnectionId
  readonly request: FetchRequest
  /** null: not read yet. */
  results: Record<TopicPartition, ReadResult> | null
  /** Partitions for which the follower's position is not recorded yet, sorted. */
  remaining: TopicPartition[]
  /** Its time is up or it has enough: it is answered as it is read, never parked again. */
  readonly answerNow: boolean
}

/** Requests waiting for a partition's lock, in order. */
export interface WaitingRequest {
  readonly connection: ConnectionId
  readonly message:
    | ProduceRequest
    | FetchRequest
    | ListOffsetsRequest
    | OffsetsForLeaderEpochRequest
    | WriteTxnMarkersRequest
  /** How far a fetch has come. */
  readonly fetch?: FetchInProgress
}

/** A connection with a client's request in hand. */
export interface RequestInHand {
  readonly connection: ConnectionId
  /** What it carries behind that request, oldest first. */
  unread: ClientRequest[]
}

/** What a client asks on a connection that is read one request at a time. */
export type ClientRequest =
  | ProduceRequest
  | FetchRequest
  | ListOffsetsRequest
  | MetadataRequest
  | CoordinatorRequest
  | WriteTxnMarkersRequest
  | DeleteRecordsRequest

/** A controller's request that waits because a role change needs a partition's lock, or behind such a request. */
export interface WaitingControlRequest {
  readonly connection: ConnectionId
  readonly message: LeaderAndIsrRequest | UpdateMetadataRequest | StopReplicaRequest
}

export interface DelayedProduce {
  readonly id: number
  readonly connection: ConnectionId
  readonly correlationId: number
  readonly acks: Acks
  readonly deadlineUs: number
  /** Partitions not answered yet, and the answers there are. */
  pending: Record<TopicPartition, { requiredOffset: number; baseOffset: number; leaderEpoch: number }>
  done: Record<TopicPartition, { error: ErrorName; baseOffset: number; logStartOffset: number }>
}

/** A DeleteRecords that waits for the followers' log starts. */
export interface DelayedDeleteRecords {
  readonly id: number
  readonly connection: ConnectionId
  readonly correlationId: number
  /** Partitions not answered yet, with the offset that every live replica's log must begin at. */
  pending: Record<TopicPartition, number>
  done: Record<TopicPartition, { error: ErrorName; lowWatermark: number }>
}

export interface DelayedFetch {
  readonly id: number
  readonly connection: ConnectionId
  readonly request: FetchRequest
  readonly deadlineUs: number
  /** 2.4-2.5: the high watermark last sent to this follower, by partition. */
  readonly lastSentHighWatermark: Record<TopicPartition, number>
}

/** One followed partition in a fetcher. */
export interface FetchedPartitionState {
  /** `truncating`: the leader must still be asked where the logs part. `failed`: left alone until the next role. */
  phase: 'truncating' | 'fetching' | 'failed'
  fetchOffset: number
  /** The leader epoch this fetcher works under. */
  leaderEpoch: number
  /** Not before this time (back-off), in us. */
  delayedUntilUs: number
  /**
   * What the leader's fetch session (KIP-227) holds for told although this follower left it aside: it is not told again
   * before it changes, or the session forgets the partition.
   */
  leftAside?: { readonly highWatermark: number; readonly logStartOffset: number }
}

/** The fetcher towards one leader: one outstanding request. */
export interface FetcherState {
  readonly leader: BrokerId
  partitions: Record<TopicPartition, FetchedPartitionState>
  /** null: nothing outstanding. */
  outstanding: {
    correlationId: number
    request: 'fetch' | 'epoch' | 'list-offsets'
    sentAtUs: number
    partitions: Record<TopicPartition, { fetchOffset: number; leaderEpoch: number; asked: number }>
  } | null
  /** A dead fetcher thread (to 2.2) does nothing until the partitions get another leader. */
  dead: boolean
  /** Lag injected by a fault: extra time before each fetch, in us. */
  throttleUs: number
  /**
   * Why the thread sleeps until its wake timer: it is `starting`, found nothing to ask for (`idle`), could not reach
   * the leader (`failed`), or waits out throttleUs (`lag`). null: awake, which means that a request is outstanding.
   */
  asleep: 'starting' | 'idle' | 'failed' | 'lag' | null
  /** throttleUs has been waited for: the next fetch may go out. */
  lagWaited: boolean
}

export interface CachedPartitionMetadata {
  leader: BrokerId
  leaderEpoch: number
  isr: BrokerId[]
  replicas: BrokerId[]
  controllerEpoch: number
  partitionEpoch: number
}

export interface BrokerVolatile {
  /**
   * `starting`: not registered yet. `running`. `shutting-down`: controlled shutdown under way. `hung`: tried to halt
   * and hangs, still registered (0.10.2): answers nothing.
   */
  phase: 'starting' | 'running' | 'shutting-down' | 'hung'
  /** czxid of the registration (2.2+); -1 unknown. */
  brokerEpoch: number
  registered: boolean
  /** Highest controller epoch seen in this life. */
  controllerEpoch: number
  /** The controller this broker believes in; -1 unknown. */
  controller: BrokerId
  partitions: Record<TopicPartition, PartitionState>
  fetchers: Record<string, FetcherState>
  metadata: {
    liveBrokers: BrokerId[]
    /** Broker epochs of the live brokers by id (3.5, KIP-903); empty before. */
    brokerEpochs: Record<string, number>
    /** KRaft: brokers in controlled shutdown, alive and yet not to be in an ISR. */
    shuttingDown?: BrokerId[]
    partitions: Record<TopicPartition, CachedPartitionMetadata>
  }
  /** Topic settings as this broker knows them, by topic. */
  topicSettings: Record<string, Record<string, string>>
  /** Requests that wait, oldest first (see parked.ts). */
  delayedProduces: DelayedProduce[]
  delayedFetches: DelayedFetch[]
  delayedDeleteRecords: DelayedDeleteRecords[]
  waiting: Record<TopicPartition, WaitingRequest[]>
  /** Connections with a client's request in hand: few, and they come and go (see parked.ts). */
  clients: RequestInHand[]
  /** Connections whose request was dealt with in this step; empty between two steps. */
  released: ConnectionId[]
  nextId: number
  /** ISR changes not announced yet (0.9+). */
  isrChanges: { partitions: TopicPartition[]; lastChangeUs: number; lastAnnouncedUs: number }
  /** The first LeaderAndIsr of this life has started the high-watermark checkpoint timer. */
  checkpointing: boolean
  /** Directories that have failed in this life, in that order. */
  offlineDirs: string[]
  /** null: nobody has asked this process to go down. */
  shutdown: ShutdownState | null
  /** Sessions this process has had, the present one last. */
  sessions: number[]
  /** The lag check runs at a fixed rate: runs that were missed are made up for back to back. */
  isrCheck: {
    nextDueUs: number
    /** Partitions this run has still to look at; null between two runs. */
    walking: TopicPartition[] | null
  }
  /** Requests of controllers that wait for a lock, in order. */
  controlQueue: WaitingControlRequest[]
  /** AlterPartition (2.7+). */
  alterPartition: {
    /** Partitions whose change is to be sent, sorted. */
    unsent: TopicPartition[]
    outstanding: { correlationId: number; controller: BrokerId; partitions: TopicPartition[] } | null
    /** The last answer refused this broker's epoch: it is told once and not with each try. */
    staleBrokerEpoch: boolean
  }
  /** The newest child of /config/changes that this broker has looked at; null: none was read yet. */
  lastConfigChange: string | null
  /** When each log was last flushed by count or time, in us. */
  lastFlushUs: Record<TopicPartition, number>
  /** Absent where the cleaner is off. `awake`: a log is compacted, and the threads' timers are armed. */
  cleaner?: { readonly startedUs: number; awake: boolean }
  /** Lag that a fault gave to every fetcher of this broker, also to later ones, in us. */
  fetchThrottleUs?: number
  /** KRaft only: the metadata log as far as it has been replayed, and the standing with the controller. */
  kraft?: KraftState
  /** What this broker coordinates; absent until it first leads a partition of an internal topic or creates one. */
  coordination?: CoordinationState
  /** Questions to transaction coordinators; absent until there was one (KIP-890). */
  verification?: VerificationState
  /** The block of producer ids; absent until one is asked for. */
  producerIds?: ProducerIds
}

/** A graceful way down: after SIGTERM, after a start that failed, or because a follower may not cut its log. */
interface ShutdownState {
  /** Controlled shutdowns tried. */
  attempts: number
  /**
   * `controlled`: asking the controller to move leaderships. `closing`: everything is written; the controller machine
   * and then the session are being closed.
   */
  stage: 'controlled' | 'closing'
  /** Of the controlled shutdown that is out, and to whom; null between two tries. */
  asked: { correlationId: number; controller: BrokerId } | null
  readonly exitCode: number
  /** The partition over which the process hangs once its leaderships are moved (0.10.2); null: it exits. */
  readonly hangsOver: TopicPartition | null
}
