/** The ZooKeeper-like registry as plain data. One node (`registry`), always linearizable. */
import type { MutantName } from '../kafka/mutants.ts'
import type { Json } from '../kernel/json.ts'
import type { ConnectionId } from '../kernel/machine.ts'

export interface Znode {
  data: Json
  /** Grows by one with each setData; 0 at creation. */
  version: number
  /** zxid of the creation; of a broker's registration this is its broker epoch (KIP-380). */
  czxid: number
  /** zxid of the last change of the data. */
  mzxid: number
  /** zxid of the last creation or deletion of a child. */
  pzxid: number
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
  /** A tick boundary of the registry's own clock, at which it expires unless touched before. 0: by order, at once. */
  expiresAtUs: number
  /** The connection it is reachable on now; null while disconnected. */
  connection: ConnectionId | null
  ephemerals: string[]
}

export interface RegistryState {
  nodes: Record<string, Znode>
  sessions: Record<string, RegistrySession>
  nextSessionId: number
  /** zxid of the last write, session opening or session end. */
  zxid: number
  /** Tick boundaries lie at this time plus whole ticks; null until the first session needs one. */
  tickPhaseUs: number | null
  /** When the armed `tick` timer is due; null: none is armed. Never after the earliest expiresAtUs. */
  tickArmedUs: number | null
  /**
   * One-shot watches: path -> session ids, sorted. They belong to a connection, as in ZooKeeper: a client that comes
   * back on the same session brings the watches it still waits for.
   */
  dataWatches: Record<string, number[]>
  childWatches: Record<string, number[]>
}

export interface RegistryConfig {
  /** ZooKeeper's tick: sessions expire on multiples of it. */
  readonly tickMs: number
  /** Longest session it grants, in ms (ZooKeeper's maxSessionTimeout); absent: 20 ticks. */
  readonly maxSessionTimeoutMs?: number
  /** Planted bugs; absent: none. */
  readonly mutants?: readonly MutantName[]
}
