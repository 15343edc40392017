/**
 * The checkpoint files of a log directory. Each is rewritten whole and replaced atomically, changed or not; what a kill
 * or a power loss leaves behind is the last one written.
 */
import type { TopicPartition } from '../kafka/ids.ts'
import type { Json } from '../kernel/json.ts'
import { sortedKeys } from '../kernel/sorted-keys.ts'
import { msToUs } from '../kernel/time.ts'
import { closeLayout, dropOldSnapshots } from '../log/layout.ts'
import { takeProducerSnapshot } from '../log/producer-state.ts'
import { flushLog } from '../log/replica-log.ts'
import { checkpointFits, diskLies } from './disk.ts'
import { nextRun, startTask } from './fixed-rate.ts'
import { isUnreadable, madeReadable } from './load-logs.ts'
import { directoriesOf, isOffline, usableLogs } from './log-dirs.ts'
import { type BrokerContext, durationSetting, numberSetting, running } from './running.ts'
import type { BrokerConfig, BrokerState } from './state.ts'
import { tellFileSynced, tellLogClosed, tellLogSynced } from './syncs.ts'

const HIGH_WATERMARK_TIMER = 'checkpoint:high-watermark'
const RECOVERY_POINT_TIMER = 'checkpoint:recovery-point'
const LOG_START_TIMER = 'checkpoint:log-start'

const RECOVERY_POINT_INTERVAL = 'log.flush.offset.checkpoint.interval.ms'
const LOG_START_INTERVAL = 'log.flush.start.offset.checkpoint.interval.ms'

/** LogManager's tasks begin 30 s after the start, whatever their interval (recorded). */
export const FIRST_LOG_TASK_US = msToUs(30_000)

/** At the start: the files exist, and the tasks of the log manager begin. 0.8.0 has neither file. */
export function startLogCheckpoints(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  const { durable } = state
  if (numberSetting(config, RECOVERY_POINT_INTERVAL) !== null) {
    durable.recoveryPointCheckpoint ??= {}
    startTask(ctx, RECOVERY_POINT_TIMER, FIRST_LOG_TASK_US)
  }
  if (numberSetting(config, LOG_START_INTERVAL) !== null) {
    durable.logStartOffsetCheckpoint ??= {}
    startTask(ctx, LOG_START_TIMER, FIRST_LOG_TASK_US)
  }
}

/** Longest time from the first roles of a life to the first writing of high watermarks, in us. */
const FIRST_HIGH_WATERMARKS_US = msToUs(100)

/**
 * The first roles of this life have been taken: from now on high watermarks are written, the first time nearly at once
 * (recorded about 20 ms later). Before that the file would lose the partitions whose role has not arrived.
 *
 * Stream `broker.high-watermark-checkpoint/<broker>`, one draw a life: how long the first writing takes, and with it the
 * phase of all that follow.
 */
export function startHighWatermarkCheckpoints(state: BrokerState, ctx: BrokerContext): void {
  const volatile = running(state)
  if (volatile.checkpointing) return
  volatile.checkpointing = true
  const draw = ctx.random(`broker.high-watermark-checkpoint/${ctx.self}`)
  startTask(ctx, HIGH_WATERMARK_TIMER, Math.floor(draw * FIRST_HIGH_WATERMARKS_US))
}

export function onCheckpointTimer(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  timer: string,
  data: Json,
): void {
  switch (timer) {
    case HIGH_WATERMARK_TIMER:
      noteFullDisks(state, ctx, config)
      checkpointHighWatermarks(state, ctx, config)
      nextRun(ctx, timer, data, durationSetting(config, 'replica.high.watermark.checkpoint.interval.ms', 5_000))
      return
    case RECOVERY_POINT_TIMER:
      noteFullDisks(state, ctx, config)
      checkpointRecoveryPoint(state, ctx, config)
      nextRun(ctx, timer, data, durationSetting(config, RECOVERY_POINT_INTERVAL, 60_000))
      return
    case LOG_START_TIMER:
      noteFullDisks(state, ctx, config)
      checkpointLogStart(state, ctx, config)
      nextRun(ctx, timer, data, durationSetting(config, LOG_START_INTERVAL, 60_000))
  }
}

/** A file that finds no room: its directory has failed. */
function noteFullDisks(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  if (state.durable.disks === undefined) return
  for (const directory of directoriesOf(config)) checkpointFits(state, ctx, config, directory)
}

/** A file as it is written: what lies in directories that have failed stays as it was. */
function written(
  state: BrokerState,
  config: BrokerConfig,
  before: Readonly<Record<TopicPartition, number>> | null,
  offsets: readonly (readonly [TopicPartition, number])[],
): Record<TopicPartition, number> {
  if (running(state).offlineDirs.length === 0) {
    const file: Record<TopicPartition, number> = {}
    for (const [name, offset] of offsets) file[name] = offset
    return file
  }
  const old = Object.entries(before ?? {}).filter(([name]) => isOffline(state, config, name))
  return Object.fromEntries([...old, ...offsets.filter(([name]) => !isOffline(state, config, name))])
}

/**
 * Writes the high watermark of every replica this process has: of leaders and followers alike. A partition without a
 * replica object is not in the file any more (KAFKA-1647 tells what that cost to 0.8.1).
 */
function checkpointHighWatermarks(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  const { partitions } = running(state)
  const names = sortedKeys(partitions)
  if (names.length === 0 || isUnreadable(state.durable, 'replication-offset-checkpoint')) return
  state.durable.highWatermarkCheckpoint = written(
    state,
    config,
    state.durable.highWatermarkCheckpoint,
    names.map((name): [TopicPartition, number] => [name, partitions[name]!.highWatermark]),
  )
  if (config.mechanisms.checkpointFsync) tellFileSynced(ctx, 'replication-offset-checkpoint')
}

/** Writes up to where each log is known to be on disk. Also after every truncation. */
export function checkpointRecoveryPoint(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  const { durable } = state
  if (durable.recoveryPointCheckpoint === null) return
  durable.recoveryPointCheckpoint = written(
    state,
    config,
    durable.recoveryPointCheckpoint,
    Object.keys(durable.logs)
      .sort()
      .map((name): [TopicPartition, number] => [name, durable.logs[name]!.recoveryPoint]),
  )
  madeReadable(durable, 'recovery-point-offset-checkpoint')
  if (config.mechanisms.checkpointFsync) tellFileSynced(ctx, 'recovery-point-offset-checkpoint')
  for (const name of Object.keys(durable.logs)) {
    const { layout, recoveryPoint } = durable.logs[name]!
    if (layout !== undefined) dropOldSnapshots(layout, recoveryPoint, config.mechanisms)
  }
}

/** Lists only logs that begin above their first record on disk: the others are found without it. */
export function checkpointLogStart(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  const { durable } = state
  if (durable.logStartOffsetCheckpoint === null) return
  const starts: Record<TopicPartition, number> = {}
  for (const name of sortedKeys(durable.logs)) {
    const log = durable.logs[name]!
    const first = log.layout?.segments[0]?.baseOffset ?? log.logStartOffset
    if (log.logStartOffset > first) starts[name] = log.logStartOffset
  }
  durable.logStartOffsetCheckpoint = written(state, config, durable.logStartOffsetCheckpoint, Object.entries(starts))
  madeReadable(durable, 'log-start-offset-checkpoint')
  tellFileSynced(ctx, 'log-start-offset-checkpoint')
}

/** A clean stop: high watermarks, then everything on disk, then the other files, then the marker (recorded order). */
export function closeLogs(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  const { offlineDirs } = running(state)
  checkpointHighWatermarks(state, ctx, config)
  for (const name of usableLogs(state, config)) {
    const log = state.durable.logs[name]!
    const from = log.recoveryPoint
    flushLog(log, log.logEndOffset, diskLies(state, config, name))
    if (log.recoveryPoint > from || config.mechanisms.closeFlushesActiveSegment) {
      tellLogSynced(ctx, config, name, log, from)
    }
    tellLogClosed(ctx, name, log)
    if (log.layout !== undefined) closeLayout(log.layout, log.logEndOffset, config.mechanisms)
    if (log.producers !== undefined) takeProducerSnapshot(log.producers)
  }
  checkpointRecoveryPoint(state, ctx, config)
  checkpointLogStart(state, ctx, config)
  state.durable.cleanShutdown = true
  if (offlineDirs.length > 0) state.durable.unmarkedDirs = [...offlineDirs]
}
