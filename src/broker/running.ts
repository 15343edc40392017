/** What every part of a running broker asks for: its volatile state, its settings, its logs. */

import { topicSetting } from '../kafka/config.ts'
import type { Fact } from '../kafka/facts.ts'
import { splitTopicPartition, type TopicPartition } from '../kafka/ids.ts'
import type { KafkaMessage } from '../kafka/messages/message.ts'
import { AssertionError, assert } from '../kernel/assert.ts'
import type { Context } from '../kernel/machine.ts'
import { own } from '../kernel/own.ts'
import { msToUs } from '../kernel/time.ts'
import type { ReplicaLog } from '../log/replica-log.ts'
import type { BrokerConfig, BrokerState, BrokerVolatile, PartitionState } from './state.ts'

export type BrokerContext = Context<KafkaMessage, Fact>

export function running(state: BrokerState): BrokerVolatile {
  assert(state.volatile !== null, 'a broker that does not run was given something to do')
  return state.volatile
}

/** The log of a partition this broker has a replica of. */
export function logOf(state: BrokerState, partition: TopicPartition): ReplicaLog {
  const log = state.durable.logs[partition]
  // The words are put together only where they are needed: this is asked several times an event.
  if (log === undefined) throw new AssertionError(`the replica of ${partition} has no log`)
  return log
}

/** A numeric broker setting in Kafka's unit; null where the generation does not have it. */
export function numberSetting(config: BrokerConfig, key: string): number | null {
  const value = config.settings[key]
  return typeof value === 'number' ? value : null
}

/** A broker setting of milliseconds, in us. */
export const durationSetting = (config: BrokerConfig, key: string, absentMs: number): number =>
  msToUs(numberSetting(config, key) ?? absentMs)

/** A numeric setting in force for a partition's topic; null where the generation does not have it. */
export function topicNumber(
  state: BrokerState,
  config: BrokerConfig,
  partition: TopicPartition,
  key: string,
): number | null {
  const ofTopic = own(running(state).topicSettings, splitTopicPartition(partition).topic)
  const value = topicSetting(config.settings, ofTopic, key)
  return typeof value === 'number' ? value : null
}

/** How far a follower may lag in time, in us. */
export const lagTimeUs = (config: BrokerConfig): number => durationSetting(config, 'replica.lag.time.max.ms', 10_000)

/** min.insync.replicas of a partition, as its generation counts it: 1 where the setting does not exist. */
export function minInsyncReplicas(state: BrokerState, config: BrokerConfig, partition: PartitionState): number {
  const m = config.mechanisms
  if (!m.minInsyncReplicas) return 1
  const least = topicNumber(state, config, partition.partition, 'min.insync.replicas') ?? 1
  // KAFKA-15583 (3.7): a topic with fewer replicas than the setting asks for can still be written.
  return m.minIsrCappedByReplicas ? Math.min(least, partition.replicas.length) : least
}

/** Names of a record in numeric order: ids of parked requests. An object lists keys that are indexes in that order. */
export const numericKeys = (record: Readonly<Record<string, unknown>>): string[] => Object.keys(record)
