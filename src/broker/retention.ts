/** The log manager's look for old segments: its own clock on every broker, leaders and followers alike. */

import { topicSetting } from '../kafka/config.ts'
import { splitTopicPartition, type TopicPartition } from '../kafka/ids.ts'
import { isMutant } from '../kafka/mutants.ts'
import type { Json } from '../kernel/json.ts'
import { own } from '../kernel/own.ts'
import { MICROS_PER_MS, msToUs } from '../kernel/time.ts'
import { deleteOldSegments, type RetentionSettings } from '../log/retention.ts'
import { diskLies } from './disk.ts'
import { nextRun, startTask } from './fixed-rate.ts'
import { usableLogs } from './log-dirs.ts'
import { type BrokerContext, durationSetting, logOf, running, topicNumber } from './running.ts'
import type { BrokerConfig, BrokerState } from './state.ts'

export const RETENTION_TIMER = 'retention'
export const DELETE_FILES_TIMER = 'delete-files'

const CHECK_INTERVAL = 'log.retention.check.interval.ms'

/** How much a run of the task is early or late at most, in us. */
const JITTER_US = 1000

/**
 * Files that a former life left as `.deleted` go while the logs are loaded; the task begins half a minute after the
 * start (a minute in 0.8.0), whatever its interval (recorded).
 *
 * Stream `broker.retention/<broker>`, one draw a life: the task shares its moment with the checkpoints of the log
 * manager, on threads of one pool, and runs before or after them.
 */
export function startRetention(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  for (const log of Object.values(state.durable.logs)) if (log.layout !== undefined) log.layout.deleted = []
  const firstMs = config.mechanisms.retentionBegins === 'minute' ? 60_000 : 30_000
  const jitterUs = Math.floor((2 * ctx.random(`broker.retention/${ctx.self}`) - 1) * JITTER_US)
  startTask(ctx, RETENTION_TIMER, msToUs(firstMs) + jitterUs)
}

const nowMsOf = (ctx: BrokerContext): number => Math.floor(ctx.nowUs / MICROS_PER_MS)

/** What a topic's `cleanup.policy` says; logs of 0.8.0 are deleted from. */
export function cleanupPolicy(
  state: BrokerState,
  config: BrokerConfig,
  name: TopicPartition,
): { readonly deletes: boolean; readonly compacts: boolean } {
  const ofTopic = own(running(state).topicSettings, splitTopicPartition(name).topic)
  const policy = String(topicSetting(config.settings, ofTopic, 'cleanup.policy') ?? 'delete')
  return { deletes: policy.includes('delete'), compacts: policy.includes('compact') }
}

/** Whether the settings of a partition's topic are known yet: they come with the first role. */
export const knowsSettings = (state: BrokerState, name: TopicPartition): boolean =>
  Object.hasOwn(running(state).topicSettings, splitTopicPartition(name).topic)

export function onRetentionTimer(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, data: Json): void {
  for (const name of usableLogs(state, config)) {
    if (knowsSettings(state, name) && !cleanupPolicy(state, config, name).compacts) {
      applyRetention(state, ctx, config, name)
    }
  }
  nextRun(ctx, RETENTION_TIMER, data, durationSetting(config, CHECK_INTERVAL, 300_000))
}

function retentionSettings(state: BrokerState, config: BrokerConfig, name: TopicPartition): RetentionSettings {
  const m = config.mechanisms
  const { deletes } = cleanupPolicy(state, config, name)
  const limit = (key: string): number | null => (deletes ? topicNumber(state, config, name, key) : null)
  const ms = limit('retention.ms')
  const bytes = limit('retention.bytes')
  return {
    retentionMs: ms !== null && ms < 0 && m.negativeRetention === 'never' ? null : ms,
    retentionBytes: bytes !== null && bytes < 0 ? null : bytes,
    fileDeleteDelayMs: topicNumber(state, config, name, 'file.delete.delay.ms') ?? 0,
    diskLies: diskLies(state, config, name),
  }
}

/** Looks at one log and says what went. */
export function applyRetention(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
): void {
  const m = config.mechanisms
  const partition = running(state).partitions[name]
  if (partition === undefined) return
  const log = logOf(state, name)
  const from = log.logStartOffset
  const unbounded = !m.retentionStopsAtHighWatermark || isMutant(config, 'retention-above-high-watermark')
  const settings = retentionSettings(state, config, name)
  const deleted = deleteOldSegments(log, settings, unbounded ? null : partition.highWatermark, m, nowMsOf(ctx))
  for (const { reason, bases } of deleted) {
    ctx.fact({ kind: 'segmentsDeleted', partition: name, reason, bases })
    if (reason === 'retention.ms' && log.logStartOffset === log.logEndOffset) ctx.probe('retention emptied a log')
  }
  if (log.logStartOffset > from) {
    const why = deleted[0]?.reason ?? 'log start'
    ctx.fact({ kind: 'logStartMoved', partition: name, from, to: log.logStartOffset, why })
  }
  armDeletion(state, ctx)
}

/** The next time that a renamed file is due. */
export function armDeletion(state: BrokerState, ctx: BrokerContext): void {
  let dueMs = Number.POSITIVE_INFINITY
  for (const { layout } of Object.values(state.durable.logs)) {
    for (const { goneAtMs } of layout?.deleted ?? []) dueMs = Math.min(dueMs, goneAtMs)
  }
  if (dueMs !== Number.POSITIVE_INFINITY) ctx.setTimer(DELETE_FILES_TIMER, Math.max(0, msToUs(dueMs) - ctx.nowUs))
}

export function onDeleteFilesTimer(state: BrokerState, ctx: BrokerContext): void {
  const nowMs = nowMsOf(ctx)
  for (const { layout } of Object.values(state.durable.logs)) {
    if (layout !== undefined) layout.deleted = layout.deleted.filter(({ goneAtMs }) => goneAtMs > nowMs)
  }
  armDeletion(state, ctx)
}
