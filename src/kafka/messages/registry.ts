/** What travels between a registry and its clients, and between a process's session and the machines that share it. */
import type { Json } from '../../kernel/json.ts'
import type { NodeId } from '../../kernel/machine.ts'

/** Version and creation of a znode. `version` grows by one with each setData; czxid is the zxid of its creation. */
export interface ZnodeStat {
  readonly version: number
  readonly czxid: number
  /** 0: persistent. */
  readonly ephemeralOwner: number
}

/** One operation. `version: -1` matches any version. Several in one request are a multi: all or none. */
export type RegistryOp =
  | {
      readonly op: 'create'
      readonly path: string
      readonly data: Json
      readonly ephemeral: boolean
      readonly sequential?: boolean
    }
  | { readonly op: 'delete'; readonly path: string; readonly version: number }
  | { readonly op: 'setData'; readonly path: string; readonly data: Json; readonly version: number }
  | { readonly op: 'check'; readonly path: string; readonly version: number }
  | { readonly op: 'getData'; readonly path: string; readonly watch: boolean }
  | { readonly op: 'exists'; readonly path: string; readonly watch: boolean }
  | { readonly op: 'getChildren'; readonly path: string; readonly watch: boolean }

export type RegistryErrorName =
  | 'NONODE'
  | 'NODEEXISTS'
  | 'BADVERSION'
  | 'NOTEMPTY'
  /** An earlier or later operation of the same multi failed. */
  | 'ROLLEDBACK'
  | 'SESSIONEXPIRED'
  /** The connection broke before the answer: the write may or may not have happened. */
  | 'CONNECTIONLOSS'

export type RegistryResult =
  | { readonly error: RegistryErrorName }
  | {
      readonly error: null
      /** The path created (sequential nodes get their number), else the path asked for. */
      readonly path: string
      readonly data?: Json
      /** null: the node does not exist (exists only). */
      readonly stat?: ZnodeStat | null
      /** Names (not paths) of the children, sorted. */
      readonly children?: readonly string[]
    }

export type WatchKind = 'created' | 'deleted' | 'dataChanged' | 'childrenChanged'

// --- On the connection between a session and the registry (channel `registry`).

/**
 * The watches a client still waits for when it comes back on the same session (ZooKeeper's SetWatches): what changed
 * after `zxid`, the last one the client has seen, fires at once; the others are set again.
 */
export interface WatchSet {
  readonly zxid: number
  /** Sorted paths, by kind: of a node that existed, of one that did not, of a node's children. */
  readonly data: readonly string[]
  readonly exists: readonly string[]
  readonly children: readonly string[]
}

export interface ConnectRequest {
  readonly type: 'ConnectRequest'
  /** 0 asks for a new session. */
  readonly sessionId: number
  readonly timeoutMs: number
  /** Only with a known session. */
  readonly watches?: WatchSet
}

export interface ConnectResponse {
  readonly type: 'ConnectResponse'
  /** 0: the session asked for has expired. */
  readonly sessionId: number
  /** As granted: ZooKeeper allows 2 to 20 ticks. */
  readonly timeoutMs: number
}

export interface PingRequest {
  readonly type: 'PingRequest'
  readonly sessionId: number
}

export interface PingResponse {
  readonly type: 'PingResponse'
}

export interface CloseSessionRequest {
  readonly type: 'CloseSessionRequest'
  readonly sessionId: number
}

export interface CloseSessionResponse {
  readonly type: 'CloseSessionResponse'
}

/** sessionId 0 is allowed for requests without ephemeral nodes and watches (the administrator's). */
export interface RegistryRequest {
  readonly type: 'RegistryRequest'
  readonly xid: number
  readonly sessionId: number
  readonly ops: readonly RegistryOp[]
}

export interface RegistryResponse {
  readonly type: 'RegistryResponse'
  readonly xid: number
  /** One result an operation. When a multi fails every result is an error. */
  readonly results: readonly RegistryResult[]
  /** The registry's last zxid when it answered. */
  readonly zxid?: number
}

export interface WatchEvent {
  readonly type: 'WatchEvent'
  readonly path: string
  readonly watch: WatchKind
}

// --- Inside a process: between the session machine and the machines that use it (`ctx.tell`).

/** Asks the process's session for one request. Requests of one process reach the registry in the order told. */
export interface SessionRequest {
  readonly type: 'SessionRequest'
  /** Chosen by the asker, echoed in the answer. */
  readonly requestId: string
  readonly ops: readonly RegistryOp[]
}

/**
 * The answer. A request that loses its connection is sent again once connected (ZkClient and KafkaZkClient both retry
 * until connected), so `CONNECTIONLOSS` is never seen here, but `retried` is then true: a BADVERSION or NODEEXISTS may
 * be the echo of its own first try (KAFKA-1382). When the session has expired meanwhile, every result is SESSIONEXPIRED
 * where the generation's client says so, else the request is sent on the new session.
 */
export interface SessionResponse {
  readonly type: 'SessionResponse'
  readonly requestId: string
  readonly results: readonly RegistryResult[]
  readonly retried: boolean
}

/** A watch set by any machine of the process fired; told to every machine of the process but the session itself. */
export interface SessionWatch {
  readonly type: 'SessionWatch'
  readonly path: string
  readonly watch: WatchKind
}

/**
 * The session changed: `established` (a new one, after the start or after an expiry), `disconnected`, `reconnected`
 * (the same one), `expired` (noticed; `established` follows). Told to every other machine of the process.
 */
export interface SessionState {
  readonly type: 'SessionState'
  readonly state: 'established' | 'disconnected' | 'reconnected' | 'expired'
  readonly sessionId: number
}

/** Closes the session for good (graceful stop); answered by SessionClosed once the registry has removed it. */
export interface SessionClose {
  readonly type: 'SessionClose'
}

export interface SessionClosed {
  readonly type: 'SessionClosed'
}

export interface SessionConfig {
  /** The machines of the process that are told watches and state changes. */
  readonly users: readonly NodeId[]
  readonly timeoutMs: number
  /** What a request in flight gets when its session has expired: an error (1.1+) or a retry on the new one. */
  readonly expiredRequests: 'fail' | 'retry'
}
