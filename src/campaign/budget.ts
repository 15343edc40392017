/**
 * The recoverability budget: how many brokers may be broken at one moment for the configuration to promise that every
 * acknowledged record survives and every partition can be led again.
 */
import type { Fault } from './families.ts'

/** Replicas beyond min.insync.replicas of the most demanding topic. */
export const budgetOf = (
  topics: readonly { readonly replicationFactor: number; readonly minInsyncReplicas: number }[],
): number =>
  Math.min(...topics.map(({ replicationFactor, minInsyncReplicas }) => replicationFactor - minInsyncReplicas))

/** Faults in order of time, without those that would break more brokers at once than the budget has. */
export function withinBudget(faults: readonly Fault[], budget: number): Fault[] {
  const kept: Fault[] = []
  for (const fault of [...faults].sort((a, b) => a.fromMs - b.fromMs)) {
    if (fault.breaks === 0 || mostBroken([...kept, fault]) <= budget) kept.push(fault)
  }
  return kept
}

/** The largest number of brokers that are broken at one moment, at most: two faults may hit the same broker. */
export function mostBroken(faults: readonly Fault[]): number {
  let most = 0
  for (const { fromMs } of faults) {
    const broken = faults
      .filter((it) => it.fromMs <= fromMs && fromMs < Math.max(it.toMs, it.fromMs + 1))
      .reduce((sum, it) => sum + it.breaks, 0)
    most = Math.max(most, broken)
  }
  return most
}
