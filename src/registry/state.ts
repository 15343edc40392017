/** The ZooKeeper-like registry as plain data. One node (`registry`), always linearizable. */
import type { Json } from '../kernel/json.ts'
import type { ConnectionId, NodeId } from '../kernel/machine.ts'

export interface Znode {
  data: Json
  /** Grows by one with each setData; 0 at creation. */
  version: number
  /** zxid of the creation; of a broker's registration this is its broker epoch (KIP-380). */
  czxid: number
  /** zxid of the last change of the data. */
  mzxid: number
  /** Owning session; 0: persistent. */
  ephemeralOwner: number
  /** Names of the children, sorted. */
  children: string[]
  /** Counter of sequential children. */
  nextSequence: number
}

export interface RegistrySession {
  readonly id: number
  /** The process that opened it, as a readable name: `broker-3`. */
  readonly owner: string
  timeoutMs: number
  /** Expires at the first tick at or after this time. */
  expiresAtUs: number
  /** The connection it is reachable on now; null while disconnected. */
  connection: ConnectionId | null
  ephemerals: string[]
}

export interface RegistryState {
  nodes: Record<string, Znode>
  sessions: Record<string, RegistrySession>
  nextSessionId: number
  zxid: number
  /** One-shot watches: path -> session ids, sorted. */
  dataWatches: Record<string, number[]>
  childWatches: Record<string, number[]>
}

export interface RegistryConfig {
  /** ZooKeeper's tick: sessions expire on multiples of it. */
  readonly tickMs: number
}

export type RegistryClient = NodeId
