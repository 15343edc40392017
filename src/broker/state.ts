/** What a broker holds. `durable` survives a kill of the process, `volatile` does not. */
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import type { Acks } from '../kafka/messages/data.ts'
import type { ErrorName } from '../kafka/errors.ts'
import type { ConnectionId } from '../kernel/machine.ts'
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import type { Settings } from '../kafka/config.ts'
import type { ReplicaLog } from '../log/replica-log.ts'

/** What a broker is told at its creation; the same for all its lives. */
export interface BrokerConfig {
  readonly id: BrokerId
  readonly rack: string | null
  readonly mechanisms: Mechanisms
  /** Every broker setting, resolved: defaults of the generation, cluster, this broker. */
  readonly settings: Settings
}

export interface BrokerState {
  durable: BrokerDurable
  /** null while the process does not run. */
  volatile: BrokerVolatile | null
}

export interface BrokerDurable {
  logs: Record<TopicPartition, ReplicaLog>
  /** `replication-offset-checkpoint`: null before its first write. A missing partition reads as 0. */
  highWatermarkCheckpoint: Record<TopicPartition, number> | null
  /** `recovery-point-offset-checkpoint`: null before its first write. */
  recoveryPointCheckpoint: Record<TopicPartition, number> | null
  /** `log-start-offset-checkpoint` (0.11+). */
  logStartOffsetCheckpoint: Record<TopicPartition, number> | null
  /** The clean-shutdown marker of the log directory. */
  cleanShutdown: boolean
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
  /** Leader only, by broker id. */
  remoteReplicas: Record<string, RemoteReplica>
  /** An ISR change that was asked and is not answered yet. */
  pendingIsr: { isr: BrokerId[]; kind: 'shrink' | 'expand'; requestId: string; sinceUs: number } | null
  /** The ISR write holds the partition's lock: produces (and where the generation says so fetches) queue in `waiting`. */
  lockedSinceUs: number | null
}

/** Requests waiting for a partition's lock, in order. */
export interface WaitingRequest {
  readonly connection: ConnectionId
  readonly message: import('../kafka/messages/data.ts').ProduceRequest | import('../kafka/messages/data.ts').FetchRequest
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

export interface DelayedFetch {
  readonly id: number
  readonly connection: ConnectionId
  readonly request: import('../kafka/messages/data.ts').FetchRequest
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
    partitions: Record<TopicPartition, CachedPartitionMetadata>
  }
  /** Topic settings as this broker knows them, by topic. */
  topicSettings: Record<string, Record<string, string>>
  delayedProduces: Record<string, DelayedProduce>
  delayedFetches: Record<string, DelayedFetch>
  waiting: Record<TopicPartition, WaitingRequest[]>
  nextId: number
  /** ISR changes not announced yet (0.9+). */
  isrChanges: { partitions: TopicPartition[]; lastChangeUs: number; lastAnnouncedUs: number }
  /** The first LeaderAndIsr of this life has started the high-watermark checkpoint timer. */
  checkpointing: boolean
  shutdown: { attempts: number } | null
}
