/** Facts about processes, their registrations and their sessions. */
import type { BrokerId, TopicPartition } from '../ids.ts'

export type ProcessFact =
  | { readonly kind: 'processHalted'; readonly partition: TopicPartition }
  | { readonly kind: 'processHung'; readonly partition: TopicPartition }
  | { readonly kind: 'registered'; readonly broker: BrokerId; readonly brokerEpoch: number }
  | { readonly kind: 'reRegistering' }
  | { readonly kind: 'registrationConflict' }
  | { readonly kind: 'startFailed'; readonly reason: string }
  | { readonly kind: 'sessionExpired' }
  | { readonly kind: 'sessionEstablished'; readonly sessionId: number }
  | { readonly kind: 'sessionDisconnected' }
  | { readonly kind: 'controlledShutdownStarted' }
  | { readonly kind: 'controlledShutdownSucceeded' }
  | { readonly kind: 'controlledShutdownFailed'; readonly reason: string }
