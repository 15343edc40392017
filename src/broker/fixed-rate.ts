/**
 * Kafka's scheduler runs its tasks at a fixed rate (KafkaScheduler, scheduleAtFixedRate): a run that came late does not
 * shift the next ones, and runs that a paused or blocked process missed follow back to back.
 */
import type { Json } from '../kernel/json.ts'
import type { BrokerContext } from './running.ts'

/** Longer delays stand for "never". */
const NEVER_US = 1_000_000_000_000

/** Arms the first run of a task. */
export function startTask(ctx: BrokerContext, name: string, delayUs: number): void {
  if (delayUs < NEVER_US) ctx.setTimer(name, delayUs, { dueUs: ctx.nowUs + delayUs })
}

/** Arms the run after the one that `data` of the timer belongs to. */
export function nextRun(ctx: BrokerContext, name: string, data: Json, periodUs: number): void {
  const due = data !== null && typeof data === 'object' && 'dueUs' in data ? Number(data.dueUs) : ctx.nowUs
  const next = due + periodUs
  ctx.setTimer(name, Math.max(0, next - ctx.nowUs), { dueUs: next })
}
