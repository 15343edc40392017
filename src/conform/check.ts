/** What a replay is held against, and what it says. */
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import type { SeenRecord } from './kraft-recording.ts'
import type { RegistryEvent, ReplicaFields, Run, Seen, StateFields } from './recording.ts'

/** Brokers that returned at the same moment: from then on their order in an ISR is chance. */
export interface FreeOrder {
  readonly fromMs: number
  readonly brokers: readonly BrokerId[]
}

/** Files written on a timer: what a reading of them must be equal to, by the rule of the recordings. */
export interface FileRule {
  /** Nothing had been done or had happened for this long. */
  readonly quietMs: number
  /** Per broker: how long after the last event its high watermark is in its file at the latest. */
  readonly settledAfterMs: Readonly<Record<string, number>>
}

interface Common {
  /** How a reader finds it: the label of the recording, else what was seen and of whom. */
  readonly label: string
  readonly atMs: number
  /** The step at which the replay has reached this point. */
  readonly step: string
}

/** One thing seen in the recording, with the names under which the replay keeps its own. */
export type Check = Common &
  (
    | {
        readonly kind: 'snapshot'
        readonly observation: string
        readonly seen: Seen<'snapshot'>
        readonly files: FileRule
        /** KRaft: roles have just changed, and whether a broker had heard of it is chance. */
        readonly rolesJustChanged?: boolean
      }
    | {
        readonly kind: 'states'
        readonly observation: string
        readonly states: Readonly<Record<TopicPartition, StateFields>>
      }
    | {
        readonly kind: 'logs'
        readonly observation: string
        readonly partition: TopicPartition
        readonly replicas: Readonly<Record<string, ReplicaFields>>
      }
    | { readonly kind: 'state'; readonly seen: Seen<'state'> }
    | {
        readonly kind: 'registryLog'
        /** The window opens when that step fired; null: with the run. */
        readonly since: string | null
        readonly events: readonly RegistryEvent[]
        /** Shrinks and expansions of an ISR under a load: what comes again and again, not how often. */
        readonly repeating: boolean
      }
    | {
        readonly kind: 'produceResult'
        readonly request: string
        readonly seen: Seen<'produceResult'>
        readonly timeoutMs: number
        readonly acks: number
        /** The first with acks=all since a role change, a return or the creation of its topic. */
        readonly afterRoleChange: boolean
        /** How far apart two legal times of a removal from the ISR may be, in ms. */
        readonly lagCheckMs: number
      }
    | { readonly kind: 'produceRuns'; readonly loop: string; readonly runs: readonly Run[] }
    | { readonly kind: 'probes'; readonly loop: string; readonly runs: readonly Run[] }
    | { readonly kind: 'fetchResult'; readonly request: string; readonly seen: Seen<'fetchResult'> }
    | { readonly kind: 'listLatest'; readonly request: string; readonly seen: Seen<'listLatest'> }
    | { readonly kind: 'offsetForLeaderEpoch'; readonly request: string; readonly seen: Seen<'offsetForLeaderEpoch'> }
    | {
        readonly kind: 'metadata'
        readonly requests: Readonly<Record<string, string>>
        readonly partition: TopicPartition
        readonly byBroker: Readonly<Record<string, MetadataFields>>
      }
    | {
        readonly kind: 'highWatermarks'
        readonly observation: string
        readonly partition: TopicPartition
        readonly byBroker: Readonly<Record<string, number>>
      }
    /** A moment that must come a given time after another one. */
    | {
        readonly kind: 'delay'
        readonly field: string
        readonly from: string
        readonly to: string
        readonly recordedMs: number
        readonly legalMs: readonly [number, number] | null
      }
    | {
        readonly kind: 'brokerEvents'
        readonly since: string | null
        readonly extrasSince: string | null
        readonly seen: Seen<'brokerEvents'>
      }
    | { readonly kind: 'process'; readonly observation: string; readonly seen: Seen<'process'> }
    | {
        readonly kind: 'exitCode'
        readonly observation: string
        readonly broker: BrokerId
        readonly code: number | null
      }
    /** KRaft: registrations by broker, and what a state has besides the common fields. */
    | {
        readonly kind: 'kraftSnapshot'
        readonly observation: string
        readonly brokers: Readonly<
          Record<string, { readonly state: string; readonly inControlledShutdown?: boolean | undefined }>
        >
        readonly states: Readonly<Record<TopicPartition, StateFields | null>>
      }
    /** KRaft: records about brokers and partitions since a step; `together`: of brokers that started at once. */
    | {
        readonly kind: 'metadataLog'
        readonly since: string | null
        readonly together: boolean
        readonly records: readonly SeenRecord[]
      }
    | { readonly kind: 'electResult'; readonly request: string; readonly result: string }
    /** The session of a broker ends inside the interval of its rule, counted from what cut it off. */
    | {
        readonly kind: 'sessionEnd'
        readonly cause: string
        readonly broker: BrokerId
        readonly legalMs: readonly [number, number]
      }
    /** A leader takes a silent follower out of the ISR inside the interval of its rule. */
    | {
        readonly kind: 'isrShrink'
        readonly cause: string
        readonly partition: TopicPartition
        readonly version: number
        readonly legalMs: readonly [number, number]
      }
  )

export interface MetadataFields {
  readonly error: string
  readonly leader: BrokerId
  readonly replicas: readonly BrokerId[]
  readonly isr: readonly BrokerId[]
  readonly brokers: readonly BrokerId[]
}

/** Something in which the replay differs from the recording, in printable words. */
export interface Difference {
  readonly label: string
  readonly field: string
  readonly recorded: string
  readonly ours: string
  /** The request whose answer differs; absent where it is none. */
  readonly request?: string
}

/** A pinned draw and why it has that value. */
export interface PinNote {
  readonly stream: string
  readonly index: number
  readonly value: number
  readonly why: string
}
