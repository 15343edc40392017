/** What the administrator has under way, as plain data. */
import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import type { BrokerId } from '../../kafka/ids.ts'
import type { RegistryOp } from '../../kafka/messages/registry.ts'
import type { AdminRequest, RawRequest } from '../../kafka/operations.ts'
import type { Json } from '../../kernel/json.ts'

export interface AdminConfig {
  /** Racks by broker, which a topic's assignment spreads over when every live broker has one. */
  readonly brokers: readonly { readonly id: BrokerId; readonly rack: string | null }[]
  readonly mechanisms: Mechanisms
  /** KRaft: ids of the controllers, ascending. */
  readonly controllers?: readonly number[]
}

/** An administration that goes on step by step, one registry request at a time. */
export interface Job {
  readonly request: AdminRequest
  /** Which step the request under way belongs to. */
  stage: number
  /** What earlier steps found out. */
  memo: Json
  /** The request under way, to be sent again when its connection breaks. */
  ops: readonly RegistryOp[]
  xid: number
  /** It was sent more than once, so an "exists" or a "bad version" may be the echo of the first time. */
  retried: boolean
}

/** A raw request on a connection of its own. */
export interface OpenRequest {
  readonly broker: BrokerId
  readonly request: RawRequest
  readonly correlationId: number
  /** The operation has been completed; the connection only stays open so that nothing on it is lost. */
  completed: boolean
}

/** KRaft: an administration that the active controller is asked for. */
export interface ControllerJob {
  readonly request: AdminRequest
  /** Whom it was sent to, and under which number; null: it waits to be sent again. */
  asked: { readonly controller: number; readonly correlationId: number } | null
}

export interface AdminVolatile {
  nextXid: number
  nextCorrelationId: number
  jobs: Record<string, Job>
  /** Operation ids by xid of the request under way. */
  byXid: Record<string, string>
  requests: Record<string, OpenRequest>
  /** Operation ids by correlation id. */
  byCorrelation: Record<string, string>
  /** KRaft: administrations under way by operation id, and the controller that is believed to be active. */
  controllerJobs?: Record<string, ControllerJob>
  controller?: number
}

export interface AdminState {
  volatile: AdminVolatile | null
}
