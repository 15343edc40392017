/** The Scala producer (kafka.producer, 0.8.0 to 1.1) as plain data. */
import type { BrokerId, TopicPartition } from '../../../kafka/ids.ts'
import type { SendOperation } from '../../../kafka/operations.ts'
import type { ClusterView } from '../../cluster-view.ts'
import type { Deque } from '../../deque.ts'
import type { Links } from '../../links.ts'

type ScalaRequest = { readonly kind: 'produce' }

/** One request of a dispatch: what one broker leads. */
export interface BrokerRequest {
  /** -1: nobody leads, and the request fails unsent. */
  readonly broker: BrokerId
  readonly partitions: Readonly<Record<TopicPartition, readonly SendOperation[]>>
}

/** Records that are handled together (DefaultEventHandler.handle). The thread that handles them does nothing else. */
export interface Handling {
  outstanding: readonly SendOperation[]
  /** How often they may still be dispatched. */
  triesLeft: number
  /** `refreshing`: before a dispatch. `backing-off`: after one that failed, with a refresh to follow. */
  phase: 'refreshing' | 'sending' | 'backing-off'
  /** End of the back-off. */
  untilUs: number
  /** Brokers that did not answer the present refresh. */
  refreshFailures: number
  /** Requests of the present dispatch that have no answer yet: they go out one after another. */
  requests: readonly BrokerRequest[]
  /** The first of them is on its way. */
  isOut: boolean
  /** What failed in the present dispatch. */
  failed: readonly SendOperation[]
  /** Something was sent without an answer that says no: it may be in a log. */
  mayBeAppended: boolean
  /** Where what was acknowledged lies. */
  placed: Record<string, { readonly partition: TopicPartition; readonly offset: number }>
}

export interface ScalaMemory {
  links: Links<ScalaRequest>
  view: ClusterView
  wakeAtUs: number | null
  /** Sends that wait for the application's thread: the first one is inside `send`. */
  calling: Deque<SendOperation>
  /** Since when the first one waits for a place in the queue; null: it does not. */
  blockedSinceUs: number | null
  /** Between the application and the sending thread (producer.type async). */
  queue: Deque<SendOperation>
  /** What the sending thread has taken for its next batch. */
  events: SendOperation[]
  /** When it was done with its last batch. */
  lastSendUs: number
  handling: Handling | null
  /** The partition of records without keys, by topic, until the next refresh. */
  sticky: Record<string, number>
  /** When metadata was last renewed because of its age; null: never. */
  refreshedAtUs: number | null
}
