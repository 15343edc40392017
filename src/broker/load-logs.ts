/** A start reads its log directory: the files beside the logs, then every log. */
import { isMutant } from '../kafka/mutants.ts'
import { assert } from '../kernel/assert.ts'
import { MICROS_PER_MS } from '../kernel/time.ts'
import { loadLogProducers } from '../log/log-producers.ts'
import { bytesToScan, type LoadedLog, loadLog } from '../log/recovery.ts'
import { type ReplicaLog, truncateLog } from '../log/replica-log.ts'
import { directoriesOf, directoryOf, failDirectory, usableLogs } from './log-dirs.ts'
import { segmentSettings } from './log-disk.ts'
import { type BrokerContext, running } from './running.ts'
import type { BrokerConfig, BrokerDurable, BrokerState, CheckpointFile } from './state.ts'

export const isUnreadable = (durable: BrokerDurable, file: CheckpointFile): boolean =>
  durable.unreadable?.includes(file) ?? false

/** A file that is written anew can be read again. */
export function madeReadable(durable: BrokerDurable, file: CheckpointFile): void {
  if (durable.unreadable === undefined) return
  const others = durable.unreadable.filter((each) => each !== file)
  if (others.length === 0) delete durable.unreadable
  else durable.unreadable = others
}

/** Why a start fails before it loads a log; null: it does not. */
function badFile(durable: BrokerDurable, config: BrokerConfig): string | null {
  const m = config.mechanisms
  if (durable.metaProperties === 'other-broker' && m.metaPropertiesChecked) {
    return 'meta.properties names another broker'
  }
  if (isUnreadable(durable, 'recovery-point-offset-checkpoint') && m.unreadableRecoveryPoint !== 'ignored') {
    return 'recovery-point-offset-checkpoint cannot be read'
  }
  if (isUnreadable(durable, 'log-start-offset-checkpoint') && m.logDirFailures) {
    return 'log-start-offset-checkpoint cannot be read'
  }
  return null
}

const recoveryPointOf = (durable: BrokerDurable, name: string): number =>
  isUnreadable(durable, 'recovery-point-offset-checkpoint') ? 0 : (durable.recoveryPointCheckpoint?.[name] ?? 0)

/** Loads every log. False: the process cannot start, and has said why. */
export function loadLogs(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): boolean {
  const { durable } = state
  const clean = durable.cleanShutdown
  const bad = badFile(durable, config)
  if (bad !== null) return failStart(ctx, bad)
  if (config.mechanisms.cleanMarkerRemoved === 'before-loading') durable.cleanShutdown = false
  delete durable.metaProperties
  if (!noteBrokenDisks(state, ctx, config)) return false
  for (const name of usableLogs(state, config)) {
    const log = durable.logs[name]
    assert(log !== undefined, `the log of ${name} is gone`)
    const from = log.logEndOffset
    const flushed = log.flushedOffset
    const loaded = loadLog(
      log,
      {
        clean: clean && durable.unmarkedDirs?.includes(directoryOf(state, config, name)) !== true,
        recoveryPoint: recoveryPointOf(durable, name),
        logStartOffset: logStartOf(durable, name, log),
        settings: log.layout?.settings ?? segmentSettings(state, config, name),
        nowMs: Math.floor(ctx.nowUs / MICROS_PER_MS),
      },
      config.mechanisms,
    )
    if (loaded.failure !== null) return failStart(ctx, loaded.failure)
    if (config.mutants !== undefined && !clean) plantInRecovery(log, config)
    loadLogProducers(log, config.mechanisms)
    if (config.mutants !== undefined) plantInProducers(log, config)
    running(state).lastFlushUs[name] = ctx.nowUs
    tellLoaded(state, ctx, name, { from, flushed, clean }, loaded)
  }
  durable.cleanShutdown = false
  delete durable.unmarkedDirs
  return true
}

/** Loading writes too: a directory whose disk fails has failed with it, and to 0.11 the whole start. */
function noteBrokenDisks(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): boolean {
  const broken = directoriesOf(config).filter((each) => state.durable.disks?.[each]?.broken === true)
  for (const directory of broken) failDirectory(state, ctx, config, directory, 'the disk answers with errors')
  return broken.length === 0 || config.mechanisms.logDirFailures
}

/** Planted bugs of what a start knows of producers. */
function plantInProducers({ producers }: ReplicaLog, config: BrokerConfig): void {
  if (producers === undefined) return
  if (isMutant(config, 'start-forgets-batches')) {
    for (const [id, entry] of Object.entries(producers.producers)) {
      producers.producers[id] = { ...entry, batches: entry.batches.slice(-1) }
    }
  }
}

/** Planted bugs of recovery. */
function plantInRecovery(log: ReplicaLog, config: BrokerConfig): void {
  const last = log.batches.at(-1)
  if (last === undefined) return
  if (isMutant(config, 'recovery-cuts-flushed')) truncateLog(log, last.baseOffset)
  if (isMutant(config, 'recovery-invents')) {
    const record = { id: `nobody/${log.logEndOffset}`, key: null, value: 'nobody', timestampMs: 0 }
    log.batches.push({ baseOffset: log.logEndOffset, leaderEpoch: last.leaderEpoch, records: [record] })
    log.logEndOffset += 1
  }
  if (isMutant(config, 'offsets-overlap')) log.logEndOffset -= 1
}

/** A log without files keeps its start in memory only. */
const logStartOf = (durable: BrokerDurable, name: string, log: ReplicaLog): number =>
  log.layout === undefined ? log.logStartOffset : (durable.logStartOffsetCheckpoint?.[name] ?? 0)

function tellLoaded(
  state: BrokerState,
  ctx: BrokerContext,
  partition: string,
  { from, flushed, clean }: { readonly from: number; readonly flushed: number; readonly clean: boolean },
  { removed, rule, scanned }: LoadedLog,
): void {
  const { durable } = state
  const { logEndOffset } = durable.logs[partition]!
  if (!clean) ctx.probe('log recovered after an unclean stop')
  if (removed.length > 0) {
    ctx.probe('recovery cut a log')
    ctx.fact({ kind: 'recoveryCut', partition, from, to: logEndOffset, removed: [...removed], rule })
  }
  const readable = !isUnreadable(durable, 'replication-offset-checkpoint')
  const checkpointed = readable ? (durable.highWatermarkCheckpoint?.[partition] ?? 0) : 0
  const highWatermark = Math.min(checkpointed, logEndOffset)
  const scans = scanned.length > 0 ? { scanned: [...scanned] } : {}
  ctx.fact({ kind: 'recovered', partition, ...scans, from, durable: flushed, logEndOffset, highWatermark })
}

function failStart(ctx: BrokerContext, reason: string): false {
  ctx.fact({ kind: 'startFailed', reason })
  ctx.exit(1)
  return false
}

/** Bytes that the start of this broker has to read through before it can do anything, of all its logs. */
export function bytesToRecover(state: BrokerState, config: BrokerConfig): number {
  const { durable } = state
  return Object.keys(durable.logs).reduce((bytes, name) => {
    const log = durable.logs[name]!
    return bytes + bytesToScan(log, durable.cleanShutdown, recoveryPointOf(durable, name), config.mechanisms)
  }, 0)
}
