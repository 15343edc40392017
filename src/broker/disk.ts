/** The disk under a log directory, as faults have it: how much is free, and whether it does what it says. */
import type { RemovedRecord } from '../kafka/facts/log.ts'
import type { TopicPartition } from '../kafka/ids.ts'
import type { RecordBatch } from '../kafka/records.ts'
import { addTail } from '../log/disk-damage.ts'
import { bytesOfBatch } from '../log/layout.ts'
import { removedRecords } from '../log/replica-log.ts'
import { directoriesOf, directoryOf, failDirectory, isOffline } from './log-dirs.ts'
import { type BrokerContext, logOf } from './running.ts'
import type { BrokerConfig, BrokerDurable, BrokerState, DiskState } from './state.ts'

/** What a broker that has never run has on its disk. */
export const emptyDirectory = (): BrokerDurable => ({
  logs: {},
  highWatermarkCheckpoint: null,
  recoveryPointCheckpoint: null,
  logStartOffsetCheckpoint: null,
  cleanShutdown: false,
})

/** File systems give space in pages. */
const PAGE_BYTES = 4096

const SOUND: DiskState = { bytesLeft: null, lies: false, broken: false }

const isSound = ({ bytesLeft, lies, broken }: DiskState): boolean => bytesLeft === null && !lies && !broken

/** Changes the disk under a directory of a broker; null: under all of them. A disk without a fault is not kept. */
export function changeDisk(
  { durable }: BrokerState,
  config: BrokerConfig,
  directory: string | null,
  change: Partial<DiskState>,
): void {
  const disks = { ...durable.disks }
  const named = directoriesOf(config).filter((each) => directory === null || each === directory)
  // With one directory its name is of no account.
  const changed = named.length > 0 ? named : directoriesOf(config).slice(0, 1)
  for (const each of changed) {
    const disk = { ...SOUND, ...disks[each], ...change }
    if (isSound(disk)) delete disks[each]
    else disks[each] = disk
  }
  if (Object.keys(disks).length === 0) delete durable.disks
  else durable.disks = disks
}

/** Whether a flush of a log is only pretended. */
export const diskLies = (state: BrokerState, config: BrokerConfig, name: TopicPartition): boolean =>
  state.durable.disks?.[directoryOf(state, config, name)]?.lies === true

const pagesOf = (bytes: number): number => Math.ceil(bytes / PAGE_BYTES)

/**
 * Whether the disk takes an append of whole batches. It does not when it is broken or full: as much of the bytes as
 * there is room for stays behind the log's end, and the directory has failed.
 */
export function diskTakes(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
  batches: readonly RecordBatch[],
): boolean {
  if (state.durable.disks === undefined) return true
  const directory = directoryOf(state, config, name)
  const disk = state.durable.disks[directory]
  if (disk === undefined || (disk.bytesLeft === null && !disk.broken)) return true
  if (isOffline(state, config, name)) return false
  if (disk.broken) {
    failDirectory(state, ctx, config, directory, 'the disk answers with errors')
    return false
  }
  const log = logOf(state, name)
  const active = log.layout?.segments.at(-1)
  if (disk.bytesLeft === null || active === undefined || log.layout === undefined) return true
  const { format } = log.layout
  const bytes = batches.reduce((sum, batch) => sum + bytesOfBatch(batch, format), 0)
  const free = Math.floor(disk.bytesLeft / PAGE_BYTES)
  const needed = pagesOf(active.sizeBytes + bytes) - pagesOf(active.sizeBytes)
  if (needed <= free) {
    disk.bytesLeft -= needed * PAGE_BYTES
    return true
  }
  const written = (pagesOf(active.sizeBytes) + free) * PAGE_BYTES - active.sizeBytes
  disk.bytesLeft = 0
  addTail(log, active.baseOffset, { kind: 'torn', bytes: written, before: log.logEndOffset })
  failDirectory(state, ctx, config, directory, 'no space is left')
  return false
}

/** Whether a checkpoint file can be written: it needs a page, which the old one gives back. */
export function checkpointFits(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  directory: string,
): boolean {
  const disk = state.durable.disks?.[directory]
  if (disk === undefined || (!disk.broken && (disk.bytesLeft === null || disk.bytesLeft >= PAGE_BYTES))) return true
  failDirectory(state, ctx, config, directory, disk.broken ? 'the disk answers with errors' : 'no space is left')
  return false
}

/** What was in a log when its disk was taken away. */
interface LostLog {
  readonly partition: TopicPartition
  /** Its log end. */
  readonly from: number
  readonly removed: readonly RemovedRecord[]
}

/** A new disk: nothing of what was written is left. Says what is gone, by partition. */
export function wipeDisk(state: BrokerState): LostLog[] {
  const { disks, logs } = state.durable
  state.durable = emptyDirectory()
  if (disks !== undefined) state.durable.disks = disks
  return Object.keys(logs)
    .sort()
    .map((partition) => {
      const log = logs[partition]!
      return { partition, from: log.logEndOffset, removed: removedRecords(log.batches) }
    })
}
