/** What the segments of a compacted partition hold, state after state, as somebody who reads the files would see it. */
import { offsetAt } from '../kafka/records.ts'
import { batchesOfSegment } from '../log/directory.ts'
import type { ReplicaLog } from '../log/replica-log.ts'
import type { World } from '../world/world.ts'
import { brokerState } from '../world/world.ts'
import type { Comparison } from './comparison.ts'

type Row = readonly [offset: number, key: string | null, value: string | null]
/** Values were padded to a size; their padding is not told. */
type SegmentContents = readonly [base: number, bytes: number, records: readonly Row[]]

export interface SeenContents {
  readonly saw: 'segmentContents'
  readonly partition: string
  readonly segments: readonly SegmentContents[]
  readonly cleanerCheckpoint: number | null
  /** [base of the batch, ms of the recording], from 3.1. */
  readonly deleteHorizons?: readonly (readonly [number, number])[]
}

interface State {
  readonly segments: readonly SegmentContents[]
  readonly cleanerCheckpoint: number | null
  readonly deleteHorizons: readonly (readonly [number, number])[]
}

function contentsOf(log: ReplicaLog): readonly SegmentContents[] {
  const segments = log.layout?.segments ?? []
  return segments.map(
    (segment, index): SegmentContents => [
      segment.baseOffset,
      segment.sizeBytes,
      batchesOfSegment(log, segments, index).flatMap((batch) =>
        batch.records.map((record, at): Row => [offsetAt(batch, at), record.key, record.value?.trimEnd() ?? null]),
      ),
    ],
  )
}

const horizonsOf = (log: ReplicaLog, clockMs: number): (readonly [number, number])[] =>
  log.batches.flatMap((batch) => {
    const horizon = batch.cleaned?.deleteHorizonMs ?? null
    return horizon === null ? [] : [[batch.baseOffset, horizon - clockMs] as const]
  })

/** The later of two looks at a file can find it just rolled, with nothing in it yet. */
function isSame(recorded: readonly SegmentContents[], ours: readonly SegmentContents[]): boolean {
  if (JSON.stringify(recorded) === JSON.stringify(ours)) return true
  const last = ours.at(-1)
  if (last === undefined) return false
  const rolled: SegmentContents = [last[0], 0, []]
  return JSON.stringify(recorded) === JSON.stringify([...ours.slice(0, -1), rolled])
}

/** A pass comes up to one back-off earlier or later than in the recording. */
const HORIZON_TOLERANCE_MS = 700

export class ContentsWatch {
  readonly #partitions: readonly string[]
  readonly #clockMs: number
  readonly #states: Record<string, State[]> = {}
  readonly #marks: Record<string, string> = {}

  constructor(partitions: readonly string[], clockMs: number) {
    this.#partitions = partitions
    this.#clockMs = clockMs
  }

  look(world: World): void {
    const durable = brokerState(world, 1)?.durable
    for (const partition of this.#partitions) {
      const log = durable?.logs[partition]
      if (log === undefined) continue
      const cleanerCheckpoint = durable?.cleanerCheckpoint?.[partition] ?? null
      const mark = `${log.logEndOffset} ${cleanerCheckpoint} ${log.batches.length} ${log.layout?.segments.length}`
      if (mark === this.#marks[partition]) continue
      this.#marks[partition] = mark
      this.#states[partition] ??= []
      const deleteHorizons = horizonsOf(log, this.#clockMs)
      this.#states[partition].push({ segments: contentsOf(log), cleanerCheckpoint, deleteHorizons })
    }
  }

  /** Every state that was seen must have been one of ours, in the same order. */
  compare(seen: readonly (SeenContents & { readonly atMs: number })[], to: Comparison): void {
    const reached: Record<string, number> = {}
    for (const entry of seen) {
      const states = this.#states[entry.partition] ?? []
      const from = reached[entry.partition] ?? 0
      const at = states.findIndex((state, index) => index >= from && isSame(entry.segments, state.segments))
      const label = `${entry.partition}: contents at ${entry.atMs} ms`
      if (at < 0) {
        to.equal(label, 'segments', entry.segments as never, (states[from]?.segments ?? null) as never)
        continue
      }
      reached[entry.partition] = at
      to.holds(label, 'segments', true, '', '')
      // The checkpoint is written after the files are swapped: a look in between finds the old one.
      const checkpoints = [states[at]!.cleanerCheckpoint, states[at - 1]?.cleanerCheckpoint]
      const same = checkpoints.includes(entry.cleanerCheckpoint)
      to.holds(label, 'cleaner checkpoint', same, String(entry.cleanerCheckpoint), String(checkpoints[0]))
      if (entry.deleteHorizons === undefined) continue
      const ours = states[at]!.deleteHorizons
      const bases = (list: readonly (readonly [number, number])[]): number[] => list.map(([base]) => base)
      to.equal(label, 'batches with a delete horizon', bases(entry.deleteHorizons), bases(ours))
      const near = entry.deleteHorizons.every(
        ([, ms], index) => Math.abs(ms - (ours[index]?.[1] ?? 0)) < HORIZON_TOLERANCE_MS,
      )
      to.holds(label, 'delete horizons', near, JSON.stringify(entry.deleteHorizons), JSON.stringify(ours))
    }
  }
}
