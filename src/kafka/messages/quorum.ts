/** What travels in KRaft: between controllers, from brokers to the active controller, and from administrators. */
import type { ErrorName } from '../errors.ts'
import type { BrokerId } from '../ids.ts'
import type { MetadataEntry } from '../metadata-log.ts'
import type { AdminRequest } from '../operations.ts'

// --- Between controllers (channel `quorum`).

/** `preVote` (KIP-996, 4.0) asks whether a vote would be given and raises nobody's epoch. */
export interface VoteRequest {
  readonly type: 'VoteRequest'
  readonly epoch: number
  readonly candidate: number
  readonly lastEpoch: number
  readonly endOffset: number
  readonly preVote: boolean
}

export interface VoteResponse {
  readonly type: 'VoteResponse'
  readonly epoch: number
  readonly granted: boolean
  readonly preVote: boolean
}

/** Entries from `fromOffset` on, whose predecessor has `previousEpoch`; none at all is a sign of life. */
export interface QuorumAppendRequest {
  readonly type: 'QuorumAppendRequest'
  readonly epoch: number
  readonly leader: number
  readonly fromOffset: number
  /** -1: there is no predecessor. */
  readonly previousEpoch: number
  readonly entries: readonly MetadataEntry[]
  /** Exclusive end of what is committed. */
  readonly committedEnd: number
}

/** `endOffset`: up to where the log agrees with the leader's, or where to try again. */
export interface QuorumAppendResponse {
  readonly type: 'QuorumAppendResponse'
  readonly epoch: number
  readonly accepted: boolean
  readonly endOffset: number
}

// --- From brokers (channels `metadata`, `heartbeat`; AlterPartition on `controller`).

/** A broker asks for committed records from an offset on; the answer waits for something new, at most `maxWaitMs`. */
export interface MetadataFetchRequest {
  readonly type: 'MetadataFetchRequest'
  readonly correlationId: number
  readonly broker: BrokerId
  readonly fromOffset: number
  /** Exclusive end of the log as this broker has heard of it, committed or not. */
  readonly knownEnd: number
  readonly maxWaitMs: number
}

export interface MetadataFetchResponse {
  readonly type: 'MetadataFetchResponse'
  readonly correlationId: number
  /** NOT_CONTROLLER: ask `leader`. */
  readonly error: ErrorName
  /** The active controller as the answering one knows it; -1 unknown. */
  readonly leader: number
  readonly epoch: number
  readonly fromOffset: number
  readonly entries: readonly MetadataEntry[]
  /** Exclusive end of the log, committed or not. */
  readonly logEnd: number
}

export interface BrokerRegistrationRequest {
  readonly type: 'BrokerRegistrationRequest'
  readonly correlationId: number
  readonly broker: BrokerId
  /** Drawn by each start of the process. */
  readonly incarnation: number
  /** Of the clean-shutdown file (KIP-966); -1: the last life did not end cleanly. */
  readonly previousBrokerEpoch: number
  readonly rack: string | null
}

export interface BrokerRegistrationResponse {
  readonly type: 'BrokerRegistrationResponse'
  readonly correlationId: number
  readonly error: ErrorName
  readonly brokerEpoch: number
}

export interface BrokerHeartbeatRequest {
  readonly type: 'BrokerHeartbeatRequest'
  readonly correlationId: number
  readonly broker: BrokerId
  readonly brokerEpoch: number
  /** The last metadata offset this broker has applied; -1 none. */
  readonly metadataOffset: number
  readonly wantFence: boolean
  readonly wantShutDown: boolean
}

export interface BrokerHeartbeatResponse {
  readonly type: 'BrokerHeartbeatResponse'
  readonly correlationId: number
  readonly error: ErrorName
  /** The broker has replayed its own registration. */
  readonly isCaughtUp: boolean
  readonly isFenced: boolean
  readonly shouldShutDown: boolean
}

// --- From administrators (channel `admin`). Simplified: real ones send to a broker, which forwards.

export interface ControllerAdminRequest {
  readonly type: 'ControllerAdminRequest'
  readonly correlationId: number
  readonly request: AdminRequest
}

export interface ControllerAdminResponse {
  readonly type: 'ControllerAdminResponse'
  readonly correlationId: number
  readonly error: ErrorName
  readonly message: string | null
  /** With NOT_CONTROLLER: whom to ask; -1 unknown. */
  readonly leader: number
}
