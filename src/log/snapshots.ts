/** The producer snapshots that a load leaves and writes. Each holds the producers as of the offset in its name. */
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import type { LogLayout } from './layout.ts'

const sorted = (offsets: readonly number[]): number[] =>
  [...new Set(offsets)].filter((offset) => offset > 0).sort((a, b) => a - b)

/**
 * `scanned` is the index of the first segment that was scanned; null: the stop was clean. A scan begins with the state
 * of producers where its first segment begins and writes a snapshot behind each segment. A clean start without any
 * snapshot takes the log for one without producers and writes empty ones at the last two segments and at the end. What
 * lies at or below the log start says nothing of this log and goes (ProducerStateManager.truncateAndReload).
 */
export function snapshotsAfterLoad(
  layout: LogLayout,
  { logStartOffset, logEndOffset }: { readonly logStartOffset: number; readonly logEndOffset: number },
  scanned: number | null,
  m: Mechanisms,
): void {
  if (layout.format !== 2) return
  const bases = layout.segments.map(({ baseOffset }) => baseOffset)
  const had = layout.snapshots.filter((offset) => offset <= logEndOffset)
  const lastTwo = bases.slice(-2)
  if (scanned === null) {
    const kept = had.length === 0 ? [...lastTwo, logEndOffset] : [...had, logEndOffset]
    layout.snapshots = sorted(kept).filter((offset) => offset > logStartOffset)
    return
  }
  const from = Math.min(scanned, bases.length - 1)
  const base = bases[from]!
  const below = had.filter((offset) => offset <= base)
  const lastBelow = below.at(-1) ?? 0
  const rebuilt =
    m.recoverySnapshots === 'last-two-segments' ? lastTwo.filter((each) => each >= lastBelow && each < base) : []
  const written = sorted([...below, ...rebuilt, base, ...bases.slice(from + 1), logEndOffset])
  layout.snapshots = written.filter((offset) => offset > logStartOffset)
}
