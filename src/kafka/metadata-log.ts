/**
 * The metadata log of KRaft (KIP-500): its records as plain data, and the picture of the cluster that replaying them
 * gives. Controllers write it, brokers replay it; nothing else holds the cluster's state.
 */

import { own } from '../kernel/own.ts'
import type { BrokerId, TopicPartition } from './ids.ts'
import { splitTopicPartition } from './ids.ts'

/** 0: the leader's log is what it says; 1: it was elected uncleanly and has not reported itself recovered (KIP-704). */
export type RecoveryState = 0 | 1

/** A partition as it is created: every field. */
export interface PartitionRecord {
  readonly type: 'Partition'
  readonly partition: TopicPartition
  readonly replicas: readonly BrokerId[]
  readonly isr: readonly BrokerId[]
  readonly leader: BrokerId
}

/** A change of a partition: only the fields that are there change. Naming a leader, also the same, is a new epoch. */
export interface PartitionChangeRecord {
  readonly type: 'PartitionChange'
  readonly partition: TopicPartition
  readonly isr?: readonly BrokerId[]
  readonly leader?: BrokerId
  readonly replicas?: readonly BrokerId[]
  readonly adding?: readonly BrokerId[]
  readonly removing?: readonly BrokerId[]
  readonly elr?: readonly BrokerId[]
  readonly lastKnownElr?: readonly BrokerId[]
  readonly recoveryState?: RecoveryState
}

export type MetadataRecord =
  /** The first record of each leader of the quorum: what came before is committed with it. */
  | { readonly type: 'LeaderChange'; readonly leader: number }
  | {
      readonly type: 'RegisterBroker'
      readonly broker: BrokerId
      readonly incarnation: number
      readonly brokerEpoch: number
      readonly rack: string | null
    }
  /** `fenced`: 1 fences, -1 unfences, 0 leaves it. */
  | {
      readonly type: 'BrokerRegistrationChange'
      readonly broker: BrokerId
      readonly brokerEpoch: number
      readonly fenced: -1 | 0 | 1
      readonly inControlledShutdown: 0 | 1
    }
  | { readonly type: 'Topic'; readonly topic: string }
  | { readonly type: 'RemoveTopic'; readonly topic: string }
  | { readonly type: 'Config'; readonly topic: string; readonly key: string; readonly value: string }
  /** Ids below are given out (KIP-730, 3.0). */
  | { readonly type: 'ProducerIds'; readonly broker: BrokerId; readonly nextProducerId: number }
  | PartitionRecord
  | PartitionChangeRecord

/** One record with the epoch of the quorum's leader that wrote it. Its offset is its place in the log, from 0. */
export interface MetadataEntry {
  readonly epoch: number
  readonly record: MetadataRecord
}

export interface BrokerRegistration {
  readonly incarnation: number
  readonly brokerEpoch: number
  readonly rack: string | null
  readonly fenced: boolean
  readonly inControlledShutdown: boolean
  /** Offset of the record: a broker is unfenced only when it has replayed that far. */
  readonly offset: number
}

export interface PartitionRegistration {
  readonly replicas: readonly BrokerId[]
  readonly adding: readonly BrokerId[]
  readonly removing: readonly BrokerId[]
  readonly isr: readonly BrokerId[]
  /** Eligible leader replicas (KIP-966), ascending: they have everything that is committed. */
  readonly elr: readonly BrokerId[]
  /** The last leader of a partition that has none. */
  readonly lastKnownElr: readonly BrokerId[]
  readonly leader: BrokerId
  readonly leaderEpoch: number
  readonly partitionEpoch: number
  readonly recoveryState: RecoveryState
}

/** What a log says up to one of its offsets. */
export interface MetadataImage {
  brokers: Record<string, BrokerRegistration>
  /** Settings of each topic. */
  topics: Record<string, Record<string, string>>
  partitions: Record<TopicPartition, PartitionRegistration>
  /** The first producer id that no broker has; absent: 0. */
  nextProducerId?: number
}

export const emptyImage = (): MetadataImage => ({ brokers: {}, topics: {}, partitions: {} })

/** The partition after a change (3.5 PartitionRegistration.merge). */
export function mergedPartition(before: PartitionRegistration, change: PartitionChangeRecord): PartitionRegistration {
  return {
    replicas: change.replicas ?? before.replicas,
    adding: change.adding ?? before.adding,
    removing: change.removing ?? before.removing,
    isr: change.isr ?? before.isr,
    elr: change.elr ?? before.elr,
    lastKnownElr: change.lastKnownElr ?? before.lastKnownElr,
    leader: change.leader ?? before.leader,
    leaderEpoch: before.leaderEpoch + (change.leader === undefined ? 0 : 1),
    partitionEpoch: before.partitionEpoch + 1,
    recoveryState: change.recoveryState ?? before.recoveryState,
  }
}

/** Replays one record; `offset` is its own. A change of what is not there changes nothing. */
export function replayRecord(image: MetadataImage, record: MetadataRecord, offset: number): void {
  switch (record.type) {
    case 'LeaderChange':
      return
    case 'RegisterBroker': {
      const { incarnation, brokerEpoch, rack } = record
      const fresh = { incarnation, brokerEpoch, rack, fenced: true, inControlledShutdown: false, offset }
      image.brokers[record.broker] = fresh
      return
    }
    case 'BrokerRegistrationChange': {
      const before = image.brokers[record.broker]
      if (before === undefined) return
      const fenced = record.fenced === 0 ? before.fenced : record.fenced === 1
      const inControlledShutdown = before.inControlledShutdown || record.inControlledShutdown === 1
      image.brokers[record.broker] = { ...before, fenced, inControlledShutdown }
      return
    }
    case 'Topic':
      image.topics[record.topic] = own(image.topics, record.topic) ?? {}
      return
    case 'RemoveTopic':
      delete image.topics[record.topic]
      for (const name of Object.keys(image.partitions)) {
        if (splitTopicPartition(name).topic === record.topic) delete image.partitions[name]
      }
      return
    case 'Config':
      image.topics[record.topic] = { ...own(image.topics, record.topic), [record.key]: record.value }
      return
    case 'ProducerIds':
      image.nextProducerId = record.nextProducerId
      return
    case 'Partition': {
      const { replicas, isr, leader } = record
      const none = { adding: [], removing: [], elr: [], lastKnownElr: [] }
      const first = { leaderEpoch: 0, partitionEpoch: 0, recoveryState: 0 as const }
      image.partitions[record.partition] = { replicas, isr, leader, ...none, ...first }
      return
    }
    case 'PartitionChange': {
      const before = image.partitions[record.partition]
      if (before !== undefined) image.partitions[record.partition] = mergedPartition(before, record)
    }
  }
}

/** A broker that may lead and be in an ISR: registered, unfenced and not on its way down. */
export function isActiveBroker(image: MetadataImage, id: BrokerId): boolean {
  const registration = image.brokers[id]
  return registration !== undefined && !registration.fenced && !registration.inControlledShutdown
}

/** Ids of the brokers for which the test holds, ascending. */
export const brokersWhere = (image: MetadataImage, test: (registration: BrokerRegistration) => boolean): BrokerId[] =>
  Object.keys(image.brokers)
    .filter((id) => test(image.brokers[id]!))
    .map(Number)
    .sort((a, b) => a - b)
