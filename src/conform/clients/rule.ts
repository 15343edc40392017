/** What one kind of entry means to a replay. Every kind is a row in a table: see `do.ts` and `saw.ts`. */
import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import type { Action, Condition } from '../../world/plan.ts'
import type { World } from '../../world/world.ts'
import type { Comparison } from '../comparison.ts'
import type { ClientsEntry } from './recording.ts'
import type { ClientsScript } from './script.ts'

/** The actions of an entry that was done; null: it has a form that is not simulated. */
export type DoRule = (entry: ClientsEntry, script: ClientsScript) => readonly Action[] | null

/** The moment at which a replay is held against an entry that was seen. */
export interface Look {
  readonly world: World
  readonly entry: ClientsEntry
  readonly index: number
  /** How a reader finds it. */
  readonly label: string
  readonly script: ClientsScript
  readonly mechanisms: Mechanisms
  /** What comparisons of this replay remember from one entry to the next, by their own keys. */
  readonly memory: Map<string, unknown>
}

export interface SawRule {
  /** What must have come true before the replay goes on; null: nothing. Absent: nothing. */
  readonly when?: (entry: ClientsEntry, script: ClientsScript) => Condition | null
  /** Absent: it only says what to wait for. */
  readonly compare?: (look: Look, to: Comparison) => void
}

/** Two times agree within this, in ms: clocks and JVMs are not exact. */
export const SAME_TIME_MS = 300
/** What took less than this waited for nothing: classes were loaded, threads came late. */
const AT_ONCE_MS = 700

/** A time that must lie in an interval. */
export function sameTime(
  to: Comparison,
  look: Look,
  field: string,
  recorded: readonly [number, number],
  oursMs: number | null,
): void {
  const [from, until] = recorded
  const atOnce = until < AT_ONCE_MS && oursMs !== null && oursMs < AT_ONCE_MS
  const holds = atOnce || (oursMs !== null && oursMs >= from - SAME_TIME_MS && oursMs <= until + SAME_TIME_MS)
  to.holds(look.label, field, holds, from === until ? `${from} ms` : `${from} to ${until} ms`, `${oursMs ?? 'no'} ms`)
}

/** Names by order of first appearance, so that ids a cluster gave can be compared: `first`, `second` are 0 and 1. */
export function ordinal(look: Look, family: string, side: 'recorded' | 'ours', value: number | string): number {
  const key = `${family}/${side}`
  const known = (look.memory.get(key) as (number | string)[] | undefined) ?? []
  look.memory.set(key, known)
  const at = known.indexOf(value)
  return at >= 0 ? at : known.push(value) - 1
}
