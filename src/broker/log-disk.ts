/** By which settings, and when, a partition's log is laid out in files. */

import { topicSetting } from '../kafka/config.ts'
import { splitTopicPartition, type TopicPartition } from '../kafka/ids.ts'
import { own } from '../kernel/own.ts'
import { MICROS_PER_MS } from '../kernel/time.ts'
import type { LogDisk } from '../log/layout.ts'
import type { SegmentSettings } from '../log/segment.ts'
import { diskLies } from './disk.ts'
import { type BrokerContext, running, topicNumber } from './running.ts'
import type { BrokerConfig, BrokerState } from './state.ts'

const NEVER = Number.MAX_SAFE_INTEGER

/** KIP-354 (2.3): a compacted log rolls in time for its longest lag, since the active segment is never cleaned. */
function segmentMs(state: BrokerState, config: BrokerConfig, name: TopicPartition): number {
  const own = topicNumber(state, config, name, 'segment.ms') ?? NEVER
  const lag = topicNumber(state, config, name, 'max.compaction.lag.ms') ?? NEVER
  return lag < own && isCompacted(state, config, name) ? lag : own
}

function isCompacted(state: BrokerState, config: BrokerConfig, name: TopicPartition): boolean {
  const ofTopic = own(running(state).topicSettings, splitTopicPartition(name).topic)
  return String(topicSetting(config.settings, ofTopic, 'cleanup.policy') ?? '').includes('compact')
}

export const segmentSettings = (state: BrokerState, config: BrokerConfig, name: TopicPartition): SegmentSettings => ({
  segmentBytes: topicNumber(state, config, name, 'segment.bytes') ?? NEVER,
  segmentMs: segmentMs(state, config, name),
  indexIntervalBytes: topicNumber(state, config, name, 'index.interval.bytes') ?? 4096,
  segmentIndexBytes: topicNumber(state, config, name, 'segment.index.bytes') ?? 10_485_760,
})

export const diskOf = (
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
): LogDisk => ({
  settings: segmentSettings(state, config, name),
  nowMs: Math.floor(ctx.nowUs / MICROS_PER_MS),
  ...(state.durable.disks !== undefined && diskLies(state, config, name) ? { lies: true } : {}),
})
