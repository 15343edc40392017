/**
 * The log cleaner: threads that look for the dirtiest compacted log, clean it, and sleep when there is none. A pass
 * takes no time here, and its files are swapped in at once.
 */

import { topicSetting } from '../kafka/config.ts'
import { splitTopicPartition, type TopicPartition } from '../kafka/ids.ts'
import { isMutant } from '../kafka/mutants.ts'
import { lastOffset } from '../kafka/records.ts'
import { own } from '../kernel/own.ts'
import { MICROS_PER_MS } from '../kernel/time.ts'
import { cleanableLog, cleaningRules, cleanReplicaLog } from '../log/clean.ts'
import { type CleanableLog, type CleanableRange, type CleaningSettings, cleanableRange } from '../log/compaction.ts'
import type { LogLayout } from '../log/layout.ts'
import type { ReplicaLog } from '../log/replica-log.ts'
import { usableLogs } from './log-dirs.ts'
import { segmentSettings } from './log-disk.ts'
import { applyRetention, armDeletion, cleanupPolicy, knowsSettings } from './retention.ts'
import { type BrokerContext, durationSetting, logOf, numberSetting, running, topicNumber } from './running.ts'
import type { BrokerConfig, BrokerState } from './state.ts'

export const CLEANER_TIMER = 'cleaner'

const backOffUs = (config: BrokerConfig): number => durationSetting(config, 'log.cleaner.backoff.ms', 15_000)
const threadsOf = (config: BrokerConfig): number => numberSetting(config, 'log.cleaner.threads') ?? 1
const isEnabled = (config: BrokerConfig): boolean => config.settings['log.cleaner.enable'] === true

/** The file exists as soon as there is a cleaner. */
export function startCleaner(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  if (!isEnabled(config)) return
  state.durable.cleanerCheckpoint ??= {}
  running(state).cleaner = { startedUs: ctx.nowUs, awake: false }
}

/**
 * The threads have slept in turns of the back-off since the start; while no log is compacted nobody can tell, so their
 * timers are armed with the first one that is.
 */
export function wakeCleaner(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, name: TopicPartition): void {
  const { cleaner } = running(state)
  if (cleaner === undefined || cleaner.awake || !cleanupPolicy(state, config, name).compacts) return
  cleaner.awake = true
  const turn = Math.max(1, backOffUs(config))
  const left = turn - ((ctx.nowUs - cleaner.startedUs) % turn)
  for (let thread = 0; thread < threadsOf(config); thread++) ctx.setTimer(`${CLEANER_TIMER}:${thread}`, left)
}

interface Cleanable {
  readonly name: TopicPartition
  readonly layout: LogLayout
  readonly seen: CleanableLog
  readonly range: CleanableRange
  readonly settings: CleaningSettings
  readonly ratio: number
}

/** Of a key in the cleaner's memory: a hash of 16 bytes and an offset. */
const BYTES_A_KEY = 24
const LOAD_FACTOR = 0.9

function cleaningSettings(state: BrokerState, config: BrokerConfig, name: TopicPartition): CleaningSettings {
  const { segmentBytes, segmentIndexBytes } = segmentSettings(state, config, name)
  const memory = numberSetting(config, 'log.cleaner.dedupe.buffer.size') ?? 134_217_728
  return {
    segmentBytes,
    segmentIndexBytes,
    deleteRetentionMs: topicNumber(state, config, name, 'delete.retention.ms') ?? 86_400_000,
    minCompactionLagMs: topicNumber(state, config, name, 'min.compaction.lag.ms') ?? 0,
    maxKeys: Math.floor((memory / threadsOf(config) / BYTES_A_KEY) * LOAD_FACTOR),
  }
}

function dirtyRatio(state: BrokerState, config: BrokerConfig, name: TopicPartition): number {
  const ofTopic = own(running(state).topicSettings, splitTopicPartition(name).topic)
  return Number(topicSetting(config.settings, ofTopic, 'min.cleanable.dirty.ratio') ?? 0.5)
}

function cleanableOf(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
): Cleanable | null {
  const partition = running(state).partitions[name]
  const { layout } = logOf(state, name)
  if (partition === undefined || layout === undefined) return null
  const settings = cleaningSettings(state, config, name)
  const nowMs = Math.floor(ctx.nowUs / MICROS_PER_MS)
  const seen = plantInLook(cleanableLog(logOf(state, name), layout, partition.highWatermark), config)
  const checkpoint = state.durable.cleanerCheckpoint?.[name] ?? null
  const range = cleanableRange(seen, checkpoint, nowMs, settings, cleaningRules(config.mechanisms))
  const total = range.cleanBytes + range.cleanableBytes
  if (total === 0) return null
  const ratio = range.cleanableBytes / total
  const overdue = range.cleanableBytes > 0 && isOverdue(state, config, name, layout, range, nowMs)
  return overdue || ratio > dirtyRatio(state, config, name) ? { name, layout, seen, range, settings, ratio } : null
}

/** Planted bugs of what may be cleaned. */
function plantInLook(seen: CleanableLog, config: BrokerConfig): CleanableLog {
  if (isMutant(config, 'cleaner-passes-high-watermark')) return { ...seen, highWatermark: seen.logEndOffset }
  return isMutant(config, 'cleaner-passes-open-transactions') ? { ...seen, firstUnstableOffset: null } : seen
}

/** KIP-354 (2.3): the oldest record of the dirty part has waited for max.compaction.lag.ms. */
function isOverdue(
  state: BrokerState,
  config: BrokerConfig,
  name: TopicPartition,
  layout: LogLayout,
  { firstDirtyOffset }: CleanableRange,
  nowMs: number,
): boolean {
  const most = topicNumber(state, config, name, 'max.compaction.lag.ms')
  if (most === null) return false
  const { segments } = layout
  return segments.slice(0, -1).some((segment, index) => {
    const dirty = segments[index + 1]!.baseOffset > firstDirtyOffset
    const firstMs = segment.firstTimestampMs ?? -1
    return dirty && firstMs > 0 && firstMs < nowMs - most
  })
}

/** The dirtiest log that is dirty enough; of equals the first by name. */
function dirtiest(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): Cleanable | null {
  let found: Cleanable | null = null
  for (const name of compactedLogs(state, config)) {
    const cleanable = cleanableOf(state, ctx, config, name)
    if (cleanable !== null && (found === null || cleanable.ratio > found.ratio)) found = cleanable
  }
  return found
}

const compactedLogs = (state: BrokerState, config: BrokerConfig): TopicPartition[] =>
  usableLogs(state, config).filter((name) => knowsSettings(state, name) && cleanupPolicy(state, config, name).compacts)

/** Half of the buffer, shared by the threads, holds what is read. */
const readBufferBytes = (config: BrokerConfig): number =>
  Math.floor((numberSetting(config, 'log.cleaner.io.buffer.size') ?? 524_288) / threadsOf(config) / 2)

function clean(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, cleanable: Cleanable): void {
  const { name, layout, seen, range, settings } = cleanable
  const rewriting = {
    indexIntervalBytes: segmentSettings(state, config, name).indexIntervalBytes,
    readBufferBytes: readBufferBytes(config),
    fileDeleteDelayMs: topicNumber(state, config, name, 'file.delete.delay.ms') ?? 0,
  }
  const nowMs = Math.floor(ctx.nowUs / MICROS_PER_MS)
  const log = logOf(state, name)
  const done = cleanReplicaLog(log, layout, seen, range, settings, rewriting, nowMs, config.mechanisms)
  if (isMutant(config, 'cleaner-drops-last-value')) dropLastValue(log, done.nextDirtyOffset)
  const { nextDirtyOffset: to, bytesBefore, bytesAfter, recordsRemoved } = done
  const { durable } = state
  durable.cleanerCheckpoint = { ...durable.cleanerCheckpoint, [name]: to }
  const from = range.firstDirtyOffset
  ctx.fact({ kind: 'logCleaned', partition: name, from, to, recordsRemoved, bytesBefore, bytesAfter })
  const { highWatermark = to } = running(state).partitions[name] ?? {}
  if (to > highWatermark) ctx.probe('cleaned above the high watermark')
  armDeletion(state, ctx)
}

/** A planted bug: the last batch with a key below the offset that is reached goes too. */
function dropLastValue(log: ReplicaLog, below: number): void {
  const last = log.batches.findLastIndex((batch) => lastOffset(batch) < below && batch.control === undefined)
  if (last >= 0) log.batches.splice(last, 1)
}

/**
 * One turn of a thread. After a pass it looks again at once. Segments of logs that are compacted and also deleted from
 * are this thread's business (KIP-71, 0.10.1).
 */
export function onCleanerTimer(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, timer: string): void {
  for (let passes = 0; passes < MOST_PASSES; passes++) {
    const cleanable = dirtiest(state, ctx, config)
    if (cleanable === null) break
    clean(state, ctx, config, cleanable)
  }
  for (const name of compactedLogs(state, config)) {
    if (cleanupPolicy(state, config, name).deletes || config.mechanisms.compactedLogsFollowLogStart) {
      applyRetention(state, ctx, config, name)
    }
  }
  ctx.setTimer(timer, backOffUs(config))
}

/** A log that stays dirty, because its keys do not fit into memory at once, takes several passes. */
const MOST_PASSES = 1000

/** A log is deleted. */
export function forgetCleaned(state: BrokerState, name: TopicPartition): void {
  const known = state.durable.cleanerCheckpoint
  if (known == null || known[name] === undefined) return
  const { [name]: _, ...others } = known
  state.durable.cleanerCheckpoint = others
}

/** A log was cut: what was clean above is gone (LogCleanerManager.maybeTruncateCheckpoint). */
export function cutCleanerCheckpoint(state: BrokerState, name: TopicPartition): void {
  const { durable } = state
  const known = durable.cleanerCheckpoint?.[name]
  const base = durable.logs[name]?.layout?.segments.at(-1)?.baseOffset
  if (known === undefined || base === undefined || known <= base) return
  durable.cleanerCheckpoint = { ...durable.cleanerCheckpoint, [name]: base }
}
