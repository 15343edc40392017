/** Facts about replication: roles and high watermarks, the ISR, and what leaders refuse or acknowledge. */
import type { BrokerId, TopicPartition } from '../ids.ts'

export type ReplicationFact =
  // --- High watermark and roles
  | {
      readonly kind: 'highWatermark'
      readonly partition: TopicPartition
      readonly from: number
      readonly to: number
      readonly as: 'leader' | 'follower'
    }
  | {
      readonly kind: 'becameLeader'
      readonly partition: TopicPartition
      readonly leaderEpoch: number
      readonly logEndOffset: number
      readonly highWatermark: number
      readonly isr: readonly BrokerId[]
    }
  | {
      readonly kind: 'becameFollower'
      readonly partition: TopicPartition
      readonly leader: BrokerId
      readonly leaderEpoch: number
      readonly logEndOffset: number
      readonly highWatermark: number
    }
  | {
      readonly kind: 'becomeFollowerSkippedSameLeader'
      readonly partition: TopicPartition
      readonly leader: BrokerId
      readonly leaderEpoch: number
    }
  | { readonly kind: 'replicaStopped'; readonly partition: TopicPartition; readonly deleted: boolean }
  // --- ISR
  | {
      readonly kind: 'isrShrinkAsked' | 'isrExpandAsked'
      readonly partition: TopicPartition
      readonly fromIsr: readonly BrokerId[]
      readonly toIsr: readonly BrokerId[]
    }
  | {
      readonly kind: 'isrChanged'
      readonly partition: TopicPartition
      readonly fromIsr: readonly BrokerId[]
      readonly toIsr: readonly BrokerId[]
      readonly partitionEpoch: number
    }
  | { readonly kind: 'isrWriteRefusedByVersion'; readonly partition: TopicPartition }
  /** A leader that asked for an ISR was told the state that it knows already: it no longer waits for the answer. */
  | {
      readonly kind: 'isrChangeForgotten'
      readonly partition: TopicPartition
      readonly leaderEpoch: number
      readonly isr: readonly BrokerId[]
      readonly askedFor: readonly BrokerId[]
    }
  | { readonly kind: 'isrRequestRefused'; readonly partition: TopicPartition; readonly error: string }
  | { readonly kind: 'isrRequestRefusedStaleBrokerEpoch' }
  // --- Requests
  | {
      readonly kind: 'fetchRefused'
      readonly partition: TopicPartition
      readonly follower: BrokerId
      readonly error: string
    }
  | { readonly kind: 'produceRefused'; readonly partition: TopicPartition; readonly error: string }
  | {
      readonly kind: 'produceAcknowledged'
      readonly partition: TopicPartition
      readonly baseOffset: number
      readonly endOffset: number
      readonly acks: number
      readonly highWatermark: number
      readonly isr: readonly BrokerId[]
      readonly minInsyncReplicas: number
    }
  | {
      readonly kind: 'controlRequestRefused'
      readonly request: string
      readonly controllerEpoch: number
      readonly error: string
    }
