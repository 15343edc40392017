/** Settings of a group member, and what the assignors it names are called in the protocol. */

import { booleanSetting, timeSettingUs } from '../../settings.ts'
import type { AssignorName } from '../assignors/assignor.ts'
import type { ConsumerConfig } from '../state.ts'

export const sessionTimeoutUs = (config: ConsumerConfig): number =>
  timeSettingUs(config.settings, 'session.timeout.ms', 10_000)

export const heartbeatIntervalUs = (config: ConsumerConfig): number =>
  timeSettingUs(config.settings, 'heartbeat.interval.ms', 3_000)

export const maxPollIntervalUs = (config: ConsumerConfig): number =>
  timeSettingUs(config.settings, 'max.poll.interval.ms', 300_000)

export const retryBackoffUs = (config: ConsumerConfig): number =>
  timeSettingUs(config.settings, 'retry.backoff.ms', 100)

export const autoCommits = (config: ConsumerConfig): boolean =>
  booleanSetting(config.settings, 'enable.auto.commit', true)

export const commitIntervalUs = (config: ConsumerConfig): number =>
  timeSettingUs(config.settings, 'auto.commit.interval.ms', 5000)

/** KIP-62 (0.10.1): as long as the application may take between two polls; before, the session. */
export const rebalanceTimeoutUs = (config: ConsumerConfig): number =>
  config.mechanisms.backgroundHeartbeat ? maxPollIntervalUs(config) : sessionTimeoutUs(config)

/** Whether its coordinator assigns (KIP-848). */
export const isRemote = (config: ConsumerConfig): boolean =>
  config.mechanisms.consumerGroupProtocol && config.settings['group.protocol'] === 'consumer'

const NAMES: Readonly<Record<string, AssignorName>> = {
  range: 'range',
  RangeAssignor: 'range',
  roundrobin: 'roundrobin',
  RoundRobinAssignor: 'roundrobin',
  sticky: 'sticky',
  StickyAssignor: 'sticky',
  'cooperative-sticky': 'cooperative-sticky',
  CooperativeStickyAssignor: 'cooperative-sticky',
}

/** The assignors of `partition.assignment.strategy`, by class or by name, first the one it likes best. */
export function assignorsOf(config: ConsumerConfig): AssignorName[] {
  const listed = String(config.settings['partition.assignment.strategy'] ?? 'range').split(',')
  const names = listed.map((each) => NAMES[each.trim().split('.').at(-1) ?? '']).filter((name) => name !== undefined)
  return names.length === 0 ? ['range'] : names
}

/** KIP-429 (2.4): partitions are given away one by one when every assignor allows it. */
export const isCooperative = (config: ConsumerConfig): boolean =>
  assignorsOf(config).every((name) => name === 'cooperative-sticky')
