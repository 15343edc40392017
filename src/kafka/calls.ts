/** What an application asks of its client, one call after another in one thread, as the Java classes name it. */
import type { TopicPartition } from './ids.ts'
import type { GroupMemberIdentity } from './messages/transactions.ts'

/** Where a record was read. */
export interface ReadRecord {
  readonly partition: TopicPartition
  readonly offset: number
}

type ProducerCall =
  /** Returns when `send` returns: the record is in a batch, or was refused; with `waits` when it has its result. */
  | {
      readonly call: 'send'
      readonly topic: string
      /** null: the partitioner chooses. */
      readonly partition: number | null
      readonly key: string | null
      readonly value: string | null
      readonly waits: boolean
      /** The record that an application made it of: its partition and offset; absent: none. */
      readonly madeOf?: ReadRecord
    }
  /** Records `prefix`+from … `prefix`+(to−1), one `send` each. */
  | {
      readonly call: 'sendMany'
      readonly topic: string
      readonly partition: number | null
      /** Keys are k0, k1 …, by the number of the record. */
      readonly keyed: boolean
      readonly prefix: string
      readonly from: number
      readonly to: number
      /** So many dots follow the number in each value. */
      readonly padBytes: number
      /** Between the end of one send and the next, in us. */
      readonly gapUs: number
      /** Waits for the result of each before the next. */
      readonly waits: boolean
    }
  /** Waits for the topic's metadata, at most `max.block.ms`. */
  | { readonly call: 'partitionsFor'; readonly topic: string }
  /** Returns when every record sent before has its result. */
  | { readonly call: 'flush' }
  | { readonly call: 'initTransactions' | 'beginTransaction' | 'commitTransaction' | 'abortTransaction' }
  | {
      readonly call: 'sendOffsetsToTransaction'
      readonly offsets: Readonly<Record<TopicPartition, number>>
      readonly group: string
      /** Label of the `groupMetadata` call whose ConsumerGroupMetadata goes along (KIP-447); null: the group id only. */
      readonly metadataOf: string | null
      /** What that call gave: the world fills it in. */
      readonly member: GroupMemberIdentity | null
    }

type ConsumerCall =
  | {
      readonly call: 'subscribe'
      readonly topics: readonly string[]
      /** How long `onPartitionsRevoked` takes, in us. */
      readonly revokedTakesUs: number
    }
  | { readonly call: 'assign'; readonly partitions: readonly TopicPartition[] }
  /** `poll(50 ms)` again and again until stopPolling; other calls run between two polls. */
  | { readonly call: 'pollLoop' | 'stopPolling' | 'unsubscribe' | 'positions' | 'groupMetadata' }
  | { readonly call: 'poll'; readonly timeoutUs: number }
  /** `poll` by an application of the same process: it is given where records were read, and is called back (PolledRecords). */
  | { readonly call: 'pollRecords'; readonly timeoutUs: number }
  /** Goes back to the group's committed offsets of these partitions. */
  | { readonly call: 'seekToCommitted'; readonly partitions: readonly TopicPartition[] }
  /** null: the positions of the client. */
  | {
      readonly call: 'commitSync' | 'commitAsync'
      readonly offsets: Readonly<Record<TopicPartition, number>> | null
    }
  /** `commitSync` of one partition, 1, 2, 3 …, each so long after the one before; other calls run in between. */
  | { readonly call: 'commitLoop'; readonly partition: TopicPartition; readonly everyUs: number }
  | { readonly call: 'stopCommitLoop' }
  /** The application thread is busy: it does not poll for so long. */
  | { readonly call: 'processFor'; readonly forUs: number }
  | { readonly call: 'seek'; readonly partition: TopicPartition; readonly offset: number }
  | { readonly call: 'pause' | 'resume'; readonly partitions: readonly TopicPartition[] }

/** A clean close: waits for what is under way, leaves the group, says goodbye. */
export interface CloseCall {
  readonly call: 'close'
}

export type ClientCall = ProducerCall | ConsumerCall | CloseCall

/** What a call gave: NONE, or the classes of the exception that it threw, outermost first. */
export interface CallResult {
  readonly error: 'NONE' | readonly string[]
}

/** A call of ConsumerRebalanceListener. */
export interface RebalanceCallback {
  readonly kind: 'partitionsAssigned' | 'partitionsRevoked' | 'partitionsLost'
  readonly partitions: readonly TopicPartition[]
}

/** What `pollRecords` gave. */
export interface PolledRecords extends CallResult {
  /** In the order in which they are handed out. */
  readonly records: readonly (ReadRecord & { readonly value: string | null })[]
  /** What the application has to answer by polling on; nothing goes on in the rebalance before that. */
  readonly callbacks: readonly RebalanceCallback[]
}
