/** A recording as a chain of moments: each happens at its distance after the one before, once its condition is true. */
import type { Action, Condition, PlanStep } from '../world/plan.ts'

export interface Moment {
  readonly id: string
  readonly atMs: number
  /** Tells moments of one time apart: that of the entry, a little more for what belongs to it but comes later. */
  readonly order: number
  readonly text: string
  readonly when: Condition | null
  readonly actions: readonly Action[]
  /** Not in the chain: judged from when the moment of that id has happened, and nothing waits for it. */
  readonly beside: string | null
}

/** Every condition of a list; null when there is none. */
export function allOf(conditions: readonly Condition[]): Condition | null {
  if (conditions.length === 0) return null
  return conditions.length === 1 ? conditions[0]! : { when: 'all', of: conditions }
}

/**
 * The steps of a plan, in the order of the recording. Each fires at its recorded distance after the one before it and
 * not before its own condition holds, so what comes late moves everything behind it by the same slip.
 */
export function chain(moments: readonly Moment[], withinUs: number): PlanStep[] {
  const ordered = moments
    .filter((moment) => moment.beside === null)
    .sort((a, b) => a.atMs - b.atMs || a.order - b.order)
  const beside = moments.filter((moment) => moment.beside !== null)
  const all = [...ordered, ...beside]
  return all.map((moment, index): PlanStep => {
    const before = moment.beside === null ? ordered[index - 1] : ordered.find((each) => each.id === moment.beside)
    const step = before === undefined ? -1 : ordered.indexOf(before)
    const delayMs = before === undefined ? moment.atMs : Math.max(0, moment.atMs - before.atMs)
    return {
      id: moment.id,
      text: moment.text,
      atUs: before === undefined ? Math.round(moment.atMs * 1000) : null,
      after: before === undefined ? null : { step, delayUs: Math.round(delayMs * 1000) },
      when: moment.when,
      withinUs: moment.when === null ? null : withinUs,
      actions: moment.actions,
      source: null,
    }
  })
}
