/** Offsets go when they have been kept long enough, and a group without members and offsets with them. */

import { type CommittedOffset, groupKey, offsetKey } from '../../../kafka/group-records.ts'
import { comparePartitions, splitTopicPartition, type TopicPartition } from '../../../kafka/ids.ts'
import { OFFSETS_TOPIC } from '../../../kafka/internal-topics.ts'
import { own } from '../../../kernel/own.ts'
import { msToUs } from '../../../kernel/time.ts'
import { type BrokerContext, numberSetting, running } from '../../running.ts'
import type { BrokerConfig, BrokerState } from '../../state.ts'
import { appendToCoordinatorLog, type CoordinatorRecord } from '../log-append.ts'
import { type GroupScope, moveTo, nowMs } from './scope.ts'

export const EXPIRY_TIMER = 'group-expiry'

/** Runs every offsets.retention.check.interval.ms from the first partition that this broker coordinates. */
export function armExpiry(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  const { coordination } = running(state)
  if (coordination === undefined || coordination.expiryArmed) return
  coordination.expiryArmed = true
  ctx.setTimer(EXPIRY_TIMER, intervalUs(config))
}

const intervalUs = (config: BrokerConfig): number =>
  msToUs(numberSetting(config, 'offsets.retention.check.interval.ms') ?? 600_000)

export function onExpiryTimer(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  ctx.setTimer(EXPIRY_TIMER, intervalUs(config))
  const { coordination } = running(state)
  for (const name of Object.keys(coordination?.partitions ?? {}).sort(comparePartitions)) {
    const partition = coordination!.partitions[name]!
    if (partition.phase !== 'active' || splitTopicPartition(name).topic !== OFFSETS_TOPIC) continue
    for (const id of Object.keys(partition.groups).sort()) {
      // A group of KIP-848 that has members keeps its offsets.
      if (Object.keys(own(partition.consumerGroups, id)?.members ?? {}).length > 0) continue
      cleanUp({ state, ctx, config, partition, group: partition.groups[id]! })
    }
  }
}

function cleanUp(scope: GroupScope): void {
  const { state, ctx, config, partition, group } = scope
  const tombstones: CoordinatorRecord[] = []
  for (const name of Object.keys(group.offsets).sort(comparePartitions)) {
    if (!isExpired(scope, name)) continue
    delete group.offsets[name]
    tombstones.push({ key: offsetKey(group.id, name), value: null })
    ctx.fact({ kind: 'offsetExpired', group: group.id, partition: name })
  }
  if (group.phase === 'Empty' && Object.keys(group.offsets).length === 0 && !hasPending(scope)) {
    moveTo(scope, 'Dead')
    delete partition.groups[group.id]
    // A group that only ever kept offsets has no record.
    if (group.generation > 0) tombstones.push({ key: groupKey(group.id), value: null })
  }
  if (tombstones.length === 0) return
  // What is lost of these is written again the next time.
  const next = { kind: 'group-unattended', group: group.id } as const
  appendToCoordinatorLog(state, ctx, config, {
    partition: partition.partition,
    records: tombstones,
    acks: 1,
    timeoutMs: 0,
    next,
  })
}

const hasPending = ({ group }: GroupScope): boolean => Object.keys(group.pendingOffsets).length > 0

function isExpired(scope: GroupScope, name: TopicPartition): boolean {
  const { ctx, config, group } = scope
  if (group.pendingOffsets[name] !== undefined) return false
  const { committed } = group.offsets[name]!
  const { expireTimestampMs } = committed
  const now = nowMs(ctx)
  // To 2.0, and for old clients: whatever the group does, each offset has its own time.
  if (!config.mechanisms.offsetsExpireWithGroup) return expireTimestampMs !== null && now >= expireTimestampMs
  const since = keptSinceMs(scope, name, committed)
  if (since === null) return false
  return expireTimestampMs === null ? now - since >= retentionMs(config) : now >= expireTimestampMs
}

const retentionMs = (config: BrokerConfig): number =>
  (numberSetting(config, 'offsets.retention.minutes') ?? 10_080) * 60_000

/** KIP-211 (2.1): from when an offset's retention counts; null: it does not count now. */
function keptSinceMs({ group }: GroupScope, name: TopicPartition, committed: CommittedOffset): number | null {
  if (group.protocolType === null) return committed.commitTimestampMs
  if (group.phase === 'Empty') return group.phaseSinceMs
  if (group.phase !== 'Stable') return null
  const { topic } = splitTopicPartition(name)
  const subscribed = group.members.some(({ protocols }) =>
    protocols.some(({ subscription }) => subscription.topics.includes(topic)),
  )
  return subscribed ? null : committed.commitTimestampMs
}
