/** What a step does to disks, and to what lies on them: power is lost, disks stall, fill up, lie, rot and are replaced. */
import { damageFiles } from '../broker/damage.ts'
import { changeDisk, wipeDisk } from '../broker/disk.ts'
import type { BrokerConfig } from '../broker/state.ts'
import type { Fact } from '../kafka/facts.ts'
import { losePower } from '../log/power-loss.ts'
import type { StepReport } from './context.ts'
import type { ActionOf, Doing } from './doing.ts'
import { later, numberOf, targetOf } from './doing.ts'
import { drawFrom } from './draws.ts'
import { configOf, type Host } from './host.ts'
import { endProcess, releaseDeferred } from './processes.ts'
import type { ProcessId, World } from './world.ts'
import { brokerState } from './world.ts'

/** How long work that needs the disk takes from now on. */
export function changeDiskTime(doing: Doing, id: ProcessId, action: ActionOf<'stallDisk' | 'slowDisk'>): void {
  const { world, host, report } = doing
  const process = world.processes[id]
  if (process === undefined) return
  const disk = process.disk ?? { stalled: false, slowUs: 0, freeUs: 0 }
  const wasStalled = disk.stalled
  if (action.do === 'slowDisk') disk.slowUs = action.byUs
  else disk.stalled = action.stalled
  if (disk.stalled || disk.slowUs > 0) process.disk = disk
  else delete process.disk
  if (wasStalled && !disk.stalled && process.state === 'up') releaseDeferred(world, host, report, process)
  if (action.do === 'stallDisk' && action.stalled && action.forUs !== null) {
    later(doing, action.forUs, { do: 'stallDisk', target: targetOf(world, id), stalled: false, forUs: null })
  }
}

/** A disk does what it should again, and there is room on it; a directory that has failed needs a restart all the same. */
export function mendDisks(world: World, host: Host, report: StepReport, id: ProcessId): void {
  const target = targetOf(world, id)
  const state = brokerState(world, numberOf(id))
  if (state !== null) delete state.durable.disks
  if (world.processes[id]?.disk === undefined) return
  const doing: Doing = { world, host, report }
  changeDiskTime(doing, id, { do: 'slowDisk', target, byUs: 0 })
  changeDiskTime(doing, id, { do: 'stallDisk', target, stalled: false, forUs: null })
}

/** kill -9: also of a process that was being restarted. */
export function kill({ world, host, report }: Doing, id: ProcessId): void {
  const process = world.processes[id]
  if (process !== undefined) process.restartUs = null
  // KAFKA-10471 (2.8): from then on the marker of the last clean stop is gone before the first log is loaded.
  const state = process?.loading === true ? brokerState(world, numberOf(id)) : null
  if (state !== null && host.plan.mechanisms.cleanMarkerRemoved === 'before-loading') {
    state.durable.cleanShutdown = false
  }
  endProcess(world, host, report, id, null)
}

/**
 * A power loss keeps a prefix of each log, given, drawn, or the durable one. Checkpoint files stay, but for the one of
 * high watermarks where it is renamed without having been synced: it is empty then (0.8.0, 0.8.1 OffsetCheckpoint.write).
 * So does the marker of a clean stop that was made before. Stream `fault.torn-tail/<process>/<partition>`: how much of
 * the first batch that is lost stays in the file, where a torn tail is asked for.
 */
export function losePowerOf(doing: Doing, process: ProcessId, action: ActionOf<'powerLoss'>): void {
  const { world, host, report } = doing
  kill(doing, process)
  const state = brokerState(world, numberOf(process))
  if (state === null) return
  if (!host.plan.mechanisms.checkpointFsync && state.durable.highWatermarkCheckpoint !== null) {
    state.durable.highWatermarkCheckpoint = {}
  }
  for (const partition of Object.keys(state.durable.logs).sort()) {
    const log = state.durable.logs[partition]!
    const given = action.keepBelow?.[partition]
    if (action.keepBelow !== null && given === undefined) continue
    let keep = given ?? log.flushedOffset
    if (given === undefined && action.keep === 'random') {
      const draw = drawFrom(world, host, report, `fault.power-loss/${process}/${partition}`)
      keep = log.flushedOffset + Math.floor(draw * (log.logEndOffset - log.flushedOffset + 1))
    }
    if (keep >= log.logEndOffset) continue
    const from = log.logEndOffset
    const tornShare =
      action.torn === true ? drawFrom(world, host, report, `fault.torn-tail/${process}/${partition}`) : 0
    const { flushedOffset: durable } = log
    const removed = losePower(log, Math.max(keep, log.logStartOffset), tornShare)
    const fact: Fact = { kind: 'powerLost', partition, from, to: log.logEndOffset, durable, removed }
    report.facts.push({ atUs: world.nowUs, event: world.index, node: process, fact })
  }
}

/** A new disk: nothing is on it. */
export function replaceDisk(doing: Doing, process: ProcessId): void {
  const { world, report } = doing
  kill(doing, process)
  const state = brokerState(world, numberOf(process))
  if (state === null) return
  const lost = wipeDisk(state)
  for (const { partition, from, removed } of lost) {
    const fact: Fact = { kind: 'diskReplaced', partition, from, to: 0, removed }
    report.facts.push({ atUs: world.nowUs, event: world.index, node: process, fact })
  }
}

export function damage({ world }: Doing, id: ProcessId, action: ActionOf<'damage'>): void {
  const state = brokerState(world, numberOf(id))
  if (state !== null) damageFiles(state, action.damage)
}

export function changeDirectory({ world, host }: Doing, id: ProcessId, action: ActionOf<'disk'>): void {
  const state = brokerState(world, numberOf(id))
  const config = configOf(host, world, world.nodes[id]!) as BrokerConfig
  if (state !== null) changeDisk(state, config, action.directory, action.change)
}

/** When files were written last, as somebody sets it from outside (touch). */
export function touchFiles({ world }: Doing, id: ProcessId, action: ActionOf<'touchFiles'>): void {
  const segments = brokerState(world, numberOf(id))?.durable.logs[action.partition]?.layout?.segments ?? []
  for (const segment of segments) {
    segment.lastModifiedMs = action.modifiedMs[segment.baseOffset] ?? segment.lastModifiedMs
  }
}
