/** One timer for all the deadlines of a client. */
import type { Json } from '../kernel/json.ts'

export const WAKE_TIMER = 'wake'

interface Sleeper {
  /** When the timer fires; null: it is not armed. */
  wakeAtUs: number | null
}

interface TimerContext {
  readonly nowUs: number
  setTimer(name: string, delayUs: number, data?: Json): void
}

/**
 * Makes sure that the client wakes at `atUs` or before (null: no need). A timer armed for an earlier time is left
 * alone: deadlines mostly move later, and waking early only means looking again.
 */
export function wakeBy(sleeper: Sleeper, ctx: TimerContext, atUs: number | null): void {
  if (atUs === null || (sleeper.wakeAtUs !== null && sleeper.wakeAtUs <= atUs)) return
  sleeper.wakeAtUs = Math.max(atUs, ctx.nowUs)
  ctx.setTimer(WAKE_TIMER, sleeper.wakeAtUs - ctx.nowUs)
}

/** The earlier of two times, where null is never. */
export const earlier = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b)
