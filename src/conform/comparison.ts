/** Collects what was compared and what differs. */

import { errorCode } from '../kafka/errors.ts'
import type { BrokerId } from '../kafka/ids.ts'
import { canonical } from '../kernel/fingerprint.ts'
import type { Difference } from './check.ts'

export class Comparison {
  compared = 0
  readonly differences: Difference[] = []
  /** The request whose answer is being compared. */
  request: string | null = null

  /** Compares two plain values. */
  equal(label: string, field: string, recorded: unknown, ours: unknown): void {
    this.holds(label, field, canonical(recorded) === canonical(ours), printed(recorded), printed(ours))
  }

  /** Errors are compared by code: one of them was renamed. */
  sameError(label: string, field: string, recorded: string, ours: string): void {
    const same = recorded === ours || errorCode(recorded) === errorCode(ours)
    this.holds(label, field, same, recorded, ours)
  }

  holds(label: string, field: string, holds: boolean, recorded: string, ours: string): void {
    this.compared += 1
    if (holds) return
    const { request } = this
    this.differences.push({ label, field, recorded, ours, ...(request === null ? {} : { request }) })
  }
}

export function printed(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  return typeof value === 'string' ? value : canonical(value)
}

/** How an ISR is printed: in stored order. */
export const printedIsr = (isr: readonly BrokerId[]): string => `[${isr.join(',')}]`

/** Members whose order is chance become one name. */
const named = (isr: readonly BrokerId[], free: readonly (readonly BrokerId[])[]): string =>
  isr
    .map((id) => {
      const group = free.findIndex((brokers) => brokers.includes(id))
      return group < 0 ? String(id) : `free${group}`
    })
    .join()

/**
 * Whether two ISRs agree: in stored order, but brokers that returned at once may have changed places. `settled` asks
 * for the same members; while they come back one of them may be there before the other.
 */
export function sameIsr(
  recorded: readonly BrokerId[],
  ours: readonly BrokerId[],
  free: readonly (readonly BrokerId[])[],
  settled: boolean,
): boolean {
  if (recorded.join() === ours.join()) return true
  if (named(recorded, free) !== named(ours, free)) return false
  return !settled || [...recorded].sort().join() === [...ours].sort().join()
}
