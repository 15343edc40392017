/** What the client side of a registry session holds. All of it dies with the process. */
import type { RegistryOp } from '../kafka/messages/registry.ts'
import type { ConnectionId, NodeId } from '../kernel/machine.ts'

export interface SessionNodeState {
  /** null while the process does not run: a restarted process asks for a new session. */
  volatile: SessionVolatile | null
}

export interface SessionVolatile {
  /**
   * `connecting`: a ConnectRequest is out. `connected`: the session is usable. `waiting`: between two attempts.
   * `closed`: given up for good by SessionClose.
   */
  phase: 'connecting' | 'connected' | 'waiting' | 'closed'
  /** 0 until the registry has granted the first one, and again from a noticed expiry to the next grant. */
  sessionId: number
  /** What is asked for until the registry has granted something, then what it granted. */
  timeoutMs: number
  /** The connection the session is established on; null in every phase but `connected`. */
  connection: ConnectionId | null
  /** The last zxid seen in an answer: every change up to it is known to this client. */
  zxid: number
  /** Requests without an answer, by xid: the order in which they were asked. */
  requests: Record<string, PendingRequest>
  nextXid: number
  /** Watches that were set and have not fired, as sorted paths: of nodes that existed, that did not, of children. */
  watches: { data: string[]; exists: string[]; children: string[] }
  /** A CloseSessionRequest is out. */
  closing: boolean
}

export interface PendingRequest {
  readonly asker: NodeId
  readonly requestId: string
  readonly ops: readonly RegistryOp[]
  /** It is on the present connection. */
  sent: boolean
  /** It was on an earlier connection and may have been carried out there. */
  retried: boolean
}
