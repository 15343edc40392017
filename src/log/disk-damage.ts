/** What a disk, or a hand, does to the files of a log that nobody has open. */
import { type DamagedTail, damageOf, tidyDamage } from './damage.ts'
import { bytesOfBatch } from './layout.ts'
import { batchIndexOf, type ReplicaLog } from './replica-log.ts'
import { type LogSegment, segmentIndexOf } from './segment.ts'

/** The files of a log directory that are not a log's own. */
export type DirectoryFile =
  | 'replication-offset-checkpoint'
  | 'recovery-point-offset-checkpoint'
  | 'log-start-offset-checkpoint'
  | 'meta.properties'

/** One change of files. `segment` is a base offset; null: the last segment. */
export type DiskDamage =
  /** One byte of the batch at `offset` is another one. */
  | { readonly what: 'flip'; readonly partition: string; readonly offset: number }
  /** Only `bytes` of a segment's last batch are left; null: half of it. */
  | {
      readonly what: 'tear'
      readonly partition: string
      readonly segment: number | null
      readonly bytes: number | null
    }
  /** Bytes that no batch begins with, behind the last batch of a segment. */
  | { readonly what: 'junk'; readonly partition: string; readonly segment: number | null; readonly bytes: number }
  /** The index files of a segment go, grow by some bytes, become zeros, are cut to so many entries or get one more. */
  | {
      readonly what: 'index'
      readonly partition: string
      readonly segment: number | null
      readonly how: 'delete' | 'grow' | 'zeros' | 'cut'
      readonly bytes: number
    }
  | {
      readonly what: 'index-entry'
      readonly partition: string
      readonly segment: number | null
      readonly offset: number
      readonly position: number
    }
  | { readonly what: 'snapshots'; readonly partition: string }
  | { readonly what: 'epoch-entry'; readonly partition: string; readonly epoch: number; readonly startOffset: number }
  | { readonly what: 'epoch-file'; readonly partition: string }
  | {
      readonly what: 'file'
      readonly file: DirectoryFile
      readonly how: 'empty' | 'garbage' | 'delete' | 'other-broker'
    }
  /** A checkpoint file that lists one partition alone. */
  | {
      readonly what: 'checkpoint-entry'
      readonly file: Exclude<DirectoryFile, 'meta.properties'>
      readonly partition: string
      readonly offset: number
    }
  /** What cannot be read is put back as it was; bytes behind the last batch of every log are taken away. */
  | { readonly what: 'repair' }

/** Bit rot: one byte of the batch that holds `offset` is another one. False: there is no such batch. */
function flipByte(log: ReplicaLog, offset: number): boolean {
  const index = batchIndexOf(log, offset)
  const batch = log.batches[index]
  if (batch === undefined || batch.baseOffset > offset) return false
  log.batches[index] = { ...batch, corrupt: true }
  return true
}

/** Leaves bytes at the end of the segment that holds `base`. */
export function addTail(log: ReplicaLog, base: number, tail: DamagedTail): void {
  const segment = log.layout?.segments.find(({ baseOffset }) => baseOffset === base)
  if (segment === undefined || tail.bytes <= 0) return
  damageOf(log).tails[base] = tail
  segment.sizeBytes += tail.bytes
}

/** The base offset of the segment that holds an offset; 0 in a log without files. */
export function segmentBaseOf(log: ReplicaLog, offset: number): number {
  const segments = log.layout?.segments
  return segments === undefined ? 0 : segments[segmentIndexOf(segments, offset)]!.baseOffset
}

const segmentOf = (log: ReplicaLog, base: number | null): LogSegment | undefined =>
  base === null ? log.layout?.segments.at(-1) : log.layout?.segments.find(({ baseOffset }) => baseOffset === base)

/** A segment's file is cut inside its last batch. */
function tearSegment(log: ReplicaLog, segment: LogSegment, bytes: number | null): void {
  const { layout } = log
  const next = layout?.segments.find(({ baseOffset }) => baseOffset > segment.baseOffset)
  const index = (next === undefined ? log.batches.length : batchIndexOf(log, next.baseOffset)) - 1
  const batch = log.batches[index]
  if (layout === undefined || batch === undefined || batch.baseOffset < segment.baseOffset) return
  const whole = bytesOfBatch(batch, layout.format)
  log.batches.splice(index, 1)
  segment.sizeBytes -= whole
  const left = Math.min(bytes ?? Math.floor(whole / 2), whole - 1)
  addTail(log, segment.baseOffset, { kind: 'torn', bytes: left, before: batch.baseOffset })
}

function damageIndex(
  log: ReplicaLog,
  segment: LogSegment,
  how: 'delete' | 'grow' | 'zeros' | 'cut',
  bytes: number,
): void {
  const { indexes } = damageOf(log)
  if (how === 'cut') segment.offsetIndex.length = Math.min(segment.offsetIndex.length, Math.floor(bytes / 8))
  else if (how === 'delete') indexes[segment.baseOffset] = { kind: 'missing' }
  else if (how === 'grow') indexes[segment.baseOffset] = { kind: 'odd', bytes }
  else {
    segment.offsetIndex = []
    indexes[segment.baseOffset] = { kind: 'zeros', bytes, timeIndexBytes: null }
  }
  tidyDamage(log)
}

/** Damages the files of one log. */
export function damageLog(log: ReplicaLog, damage: DiskDamage): void {
  switch (damage.what) {
    case 'flip':
      flipByte(log, damage.offset)
      return
    case 'snapshots':
      if (log.layout !== undefined) log.layout.snapshots = []
      if (log.producers !== undefined) log.producers.snapshots = []
      return
    case 'epoch-entry':
      log.epochCache.push({ epoch: damage.epoch, startOffset: damage.startOffset })
      return
    case 'epoch-file':
      damageOf(log).epochFile = 'garbage'
      return
    case 'tear':
    case 'junk':
    case 'index':
    case 'index-entry': {
      const segment = segmentOf(log, damage.segment)
      if (segment === undefined) return
      if (damage.what === 'tear') tearSegment(log, segment, damage.bytes)
      else if (damage.what === 'junk') addJunk(log, segment, damage.bytes)
      else if (damage.what === 'index') damageIndex(log, segment, damage.how, damage.bytes)
      else segment.offsetIndex.push({ offset: damage.offset, position: damage.position })
      return
    }
    default:
      return
  }
}

function addJunk(log: ReplicaLog, segment: LogSegment, bytes: number): void {
  const next = log.layout?.segments.find(({ baseOffset }) => baseOffset > segment.baseOffset)
  addTail(log, segment.baseOffset, { kind: 'junk', bytes, before: next?.baseOffset ?? log.logEndOffset })
}

/** Takes junk away and makes the epoch file readable. */
export function repairLog(log: ReplicaLog): void {
  const { damage, layout } = log
  if (damage === undefined) return
  damage.epochFile = null
  for (const base of Object.keys(damage.tails)) {
    const tail = damage.tails[base]!
    if (tail.kind !== 'junk') continue
    delete damage.tails[base]
    const segment = layout?.segments.find(({ baseOffset }) => baseOffset === Number(base))
    if (segment !== undefined) segment.sizeBytes -= tail.bytes
  }
  tidyDamage(log)
}
