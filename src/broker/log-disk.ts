/** By which settings, and when, a partition's log is laid out in files. */
import type { TopicPartition } from '../kafka/ids.ts'
import { MICROS_PER_MS } from '../kernel/time.ts'
import type { LogDisk } from '../log/layout.ts'
import type { SegmentSettings } from '../log/segment.ts'
import { diskLies } from './disk.ts'
import { type BrokerContext, topicNumber } from './running.ts'
import type { BrokerConfig, BrokerState } from './state.ts'

const NEVER = Number.MAX_SAFE_INTEGER

export const segmentSettings = (state: BrokerState, config: BrokerConfig, name: TopicPartition): SegmentSettings => ({
  segmentBytes: topicNumber(state, config, name, 'segment.bytes') ?? NEVER,
  segmentMs: topicNumber(state, config, name, 'segment.ms') ?? NEVER,
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
