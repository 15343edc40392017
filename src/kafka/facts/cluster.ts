/** Facts about the state of the cluster, said by controllers and by whoever keeps it: the registry, or the metadata log. */
import type { Json } from '../../kernel/json.ts'
import type { BrokerId, TopicPartition } from '../ids.ts'
import type { MetadataRecord } from '../metadata-log.ts'

export type ClusterFact =
  // --- Controller
  | { readonly kind: 'controllerElected'; readonly controllerEpoch: number }
  | { readonly kind: 'controllerResigned'; readonly reason: string }
  | { readonly kind: 'controllerWriteFenced'; readonly path: string }
  | { readonly kind: 'brokerJoined' | 'brokerGone'; readonly broker: BrokerId }
  | {
      readonly kind: 'leaderElected'
      readonly partition: TopicPartition
      readonly leader: BrokerId
      readonly leaderEpoch: number
      readonly isr: readonly BrokerId[]
      readonly election: string
      readonly unclean: boolean
    }
  | {
      readonly kind: 'noLeaderPossible'
      readonly partition: TopicPartition
      readonly isr: readonly BrokerId[]
      readonly reason: string
    }
  | {
      readonly kind: 'replicaRemovedFromIsr'
      readonly partition: TopicPartition
      readonly replica: BrokerId
      readonly isr: readonly BrokerId[]
      readonly leaderEpoch: number
    }
  | {
      readonly kind: 'reassignmentStarted' | 'reassignmentCompleted'
      readonly partition: TopicPartition
      readonly replicas: readonly BrokerId[]
    }
  // --- Registry
  | {
      readonly kind: 'registryWrite'
      readonly path: string
      readonly write: 'create' | 'set' | 'delete'
      readonly version: number
      readonly czxid: number
      readonly data: Json
      readonly sessionId: number
      readonly by: string
      readonly ephemeral: boolean
    }
  | {
      readonly kind: 'registrySessionEnded'
      readonly sessionId: number
      readonly by: string
      readonly removed: readonly string[]
      readonly expired: boolean
    }
  | {
      readonly kind: 'registrySessionOpened'
      readonly sessionId: number
      readonly by: string
      readonly timeoutMs: number
    }
  // --- Metadata log (KRaft)
  | {
      readonly kind: 'metadataRecord'
      readonly offset: number
      readonly epoch: number
      readonly record: MetadataRecord
    }
  | { readonly kind: 'brokerFenced' | 'brokerUnfenced'; readonly broker: BrokerId; readonly brokerEpoch: number }
