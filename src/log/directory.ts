/** The files of a partition's directory, by name and size, as a listing shows them. */
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import { lastOffset, type RecordBatch } from '../kafka/records.ts'
import { unreachable } from '../kernel/assert.ts'
import type { IndexDamage } from './damage.ts'
import type { EpochEntry } from './epoch-cache.ts'
import type { DeletedSegment } from './layout.ts'
import { batchIndexOf, type ReplicaLog } from './replica-log.ts'
import { indexFileBytes, type LogSegment, type SegmentSettings, segmentName } from './segment.ts'

interface SegmentFiles {
  readonly baseOffset: number
  readonly sizeBytes: number
  /** Null while the segment is empty. */
  readonly firstOffset: number | null
  readonly lastOffset: number | null
  readonly batchCount: number
  readonly indexBytes: number
  readonly indexEntries: number
  /** Null in formats without timestamps. */
  readonly timeIndexBytes: number | null
  readonly timeIndexEntries: number
}

export interface PartitionDirectory {
  readonly segments: readonly SegmentFiles[]
  /** Every other file. */
  readonly files: Readonly<Record<string, number>>
}

/** A snapshot without producers: version, checksum and an empty list. */
const EMPTY_SNAPSHOT_BYTES = 10

/** A checkpoint file is text: a version, a count, and a line an entry. */
const checkpointBytes = (lines: readonly string[]): number =>
  `0\n${lines.length}\n`.length + lines.reduce((sum, line) => sum + line.length + 1, 0)

const epochCheckpointBytes = (entries: readonly EpochEntry[]): number =>
  checkpointBytes(entries.map((entry) => `${entry.epoch} ${entry.startOffset}`))

/** The batches of a segment, by its number: those in its file, also behind a log end that a load set too low. */
export function batchesOfSegment(log: ReplicaLog, segments: readonly LogSegment[], index: number): RecordBatch[] {
  const beyond = index === segments.length - 1 ? log.damage?.beyond : undefined
  if (beyond !== undefined && beyond.length > 0) return beyond
  const from = batchIndexOf(log, segments[index]!.baseOffset)
  const next = segments[index + 1]?.baseOffset
  return log.batches.slice(from, next === undefined ? undefined : batchIndexOf(log, next))
}

/** The files of a segment that waits for its deletion. */
function deletedFiles(segment: DeletedSegment, format: 0 | 1 | 2): Record<string, number> {
  const name = segmentName(segment.baseOffset)
  const files: Record<string, number> = {
    [`${name}.index.deleted`]: segment.indexBytes,
    [`${name}.log.deleted`]: segment.sizeBytes,
  }
  if (segment.snapshot) files[`${name}.snapshot.deleted`] = EMPTY_SNAPSHOT_BYTES
  if (format !== 0) files[`${name}.timeindex.deleted`] = segment.timeIndexBytes
  return files
}

/** Sizes of index files that are not what their entries make them. */
function damagedIndexBytes(
  sound: { readonly index: number; readonly timeindex: number },
  damage: IndexDamage | undefined,
): { readonly index: number; readonly timeindex: number } {
  switch (damage?.kind) {
    case undefined:
      return sound
    case 'missing':
      return { index: 0, timeindex: 0 }
    case 'odd':
      return { ...sound, index: sound.index + damage.bytes }
    case 'zeros':
      return { index: damage.bytes, timeindex: damage.timeIndexBytes ?? sound.timeindex }
    default:
      return unreachable(damage)
  }
}

/**
 * What is in the directory of a log. `settings` are those that its index files were made with; null: the process has
 * closed its logs, and no index is in use.
 */
export function partitionDirectory(
  log: ReplicaLog,
  settings: SegmentSettings | null,
  m: Mechanisms,
): PartitionDirectory {
  const { layout } = log
  if (layout === undefined) return { segments: [], files: {} }
  const files: Record<string, number> = {}
  for (const deleted of layout.deleted) Object.assign(files, deletedFiles(deleted, layout.format))
  for (const offset of layout.snapshots) files[`${segmentName(offset)}.snapshot`] = EMPTY_SNAPSHOT_BYTES
  if (m.epochCache !== 'none') {
    // Created empty; to 2.0.0 nothing is written to it before the first append.
    const untouched = log.logEndOffset === 0 && !m.epochEntryAtElection
    files['leader-epoch-checkpoint'] = untouched ? 0 : epochCheckpointBytes(log.epochCache)
  }
  const segments = layout.segments.map((segment, index): SegmentFiles => {
    const batches = batchesOfSegment(log, layout.segments, index)
    const inUse = settings !== null && index === layout.segments.length - 1
    const bytes = damagedIndexBytes(
      indexFileBytes(segment, inUse ? settings : null),
      inUse ? undefined : log.damage?.indexes[segment.baseOffset],
    )
    return {
      baseOffset: segment.baseOffset,
      sizeBytes: segment.sizeBytes,
      firstOffset: batches[0]?.baseOffset ?? null,
      lastOffset: batches.length === 0 ? null : lastOffset(batches.at(-1)!),
      batchCount: batches.length,
      indexBytes: bytes.index,
      indexEntries: Math.max(segment.offsetIndex.length, segment.leftEntries?.index ?? 0),
      timeIndexBytes: layout.format === 0 ? null : bytes.timeindex,
      timeIndexEntries: Math.max(segment.timeIndex.length, segment.leftEntries?.timeIndex ?? 0),
    }
  })
  return { segments, files }
}
