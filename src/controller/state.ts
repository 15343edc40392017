/** What a controller machine holds. All of it is volatile: a new life begins with nothing. */
import type { Settings } from '../kafka/config.ts'
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import type { LeaderAndIsrRequest, StopReplicaRequest, UpdateMetadataRequest } from '../kafka/messages/control.ts'
import type { MutantName } from '../kafka/mutants.ts'
import type { ControllerEvent, RunningEvent } from './step.ts'

export interface ControllerConfig {
  readonly id: BrokerId
  readonly mechanisms: Mechanisms
  /** Every setting of this broker, resolved. */
  readonly settings: Settings
  /** Planted bugs; absent: none. */
  readonly mutants?: readonly MutantName[]
}

export interface ControllerState {
  /** null while the process does not run. */
  volatile: ControllerVolatile | null
}

export interface ControllerVolatile {
  /** The broker has told this machine to take part in elections. */
  started: boolean
  /** The process is going down: nothing is handled any more. */
  shuttingDown: boolean
  /** The registry session of this process; 0 before the first. */
  sessionId: number
  /** A session has expired, and the next election waits until the broker has registered again (1.1+). */
  electOnRegistration: boolean
  /** Who is controller, as last read from `/controller`; -1 when nobody is. */
  controller: BrokerId
  /** Waiting events, oldest first. One runs at a time, to its end, with its registry round trips (0.11, KAFKA-5028). */
  queue: ControllerEvent[]
  running: RunningEvent | null
  /** Numbers registry requests of this life. */
  nextRequest: number
  /** Numbers control requests of this life. */
  nextCorrelation: number
  /** null unless this broker believes that it is the controller. */
  office: Office | null
}

/** What an acting controller knows of the cluster, and its lines to the brokers. */
export interface Office {
  readonly epoch: number
  /** Version of `/controller_epoch` at `epoch`; fenced writes check it. */
  readonly epochVersion: number
  /** Registered brokers, also those shutting down, by id. */
  brokers: Record<string, LiveBroker>
  /** Brokers in controlled shutdown, sorted. For elections they count as dead. */
  shuttingDown: BrokerId[]
  /** Replicas in log directories that have failed (KIP-112), sorted, by broker: as brokers answered to their roles. */
  failedReplicas: Record<string, TopicPartition[]>
  topics: Record<string, TopicCache>
  partitions: Record<TopicPartition, PartitionCache>
  channels: Record<string, ControlChannel>
  deletion: {
    /** Topics to be deleted, sorted. */
    topics: string[]
    /** Of them, those that cannot make progress at the moment, sorted. */
    ineligible: string[]
  }
}

export interface LiveBroker {
  readonly id: BrokerId
  /** czxid of the registration: the broker epoch (KIP-380). */
  readonly epoch: number
}

interface TopicCache {
  settings: Readonly<Record<string, string>>
  /** Written by the controller (KIP-516, 2.8); null before. */
  topicId: string | null
}

/** `new`: no state znode yet. `offline`: its leader is dead. */
type PartitionPhase = 'new' | 'online' | 'offline'

export type ReplicaPhase =
  | 'new'
  | 'online'
  | 'offline'
  | 'deletion-started'
  | 'deletion-successful'
  | 'deletion-ineligible'

export interface PartitionCache {
  /** Assigned replicas in order, preferred leader first; while a reassignment runs, new and old together. */
  replicas: BrokerId[]
  /** Filled only while a reassignment of 2.4+ runs (KIP-455). */
  adding: BrokerId[]
  removing: BrokerId[]
  /** What a running reassignment aims at; null when there is none. */
  target: BrokerId[] | null
  phase: PartitionPhase
  /** The state znode as last read or written; null when there is none. */
  leadership: Leadership | null
  /** By broker id. */
  replicaPhases: Record<string, ReplicaPhase>
}

export interface Leadership {
  readonly leader: BrokerId
  readonly leaderEpoch: number
  readonly isr: readonly BrokerId[]
  /** Of the controller that decided it. */
  readonly controllerEpoch: number
  /** Version of the state znode. */
  readonly version: number
}

export type ControlRequest = LeaderAndIsrRequest | UpdateMetadataRequest | StopReplicaRequest

/** The line to one broker: first in, first out, one request outstanding, each tried until it is answered. */
export interface ControlChannel {
  readonly broker: BrokerId
  /** Oldest first; the first is the one outstanding or to be tried again. */
  queue: ControlRequest[]
  /** Correlation id of the try that is out; null between tries. */
  outstanding: number | null
  /** The last try failed and the pause before the next one runs. */
  backingOff: boolean
}

export const freshVolatile = (): ControllerVolatile => ({
  started: false,
  shuttingDown: false,
  sessionId: 0,
  electOnRegistration: false,
  controller: -1,
  queue: [],
  running: null,
  nextRequest: 1,
  nextCorrelation: 1,
  office: null,
})

export const freshOffice = (epoch: number, epochVersion: number): Office => ({
  epoch,
  epochVersion,
  brokers: {},
  shuttingDown: [],
  failedReplicas: {},
  topics: {},
  partitions: {},
  channels: {},
  deletion: { topics: [], ineligible: [] },
})
