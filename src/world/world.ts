/** Everything together as one plain tree. Only `apply` changes it. */
import type { BrokerState } from '../broker/state.ts'
import type { ReadRecord } from '../kafka/calls.ts'
import type { ErrorName } from '../kafka/errors.ts'
import type { Fact } from '../kafka/facts.ts'
import { type BrokerId, brokerNode, type TopicPartition } from '../kafka/ids.ts'
import type { KafkaMessage } from '../kafka/messages/message.ts'
import type { MetadataRecord } from '../kafka/metadata-log.ts'
import type { Operation } from '../kafka/operations.ts'
import type { RecordIdentity } from '../kafka/records.ts'
import type { Json } from '../kernel/json.ts'
import type { ConnectionId, DisconnectReason, NodeId } from '../kernel/machine.ts'
import type { Tally } from '../kernel/tally.ts'
import type { LinkFault } from '../network/links.ts'
import type { QuorumState } from '../quorum/state.ts'
import type { RegistryState } from '../registry/state.ts'
import type { Action, Plan } from './plan.ts'

/** Names one process: `broker-1`, `registry`, `admin`, `client-p1`. What crashes, pauses and is cut. */
export type ProcessId = string

export interface Process {
  readonly id: ProcessId
  /** Its machines, in the order in which they start. */
  readonly nodes: readonly NodeId[]
  state: 'up' | 'down' | 'paused'
  /** Counts starts; what was pending for an earlier life is ignored. */
  life: number
  /** Exit code of the last life; null while it runs, or after a kill. */
  exitCode: number | null
  /** Wall-clock skew of its machine, in us. */
  skewUs: number
  /** Ids of events that came due while it was paused, in order. */
  deferred: number[]
  /** Asked to restart: when it has ended it is started again, this much later, in us; null: not asked. */
  restartUs: number | null
  /** It has been launched and still loads its logs; absent: it does not. */
  loading?: true
  /** A supervisor starts it again when it exits by itself, so many times more; absent: nobody does. */
  startsLeft?: number
  /** Set by a fault: its disk is slow or stalled; absent: it is neither. */
  disk?: { stalled: boolean; slowUs: number; freeUs: number }
  /** Set by a fault: extra time before each fetch of its replica fetchers, in us. */
  fetchLagUs: number
}

export type NodeKind =
  | 'broker'
  | 'controller'
  | 'session'
  | 'registry'
  | 'quorum'
  | 'producer'
  | 'consumer'
  | 'application'
  | 'admin'

export interface NodeSlot {
  readonly id: NodeId
  readonly kind: NodeKind
  readonly process: ProcessId
  /** The machine's state: BrokerState for brokers, RegistryState for the registry, … */
  state: unknown
  /** Its armed timers. Few: a list of them is looked through faster than a record whose keys come and go. */
  timers: ArmedTimer[]
}

/** A timer that waits in `pending`, at that place. */
export interface ArmedTimer {
  readonly name: string
  place: number
}

/** One TCP connection, opened by `client`. Names carry an incarnation, so a message of an old one can be told apart. */
export interface Connection {
  readonly id: ConnectionId
  readonly client: NodeId
  readonly server: NodeId
  readonly channel: string
  /** A first message has arrived: before that both directions must be open (the handshake). */
  established: boolean
  /** The time the last message of each direction is due, so that order is kept. */
  lastDueUs: { toServer: number; toClient: number }
  /** Messages held back, oldest first, by direction: event ids. */
  held: { toServer: number[]; toClient: number[] }
  /** Ids of deliveries in flight, both ways. */
  inFlight: number[]
  /** The end whose process is gone: what the other end sends is answered by a reset. null: both ends live. */
  gone: NodeId | null
  /** The remaining end has a disconnect on its way. */
  closing: boolean
}

export type EventBody =
  /** `scanned`: the logs have been read through already. */
  | { readonly kind: 'start'; readonly process: ProcessId; readonly life: number; readonly scanned?: true }
  | {
      readonly kind: 'deliver'
      readonly to: NodeId
      readonly from: NodeId
      readonly connection: ConnectionId
      readonly message: KafkaMessage
    }
  | {
      readonly kind: 'local'
      readonly to: NodeId
      readonly from: NodeId
      readonly life: number
      readonly message: KafkaMessage
    }
  | { readonly kind: 'timer'; readonly node: NodeId; readonly name: string; readonly data: Json; readonly life: number }
  | {
      readonly kind: 'disconnect'
      readonly to: NodeId
      readonly peer: NodeId
      readonly channel: string
      readonly connection: ConnectionId
      readonly reason: DisconnectReason
      readonly life: number
    }
  | { readonly kind: 'operation'; readonly to: NodeId; readonly operation: Operation }
  | { readonly kind: 'stop'; readonly process: ProcessId; readonly life: number }
  /** The world offers a client its next record (open loop). */
  | { readonly kind: 'offer'; readonly client: string; readonly workload: number; readonly n: number }
  /** A step of the plan fires. */
  | { readonly kind: 'step'; readonly step: number }
  /** A step with a time becomes due (its condition is judged from now on). */
  | { readonly kind: 'arm'; readonly step: number }
  /** A fault acts later, for example the end of a pause. */
  | { readonly kind: 'action'; readonly action: Action }
  /** A step's longest wait is over. */
  | { readonly kind: 'deadline'; readonly step: number }
  /** KRaft: are the brokers there that the topics of the plan wait for? */
  | { readonly kind: 'topics' }
  | { readonly kind: 'phase'; readonly phase: 'settle' | 'settle-check' | 'end' }

export interface PendingEvent {
  readonly id: number
  /** Where it is among the pending events. A place is used again when its event is over, an id never. */
  readonly place: number
  readonly atUs: number
  /** Ids of the events that led to it. */
  readonly cause: readonly number[]
  /** What its alignment key is about, such as `broker-2>broker-1/FetchRequest`. */
  readonly entity: string
  /** Which one of these it is, from 1; 0: there is but one. */
  readonly count: number
  /** The rule it follows, in a few words, with a source where Kafka has one. */
  readonly rule: string
  readonly body: EventBody
}

// --- The ledger: what clients were told, and what was ever committed.

export interface SentRecord {
  readonly id: RecordIdentity
  readonly client: string
  readonly partition: TopicPartition | null
  readonly value: string | null
  readonly key: string | null
  readonly sentAtUs: number
  readonly acks: number
  /** The transaction it was sent in; absent: none. */
  readonly transaction?: string
  /** The record that its application made it of; absent: none. */
  readonly madeOf?: ReadRecord
  /** null: no answer yet. */
  outcome: 'acked' | 'failed' | 'unknown' | null
  error: ErrorName | null
  /** Where the client was told it is; -1 unknown. */
  offset: number
  answeredAtUs: number | null
  /** Event at which the client was told. */
  answeredBy: number | null
  /** `send` itself threw the error; absent: the callback had it. */
  thrown?: true
  /** Classes of the exception, outermost first, where the error does not tell them. */
  exception?: readonly string[]
}

/** A record at an offset that a broker which believed it led had below its high watermark. */
export interface CommittedRecord {
  readonly partition: TopicPartition
  readonly offset: number
  readonly id: RecordIdentity
  readonly value: string | null
  readonly epoch: number
  readonly broker: BrokerId
  /** The leader epoch that broker believed in. */
  readonly leaderEpoch: number
  /** Whether the registry then named it leader at that epoch. */
  readonly legitimate: boolean
  readonly isr: readonly BrokerId[]
  readonly minInsyncReplicas: number
  readonly atUs: number
  readonly event: number
}

export interface RegistryWriteEntry {
  readonly atUs: number
  readonly event: number
  readonly path: string
  readonly write: 'create' | 'set' | 'delete'
  readonly version: number
  readonly czxid: number
  readonly data: Json
  readonly by: string
}

export interface SessionEndedEntry {
  readonly atUs: number
  readonly event: number
  readonly sessionId: number
  readonly by: string
  readonly removed: readonly string[]
  readonly expired: boolean
}

/** One committed record of the metadata log. */
interface MetadataLogEntry {
  readonly atUs: number
  readonly event: number
  readonly epoch: number
  readonly record: MetadataRecord
}

/** A fact with where and when: everything machines said, in order. */
export interface FactEntry {
  readonly atUs: number
  readonly event: number
  readonly node: NodeId
  readonly fact: Fact
}

/** What could be seen at one moment, under a label. */
export interface Observation {
  readonly label: string
  readonly atUs: number
  /** What `observe` copies; see world/observe.ts. */
  readonly view: Json
}

export interface RequestEntry {
  readonly label: string
  readonly sentAtUs: number
  answeredAtUs: number | null
  result: Json
}

export interface Ledger {
  sent: Record<RecordIdentity, SentRecord>
  /** By partition, by offset: every commit that was seen, first to last (more than one when it was overwritten). */
  committed: Record<TopicPartition, Record<string, CommittedRecord[]>>
  registryWrites: RegistryWriteEntry[]
  sessionsEnded: SessionEndedEntry[]
  /** KRaft: the metadata log as it was committed; the index is the offset. */
  metadataLog: MetadataLogEntry[]
  /** Facts of every kind but the frequent ones (appended, follower high watermarks, polls), which are counted only. */
  facts: FactEntry[]
  counts: Record<string, number>
  observations: Record<string, Observation>
  requests: Record<string, RequestEntry>
  /** What consumers were handed: by client and partition. */
  polled: Record<
    string,
    Record<TopicPartition, { offset: number; id: RecordIdentity; atUs: number; broker: BrokerId }[]>
  >
  /** How often the members of a group have processed an offset of a partition. */
  processed: Record<string, Record<TopicPartition, Record<string, number>>>
  /** Times without an acked send, by client, for the longest unavailability. */
  availability: Record<string, { lastAckUs: number; longestUs: number; longestFromUs: number }>
}

/** Requests of a step that are sent one after another. */
export interface RequestLoop {
  /** Number of the last one sent, from 0. */
  attempt: number
  running: boolean
  readonly action: Action & { readonly do: 'requestLoop' }
}

type StepState = {
  state: 'waiting' | 'armed' | 'due' | 'fired'
  armedAtUs: number | null
  firedAtUs: number | null
  /** Targets as they were when it fired, in words. */
  resolved: string
}

export interface World {
  readonly plan: Plan
  nowUs: number
  /** Events applied so far: the index of the next one. */
  index: number
  nextEventId: number
  nextStepEventId: number
  phase: 'run' | 'settle' | 'end'
  /** Events to come, each at its place; null: a place that is free. */
  pending: (PendingEvent | null)[]
  /** Free places of `pending`; the last one is taken first. */
  freePlaces: number[]
  /** Draws taken, by stream. */
  draws: Tally
  processes: Record<ProcessId, Process>
  nodes: Record<NodeId, NodeSlot>
  connections: Record<ConnectionId, Connection>
  /** The connection a client node has open, by `client>server#channel`. */
  open: Record<string, ConnectionId>
  nextConnection: number
  /** Processes that have been started at least once, in order. */
  started: ProcessId[]
  faults: LinkFault[]
  /** When a link of limited bandwidth is free again, by `from>to`, in us. */
  linkFreeUs: Record<string, number>
  /** Settings changed during the run, by broker node. */
  settingChanges: Record<NodeId, Record<string, string | number | boolean>>
  /** Records offered so far, by producer. */
  offered: Record<string, number>
  /** Producers whose workload a step has stopped, sorted. */
  stoppedClients: string[]
  steps: StepState[]
  /** Steps whose condition is judged after each event, in plan order. */
  armedSteps: number[]
  firedSteps: number
  /** The step that did not come true in time; the run ends there. */
  notReached: { step: number; words: string } | null
  /** Looks in a row at which the settling cluster was quiet. */
  quietLooks: number
  requestLoops: Record<string, RequestLoop>
  /** Counters behind alignment keys. */
  keyCounts: Tally
  ledger: Ledger
}

// --- Reading the world. Everything outside `apply` goes through these.

/** The version-free alignment key of an event, by which two runs can be laid side by side: `broker-2>broker-1/FetchRequest#7`. */
export const eventKey = ({ entity, count }: Pick<PendingEvent, 'entity' | 'count'>): string =>
  count === 0 ? entity : `${entity}#${count}`

export const registryState = (world: World): RegistryState => world.nodes.registry!.state as RegistryState

export const isKraft = (world: World): boolean => world.plan.mechanisms.metadata === 'kraft'

export const quorumState = (world: World, id: number): QuorumState | null =>
  (world.nodes[`quorum-${id}`]?.state as QuorumState | undefined) ?? null

export const brokerState = (world: World, id: BrokerId): BrokerState | null =>
  (world.nodes[brokerNode(id)]?.state as BrokerState | undefined) ?? null

/** A partition's state as the registry has it. */
export interface PartitionTruth {
  readonly leader: BrokerId
  readonly leaderEpoch: number
  readonly isr: readonly BrokerId[]
  readonly controllerEpoch: number
  readonly version: number
  readonly replicas: readonly BrokerId[]
  /** KRaft (KIP-966, KIP-704): absent with a registry. */
  readonly elr?: readonly BrokerId[]
  readonly lastKnownElr?: readonly BrokerId[]
  readonly recoveryState?: number
}
