/** The application's thread in front of a consumer: its calls one after another, between them its poll loop. */
import type { CallResult, ClientCall, RebalanceCallback } from '../../../kafka/calls.ts'
import type { TopicPartition } from '../../../kafka/ids.ts'
import type { CallOperation } from '../../../kafka/operations.ts'
import type { Json } from '../../../kernel/json.ts'
import { type Deque, emptyDeque } from '../../deque.ts'
import type { ClientContext } from '../../links.ts'
import type { ConsumerConfig, ConsumerState, ConsumerVolatile } from '../state.ts'

/** A call that has not returned. */
export interface RunningCall {
  readonly operation: CallOperation
  readonly sinceUs: number
  /** What its rule remembers. */
  data: Json
}

/** A loop of commits: the number of the one that is out, and what those before took. */
interface CommitLoop {
  readonly operationId: string
  readonly partition: TopicPartition
  readonly everyUs: number
  next: number
  out: number | null
  sinceUs: number
  nextAtUs: number
  ending: boolean
  commits: { readonly tookMs: number; readonly error: 'NONE' | readonly string[] }[]
}

export interface Processing {
  readonly stage: 'begin' | 'committing-before' | 'processing' | 'storing' | 'committing-after'
  readonly records: readonly (readonly [TopicPartition, number])[]
  /** How many of them are done. */
  readonly done: number
  /** When the next one is done, in us; null: none is in hand. */
  readonly doneAtUs: number | null
  /** What is committed with them. */
  readonly offsets: Readonly<Record<TopicPartition, number>>
}

export interface ConsumerApplication {
  waiting: Deque<CallOperation>
  running: RunningCall | null
  /** It polls again and again. */
  looping: boolean
  /** The thread does something else until then; null: it does not. */
  busyUntilUs: number | null
  /** `topics`: a member of its group; `partitions`: what it was assigned by hand. */
  subscription: 'none' | 'topics' | 'partitions'
  /** What it subscribes to, sorted; of a pattern what matches among the topics that it knows. */
  topics: readonly string[]
  /** How long `onPartitionsRevoked` takes, in us. */
  revokedTakesUs: number
  paused: TopicPartition[]
  /** The thread is in `poll` (or has just come out of it), so that fetches go out. */
  fetching: boolean
  /** Commit of a rebalance or a close that is waited for; null: none. */
  awaitedCommit: number | null
  /** Records that the application of a plan has still to process, in order; null: none. */
  processing: Processing | null
  /** `commitSync` again and again between other calls; absent: no. */
  committing?: CommitLoop
  /** Callbacks of a rebalance that the application of the process is in, or has to be told of; absent: none. */
  callbacks?: readonly RebalanceCallback[]
  closed: boolean
}

export const newApplication = (): ConsumerApplication => ({
  waiting: emptyDeque(),
  running: null,
  looping: false,
  busyUntilUs: null,
  subscription: 'none',
  topics: [],
  revokedTakesUs: 0,
  paused: [],
  fetching: false,
  awaitedCommit: null,
  processing: null,
  closed: false,
})

/** Whether the application is in a callback: neither the rebalance nor the positions go on before it returns. */
export const isCalledBack = ({ callbacks }: ConsumerApplication): boolean => callbacks !== undefined

/** Whether the thread is in `poll` and free to go on there. */
export const isBusy = (application: ConsumerApplication): boolean =>
  application.busyUntilUs !== null || isCalledBack(application)

/** What everything that the thread does is given. */
export interface Thread {
  readonly state: ConsumerState
  readonly memory: ConsumerVolatile
  readonly application: ConsumerApplication
  readonly config: ConsumerConfig
  readonly ctx: ClientContext
}

export interface Calling<Call extends ClientCall = ClientCall> extends Thread {
  readonly running: RunningCall
  readonly call: Call
}

/** One kind of call. Both answer null as long as the call blocks; `look` is asked after every input. */
export interface CallRule<Call extends ClientCall = ClientCall> {
  readonly begin: (calling: Calling<Call>) => CallResult | null
  readonly look: (calling: Calling<Call>) => CallResult | null
}

export const RETURNED: CallResult = { error: 'NONE' }
