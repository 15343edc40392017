/** Random plans of every runnable generation, short enough to be recorded event by event. */
import fc from 'fast-check'
import type { FaultFamily, RandomPlanOptions } from '../../src/campaign/random-plan.ts'
import { FAULT_FAMILIES, randomPlan } from '../../src/campaign/random-plan.ts'
import { resolveGeneration } from '../../src/kafka/generation/table.ts'
import type { Plan } from '../../src/world/plan.ts'

/** One of each way to truncate, to change an ISR and to elect. */
export const VERSIONS = ['0.8.0', '0.8.2', '0.10.2', '0.11', '1.1', '2.0.1', '2.4', '3.5', '3.5-kraft', '4.1'] as const

/** Faults that need a registry. */
const OF_REGISTRY: readonly FaultFamily[] = ['cut-from-registry', 'expire-session']

export interface SampleGiven {
  readonly kafka: string
  readonly count: number
  /** Plan i is made from seed + i, so that one plan can be repeated alone. */
  readonly seed: number
}

export interface Sample {
  /** Names the plan in a failure. */
  readonly name: string
  readonly plan: Plan
}

/** Plans of one version: a pure function of its arguments. */
export function samplePlans(given: SampleGiven): Sample[] {
  const resolved = resolveGeneration(given.kafka)
  if (!resolved.ok) throw new Error(resolved.message)
  const options: RandomPlanOptions = {
    generation: resolved.generation,
    families:
      resolved.generation.mechanisms.metadata === 'registry'
        ? FAULT_FAMILIES
        : FAULT_FAMILIES.filter((family) => !OF_REGISTRY.includes(family)),
    runMs: 6_000,
    maxFaults: 4,
  }
  return Array.from({ length: given.count }, (_, i) => ({
    name: `Kafka ${given.kafka}, plan ${given.seed + i}`,
    plan: fc.sample(randomPlan(options), { seed: given.seed + i, numRuns: 1 })[0]!,
  }))
}
