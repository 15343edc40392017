/** What a KRaft controller holds. `durable` survives a kill of the process, `volatile` does not. */
import type { Settings } from '../kafka/config.ts'
import type { Fact } from '../kafka/facts.ts'
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import type { KafkaMessage } from '../kafka/messages/message.ts'
import type { MetadataEntry, MetadataImage } from '../kafka/metadata-log.ts'
import type { MutantName } from '../kafka/mutants.ts'
import { assert } from '../kernel/assert.ts'
import type { ConnectionId, Context } from '../kernel/machine.ts'
import { msToUs } from '../kernel/time.ts'

export interface QuorumConfig {
  readonly id: number
  /** Ids of every controller, ascending; this one is among them. */
  readonly voters: readonly number[]
  readonly mechanisms: Mechanisms
  /** Settings of the cluster's brokers, which controllers of a cluster share. */
  readonly settings: Settings
  /** Planted bugs; absent: none. */
  readonly mutants?: readonly MutantName[]
}

interface QuorumDurable {
  log: MetadataEntry[]
  /** The Raft epoch. */
  epoch: number
  /** Whom this controller voted for in that epoch; null: nobody. */
  votedFor: number | null
  /**
   * Exclusive end of what this controller knows to be committed. A real one learns it again after a restart; here it is
   * kept, so that the cluster's state can be read while no controller runs.
   */
  committedEnd: number
  /** The cluster up to there. */
  committed: MetadataImage
}

/** What the leader knows of another voter. */
export interface VoterProgress {
  nextOffset: number
  /** Exclusive end of what agrees with the leader's log. */
  matchedEnd: number
  lastAnswerUs: number
  /** When the request that is out was sent; null: none is. */
  outstandingSinceUs: number | null
}

/** A broker as the active controller hears of it (BrokerHeartbeatManager). Memory only. */
export interface BrokerSession {
  brokerEpoch: number
  lastContactUs: number
  /** Of its last heartbeat; -1 unknown. */
  metadataOffset: number
  fenced: boolean
  /** It may go when every active broker has replayed that far; -1: it is not shutting down. */
  controlledShutdownOffset: number
  /** Its time runs (4.0: also while it is fenced). */
  tracked: boolean
}

/** An answer that waits until the log is committed up to `end`. */
interface WaitingAnswer {
  readonly end: number
  readonly connection: ConnectionId
  readonly message: KafkaMessage
}

export interface ParkedMetadataFetch {
  readonly connection: ConnectionId
  readonly correlationId: number
  readonly fromOffset: number
  readonly knownEnd: number
}

interface QuorumVolatile {
  /** `prospective` asks for pre-votes (KIP-996), `candidate` for votes. */
  role: 'follower' | 'prospective' | 'candidate' | 'leader'
  /** The leader of the present epoch; -1 unknown. */
  leader: number
  lastHeardUs: number
  /** How long this controller waits for the leader it follows. */
  patienceUs: number
  /** Who has granted a vote, this controller too. */
  votes: number[]
  /** Leader only: what has been written out; what lingers above is not sent and not counted. */
  flushedEnd: number
  lingering: boolean
  voters: Record<string, VoterProgress>
  /** Leader only: the cluster as the whole log has it, committed or not; null on others. */
  image: MetadataImage | null
  sessions: Record<string, BrokerSession>
  waiting: WaitingAnswer[]
  /** By number. */
  parked: Record<string, ParkedMetadataFetch>
  nextId: number
}

export interface QuorumState {
  durable: QuorumDurable
  /** null while the process does not run. */
  volatile: QuorumVolatile | null
}

type QuorumContext = Context<KafkaMessage, Fact>

/** One step's surroundings. */
export interface Given {
  readonly state: QuorumState
  readonly ctx: QuorumContext
  readonly config: QuorumConfig
}

export function running(state: QuorumState): QuorumVolatile {
  assert(state.volatile !== null, 'a controller that does not run was given something to do')
  return state.volatile
}

/** The active controller's picture of the cluster. */
export function imageOf(state: QuorumState): MetadataImage {
  const { image } = running(state)
  assert(image !== null, 'a controller that is not active has no picture of what is being written')
  return image
}

/** A setting of milliseconds, in us. */
export function durationOf(config: QuorumConfig, key: string, absentMs: number): number {
  const value = config.settings[key]
  return msToUs(typeof value === 'number' ? value : absentMs)
}

export const isActive = (state: QuorumState): boolean => state.volatile?.role === 'leader'

export const freshMemory = (nowUs: number): QuorumVolatile => ({
  role: 'follower',
  leader: -1,
  lastHeardUs: nowUs,
  patienceUs: 0,
  votes: [],
  flushedEnd: 0,
  lingering: false,
  voters: {},
  image: null,
  sessions: {},
  waiting: [],
  parked: {},
  nextId: 1,
})
