/** What a workload, a step or a recording asks of a client or administrator; the world hands it to the client node. */
import type { NodeId } from '../kernel/machine.ts'
import type { ClientCall } from './calls.ts'
import type { BrokerId, TopicPartition } from './ids.ts'
import type { KafkaRecord } from './records.ts'

/** One record to be produced by a producer client. */
export interface SendOperation {
  readonly kind: 'send'
  readonly operationId: string
  readonly topic: string
  /** null: the client's partitioner chooses. */
  readonly partition: number | null
  readonly record: KafkaRecord
}

/** One raw request to a named broker, whether it leads or not, on a connection of its own. */
export type RawRequest =
  | {
      readonly request: 'produce'
      readonly partition: TopicPartition
      /** A timestamp of 0 becomes the time of the request. */
      readonly records: readonly KafkaRecord[]
      readonly acks: number
      readonly timeoutMs: number
    }
  | {
      readonly request: 'fetch'
      readonly partition: TopicPartition
      readonly fromOffset: number
      readonly maxWaitMs: number
    }
  | {
      readonly request: 'listOffsets'
      readonly partition: TopicPartition
      readonly timestamp: number
      readonly version: number
      /** Version 0: how many offsets are wanted; absent: one. */
      readonly maxOffsets?: number
    }
  | {
      readonly request: 'deleteRecords'
      readonly partition: TopicPartition
      /** First offset that stays; -1: the high watermark. */
      readonly before: number
      readonly timeoutMs: number
    }
  | { readonly request: 'metadata'; readonly topics: readonly string[] | null; readonly version: number }
  /** One offset; `memberOf` names a consumer of the plan whose member id is taken, as it is then. */
  | {
      readonly request: 'offsetCommit'
      readonly group: string
      readonly generation: number
      readonly memberId: string
      readonly memberOf: string | null
      readonly partition: TopicPartition
      readonly offset: number
    }
  /** A member that joins and does no more. */
  | { readonly request: 'joinGroup'; readonly group: string; readonly topics: readonly string[] }
  | { readonly request: 'offsetForLeaderEpoch'; readonly partition: TopicPartition; readonly epoch: number }

export interface RequestOperation {
  readonly kind: 'request'
  readonly operationId: string
  readonly broker: BrokerId
  /** The client's own socket time-out, in ms. */
  readonly socketTimeoutMs: number
  readonly request: RawRequest
}

/** Administration; in ZooKeeper eras most of it is a write to the registry. */
export type AdminRequest =
  | {
      readonly admin: 'createTopic'
      readonly topic: string
      readonly partitions: number
      readonly replicationFactor: number
      /** By partition number; null: assigned round robin as Kafka's tool does. */
      readonly assignment: Readonly<Record<string, readonly BrokerId[]>> | null
      readonly settings: Readonly<Record<string, string>>
      /** Write the assignment as it is, also where a tool would refuse it (a znode made by hand). */
      readonly unchecked?: boolean
    }
  | {
      readonly admin: 'addPartitions'
      readonly topic: string
      readonly total: number
      readonly assignment: Readonly<Record<string, readonly BrokerId[]>> | null
    }
  | { readonly admin: 'deleteTopic'; readonly topic: string }
  | { readonly admin: 'reassign'; readonly partitions: Readonly<Record<TopicPartition, readonly BrokerId[]>> }
  | {
      readonly admin: 'electLeader'
      readonly election: 'PREFERRED' | 'UNCLEAN'
      readonly partitions: readonly TopicPartition[]
    }
  | { readonly admin: 'alterTopicConfig'; readonly topic: string; readonly settings: Readonly<Record<string, string>> }
  | { readonly admin: 'deleteControllerNode' }

export interface AdminOperation {
  readonly kind: 'admin'
  readonly operationId: string
  readonly request: AdminRequest
}

/** Starts or stops a client's own loop (a consumer's polling). */
interface ClientControlOperation {
  readonly kind: 'control'
  readonly operationId: string
  readonly control: 'start' | 'stop'
}

/** One call of the application; calls of a client run one after another. Its result is a CallResult. */
export interface CallOperation {
  readonly kind: 'call'
  readonly operationId: string
  readonly call: ClientCall
  /** The application of the same process that called; absent: a step did, and the world keeps the result. */
  readonly caller?: NodeId
}

export type Operation = SendOperation | RequestOperation | AdminOperation | ClientControlOperation | CallOperation
