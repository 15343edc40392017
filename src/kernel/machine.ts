import type { Json } from './json.ts'

/** Names one machine of the world, for example `broker-1`, `controller-1`, `session-1`, `registry`, `producer-p1`. */
export type NodeId = string

/** Names one incarnation of one connection, for example `broker-2>broker-1#replica@3`. */
export type ConnectionId = string

/** Whatever travels on the network or between machines of one process: plain, readonly, never changed once made. */
export interface Message {
  readonly type: string
}

/** Why a connection ended, as its remaining end learns it. */
export type DisconnectReason = 'refused' | 'closed' | 'reset'

/** What a machine can be given. A timer, a start and a broken connection are inputs like any message. */
export type Input<M extends Message, Operation> =
  /** The process has just been started: volatile state is fresh, durable state is what survived. */
  | { readonly kind: 'start'; readonly first: boolean }
  /** SIGTERM: shut down gracefully and then `ctx.exit(0)`. */
  | { readonly kind: 'stop' }
  | { readonly kind: 'message'; readonly from: NodeId; readonly connection: ConnectionId; readonly message: M }
  /** From another machine of the same process. */
  | { readonly kind: 'local'; readonly from: NodeId; readonly message: M }
  | { readonly kind: 'timer'; readonly name: string; readonly data: Json }
  | {
      readonly kind: 'disconnected'
      readonly peer: NodeId
      readonly channel: string
      readonly connection: ConnectionId
      readonly reason: DisconnectReason
    }
  /** A client or administrator asks for something; answered once with `ctx.complete`. */
  | { readonly kind: 'operation'; readonly operation: Operation }

/** The only way out of a step. */
export interface Context<M extends Message, Fact> {
  readonly self: NodeId
  /** The clock of this process in microseconds: virtual time plus the skew of its machine. */
  readonly nowUs: number
  /** The next draw of the named stream, in [0, 1). Key streams by entity: `controller.election/broker-3`. */
  random(stream: string): number
  /** Sends on the connection that this node opened to `to` for `channel`; opens it when there is none. */
  send(to: NodeId, channel: string, message: M): void
  /** Answers on the connection a message came in on. Dropped in silence when that connection is gone. */
  reply(connection: ConnectionId, message: M): void
  /** Closes the connection this node opened to `to` for `channel`: what is in flight on it, both ways, is lost. */
  close(to: NodeId, channel: string): void
  /** Closes a connection by name, also one that the other side opened. */
  closeConnection(connection: ConnectionId): void
  /** Hands a message to another machine of the same process: its next event, at the same time. */
  tell(to: NodeId, message: M): void
  /** Arms (or re-arms) this node's timer of that name. Fires late when the process is paused, never early. */
  setTimer(name: string, delayUs: number, data?: Json): void
  cancelTimer(name: string): void
  /** The outcome of an operation, for the ledger. */
  complete(operationId: string, outcome: Json): void
  /** Something worth knowing happened: a line of the trace, an entry of the ledger. Changes nothing else. */
  fact(fact: Fact): void
  /** A rare branch was reached (a `sometimes` probe). Changes nothing. */
  probe(name: string): void
  /** The process of this node ends now with an exit code. */
  exit(code: number): void
}

/**
 * A node is a pure machine: `step` reads its state, its input and its context and nothing else; it mutates `state` in
 * place and every outward consequence goes through the context.
 */
export interface Machine<State, Config, M extends Message, Operation, Fact> {
  /** State of a node that has never run: durable part empty, volatile part null. */
  readonly init: (self: NodeId, config: Config) => State
  readonly step: (state: State, input: Input<M, Operation>, ctx: Context<M, Fact>, config: Config) => void
  /** Whether connections to the node are accepted yet; a machine without it accepts them as soon as it runs. */
  readonly listens?: (state: State) => boolean
  /** What a kill of the process does to the state: volatile parts go. */
  readonly kill: (state: State) => void
}
