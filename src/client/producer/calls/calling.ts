/** A call of the application while it runs, and what a kind of call consists of. */
import type { CallResult, ClientCall } from '../../../kafka/calls.ts'
import type { CallOperation } from '../../../kafka/operations.ts'
import type { Json } from '../../../kernel/json.ts'
import type { Deque } from '../../deque.ts'
import { emptyDeque } from '../../deque.ts'
import type { ClientContext } from '../../links.ts'
import type { ProducerConfig, ProducerState, ProducerVolatile } from '../state.ts'

/** A call that has not returned. */
export interface RunningCall {
  readonly operation: CallOperation
  readonly sinceUs: number
  /** What its rule remembers. */
  data: Json
}

export interface Application {
  /** Calls behind the one that runs. */
  waiting: Deque<CallOperation>
  running: RunningCall | null
  /** The record whose `send` has not returned, or whose result is waited for; null: none. */
  sending: string | null
  /** Whether that record has its result. */
  told: boolean
  /** What the last `send` threw; null: nothing. */
  thrown: readonly string[] | null
  /** `flush` was called: batches do not linger until it returns. */
  flushing: boolean
  closed: boolean
}

export const newApplication = (): Application => ({
  waiting: emptyDeque(),
  running: null,
  sending: null,
  told: false,
  thrown: null,
  flushing: false,
  closed: false,
})

/** What a rule of a call is given. */
export interface Calling<Call extends ClientCall = ClientCall> {
  readonly state: ProducerState
  readonly memory: ProducerVolatile
  readonly application: Application
  readonly running: RunningCall
  readonly call: Call
  readonly config: ProducerConfig
  readonly ctx: ClientContext
}

/** One kind of call. Both answer null as long as the call blocks; `look` is asked after every input. */
export interface CallRule<Call extends ClientCall = ClientCall> {
  readonly begin: (calling: Calling<Call>) => CallResult | null
  readonly look: (calling: Calling<Call>) => CallResult | null
}

export const RETURNED: CallResult = { error: 'NONE' }

/** Wakes the application's thread; `look` of the running call is asked then. */
export const APPLICATION_TIMER = 'application'
