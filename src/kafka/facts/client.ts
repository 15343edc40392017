/** Facts about what clients do, and what they are told. */
import type { ReadRecord } from '../calls.ts'
import type { BrokerId, TopicPartition } from '../ids.ts'
import type { RecordIdentity } from '../records.ts'

export type ClientFact =
  /** The application called `send` itself (a workload's records are entered when they are offered). */
  | {
      readonly kind: 'recordSent'
      readonly operationId: string
      readonly client: string
      readonly partition: TopicPartition | null
      readonly key: string | null
      readonly value: string | null
      /** The transaction it was sent in; absent: none. */
      readonly transaction?: string
      /** The record that its application made it of; absent: none. */
      readonly madeOf?: ReadRecord
    }
  | {
      readonly kind: 'clientTold'
      readonly operationId: string
      readonly outcome: 'acked' | 'failed' | 'unknown'
      readonly error: string
      readonly partition: TopicPartition | null
      readonly offset: number
      readonly acks: number
      /** `send` itself threw it; absent: the callback had it. */
      readonly thrown?: true
      /** Classes of the exception, outermost first, where the error does not tell them. */
      readonly exception?: readonly string[]
    }
  | {
      readonly kind: 'recordsPolled'
      readonly client: string
      readonly partition: TopicPartition
      readonly fromOffset: number
      readonly records: readonly { readonly offset: number; readonly id: RecordIdentity; readonly epoch: number }[]
      readonly highWatermark: number
      readonly broker: BrokerId
    }
  | {
      readonly kind: 'positionReset'
      readonly client: string
      readonly partition: TopicPartition
      readonly from: number
      readonly to: number
      readonly why: string
    }
  | {
      readonly kind: 'consumerFailed'
      readonly client: string
      readonly partition: TopicPartition
      readonly position: number
      readonly why: string
    }
  | {
      readonly kind: 'offsetCommitted'
      readonly client: string
      readonly partition: TopicPartition
      readonly offset: number
    }
  | {
      readonly kind: 'clientRetried'
      readonly client: string
      readonly partition: TopicPartition
      readonly error: string
      readonly attempt: number
    }
  | {
      /** A client gives up the brokers that it knows and asks its bootstrap servers again (KIP-899). */
      readonly kind: 'clientRebootstrapped'
      readonly client: string
      readonly brokers: readonly BrokerId[]
    }
  /** A consumer reads a partition from that replica from now on (KIP-392); null: from its leader again. */
  | {
      readonly kind: 'readReplica'
      readonly client: string
      readonly partition: TopicPartition
      readonly replica: BrokerId | null
      readonly why: string
    }
  /** The sending thread of an asynchronous Scala producer has given records up, which nobody is told. */
  | { readonly kind: 'recordsGivenUp'; readonly client: string; readonly count: number }
