/**
 * What is wrong with the files of a log. Their content is kept as batches and index entries, so damage is a mark beside
 * them: what a disk did to a file, or what a broker left there, and what no reader has noticed yet.
 */
import type { RecordBatch } from '../kafka/records.ts'
import type { ReplicaLog } from './replica-log.ts'

/** Bytes in a segment's file that are no whole batch. They count in the segment's size. */
export interface DamagedTail {
  /** `torn`: the beginning of a batch. `junk`: bytes that no batch begins with. */
  readonly kind: 'torn' | 'junk'
  readonly bytes: number
  /** They lie before the batches from this offset on, which were appended behind them. */
  readonly before: number
}

export type IndexDamage =
  | { readonly kind: 'missing' }
  /** The file is longer than its entries by so many bytes, which is no whole number of entries. */
  | { readonly kind: 'odd'; readonly bytes: number }
  /** A file of zeros of that length, in which no entry is found. */
  | { readonly kind: 'zeros'; readonly bytes: number; readonly timeIndexBytes: number | null }

export interface LogDamage {
  /** By base offset of the segment. */
  tails: Record<string, DamagedTail>
  indexes: Record<string, IndexDamage>
  epochFile: 'garbage' | null
  /** Whole batches in the last segment's file behind a log end that a load set too low; they come back with a scan. */
  beyond: RecordBatch[]
}

const undamaged = (): LogDamage => ({ tails: {}, indexes: {}, epochFile: null, beyond: [] })

/** The damage of a log, to be written to; made when there is none yet. */
export function damageOf(log: ReplicaLog): LogDamage {
  log.damage ??= undamaged()
  return log.damage
}

/** Forgets the marks when none is left, so that a sound log carries none. */
export function tidyDamage(log: ReplicaLog): void {
  const { damage } = log
  if (damage === undefined) return
  const marks = [...Object.keys(damage.tails), ...Object.keys(damage.indexes)].length + damage.beyond.length
  if (marks === 0 && damage.epochFile === null) delete log.damage
}

/** Whether `offset` is that of a torn batch at the end of a segment which is not the last. */
export function isTornAt(log: ReplicaLog, offset: number): boolean {
  const { damage, layout } = log
  if (damage === undefined || layout === undefined) return false
  return layout.segments.some(({ baseOffset }, index) => {
    const next = layout.segments[index + 1]?.baseOffset
    const tail = damage.tails[baseOffset]
    return next !== undefined && tail?.kind === 'torn' && offset >= tail.before && offset < next
  })
}

/** A cut to `target` takes the bytes behind it with it. */
export function cutDamage(log: ReplicaLog, target: number): void {
  const { damage } = log
  if (damage === undefined) return
  for (const base of Object.keys(damage.tails)) if (damage.tails[base]!.before >= target) delete damage.tails[base]
  const bases = log.layout?.segments.map(({ baseOffset }) => baseOffset) ?? []
  for (const base of Object.keys(damage.indexes)) if (!bases.includes(Number(base))) delete damage.indexes[base]
  damage.beyond = damage.beyond.filter(({ baseOffset }) => baseOffset < target)
  tidyDamage(log)
}
