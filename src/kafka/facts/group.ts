/** Facts about coordinators and groups, said by coordinators or by members. */
import type { BrokerId, TopicPartition } from '../ids.ts'
import type { DescribedConsumerGroup } from '../messages/consumer-group.ts'

export type GroupFact =
  // --- Coordinators
  | {
      readonly kind: 'coordinatorLoaded' | 'coordinatorResigned'
      readonly partition: TopicPartition
      readonly leaderEpoch: number
    }
  | { readonly kind: 'offsetExpired'; readonly group: string; readonly partition: TopicPartition }
  | { readonly kind: 'internalTopicNotCreated'; readonly topic: string; readonly liveBrokers: readonly BrokerId[] }
  // --- Groups, said by their coordinators
  | {
      readonly kind: 'groupRebalancing'
      readonly group: string
      readonly generation: number
      readonly members: readonly string[]
      readonly reason: string
    }
  | {
      readonly kind: 'groupGeneration'
      readonly group: string
      readonly generation: number
      readonly protocol: string | null
      readonly leader: string | null
      readonly members: readonly string[]
    }
  | {
      readonly kind: 'groupStable'
      readonly group: string
      readonly generation: number
      readonly assignments: Readonly<Record<string, readonly TopicPartition[]>>
    }
  | { readonly kind: 'groupMemberRemoved'; readonly group: string; readonly member: string; readonly why: string }
  | {
      readonly kind: 'groupMemberReplaced'
      readonly group: string
      readonly instanceId: string
      readonly from: string
      readonly to: string
      /** The state that the group is in, and its members by now. */
      readonly state: string
      readonly members: readonly string[]
    }
  /** A member's commit is taken; `current` is the group's generation then. */
  | {
      readonly kind: 'groupCommit'
      readonly group: string
      readonly member: string
      readonly generation: number
      readonly current: number
      readonly isMember: boolean
    }
  /** A group of KIP-848 as it is now. */
  | ({ readonly kind: 'consumerGroup'; readonly group: string } & DescribedConsumerGroup)
  // --- Groups, said by their members
  | {
      readonly kind: 'partitionsAssigned' | 'partitionsRevoked' | 'partitionsLost'
      readonly client: string
      readonly group: string
      readonly partitions: readonly TopicPartition[]
      readonly generation: number
      readonly member: string
    }
  /** A member by pattern has found other topics that match. */
  | {
      readonly kind: 'subscriptionChanged'
      readonly client: string
      readonly group: string
      readonly topics: readonly string[]
    }
  | {
      readonly kind: 'commitAnswered'
      readonly client: string
      readonly group: string
      readonly how: 'sync' | 'async' | 'auto' | 'rebalance' | 'close'
      readonly offsets: Readonly<Record<TopicPartition, number>>
      /** null: committed; else the class of the exception. */
      readonly error: string | null
    }
  | { readonly kind: 'pollThrew'; readonly client: string; readonly group: string; readonly error: string }
  /** The application has processed one record: what it did with it is done. */
  | {
      readonly kind: 'recordProcessed'
      readonly client: string
      readonly group: string
      readonly partition: TopicPartition
      readonly offset: number
    }
