import type { ErrorName } from '../errors.ts'
import type { BrokerId, TopicPartition } from '../ids.ts'

/** The state of a partition as the controller tells it to brokers. */
export interface LeaderAndIsrState {
  /** The controller epoch at which this state was decided. */
  readonly controllerEpoch: number
  readonly leader: BrokerId
  readonly leaderEpoch: number
  readonly isr: readonly BrokerId[]
  /** Version of the state znode (ZooKeeper eras) or partition epoch (KRaft). */
  readonly partitionEpoch: number
  readonly replicas: readonly BrokerId[]
  readonly isNew: boolean
  /** The topic's settings. Simplified: a real broker reads /config/topics itself when it creates the log. */
  readonly topicSettings: Readonly<Record<string, string>>
}

/** Sent by a controller to make brokers leaders and followers. */
export interface LeaderAndIsrRequest {
  readonly type: 'LeaderAndIsrRequest'
  readonly correlationId: number
  readonly controllerId: BrokerId
  readonly controllerEpoch: number
  /** The destination's broker epoch as the controller knows it (KIP-380, 2.2); -1 before. */
  readonly brokerEpoch: number
  readonly partitions: Readonly<Record<TopicPartition, LeaderAndIsrState>>
  /** Brokers that lead one of the partitions and are alive, as the request lists them. */
  readonly liveLeaders: readonly BrokerId[]
}

export interface UpdateMetadataRequest {
  readonly type: 'UpdateMetadataRequest'
  readonly correlationId: number
  readonly controllerId: BrokerId
  readonly controllerEpoch: number
  readonly brokerEpoch: number
  readonly liveBrokers: readonly BrokerId[]
  /** Broker epochs of the live brokers (3.5, KIP-903), by id; empty before. */
  readonly liveBrokerEpochs: Readonly<Record<string, number>>
  readonly partitions: Readonly<Record<TopicPartition, LeaderAndIsrState>>
}

export interface StopReplicaRequest {
  readonly type: 'StopReplicaRequest'
  readonly correlationId: number
  readonly controllerId: BrokerId
  readonly controllerEpoch: number
  readonly brokerEpoch: number
  /** leaderEpoch (KIP-570, 2.6): -1 unknown (also before), -2 the topic is being deleted. */
  readonly partitions: Readonly<Record<TopicPartition, { readonly leaderEpoch: number; readonly delete: boolean }>>
}

/** The answer to each of the three requests of a controller. */
export interface ControlResponse {
  readonly type: 'ControlResponse'
  readonly correlationId: number
  readonly error: ErrorName
  readonly partitions: Readonly<Record<TopicPartition, ErrorName>>
}

export interface ControlledShutdownRequest {
  readonly type: 'ControlledShutdownRequest'
  readonly correlationId: number
  readonly broker: BrokerId
  readonly brokerEpoch: number
}

export interface ControlledShutdownResponse {
  readonly type: 'ControlledShutdownResponse'
  readonly correlationId: number
  readonly error: ErrorName
  /** Partitions the broker still leads. */
  readonly remaining: readonly TopicPartition[]
}

/** A leader asks its controller for another ISR (AlterIsr of 2.7, AlterPartition of 3.2). */
export interface AlterPartitionRequest {
  readonly type: 'AlterPartitionRequest'
  readonly correlationId: number
  readonly broker: BrokerId
  readonly brokerEpoch: number
  readonly partitions: Readonly<
    Record<
      TopicPartition,
      {
        readonly leaderEpoch: number
        readonly isr: readonly BrokerId[]
        /** Broker epochs of the members by id (3.5, KIP-903); empty: not checked. */
        readonly isrEpochs: Readonly<Record<string, number>>
        readonly partitionEpoch: number
        /** 3.2: 0 recovered, 1 recovering. */
        readonly recoveryState: number
      }
    >
  >
}

export interface AlterPartitionResponse {
  readonly type: 'AlterPartitionResponse'
  readonly correlationId: number
  readonly error: ErrorName
  readonly partitions: Readonly<
    Record<
      TopicPartition,
      {
        readonly error: ErrorName
        readonly leader: BrokerId
        readonly leaderEpoch: number
        readonly isr: readonly BrokerId[]
        readonly partitionEpoch: number
        readonly recoveryState: number
      }
    >
  >
}
