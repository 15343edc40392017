/** What became of the transaction that a record belongs to, as far as one log tells. */
import type { Cell } from './view-state.ts'

type RecordFate = 'open' | 'committed' | 'aborted'

export interface CellMark {
  readonly producer: number
  /** A record of a transaction, or the marker that ends one. */
  readonly kind: 'record' | 'marker'
  readonly fate: RecordFate
}

/** Marks by offset of the cells from `from` on: a record's fate is what the next marker of its producer says. */
export function transactionMarks(cells: readonly Cell[], from: number): ReadonlyMap<number, CellMark> {
  const marks = new Map<number, CellMark>()
  const ended = new Map<number, RecordFate>()
  for (let at = cells.length - 1; at >= 0; at--) {
    const [offset, , , , mark] = cells[at]!
    if (offset < from) break
    if (mark === undefined) continue
    const producer = Number(mark.slice(1))
    if (mark.startsWith('t')) {
      marks.set(offset, { producer, kind: 'record', fate: ended.get(producer) ?? 'open' })
    } else {
      const fate = mark.startsWith('c') ? 'committed' : 'aborted'
      ended.set(producer, fate)
      marks.set(offset, { producer, kind: 'marker', fate })
    }
  }
  return marks
}
