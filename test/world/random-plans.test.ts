/**
 * Random faults against every property, on the generation that lost data and on the one that does not: the short form
 * of `npm run random-plans`, which judges 10,000 plans a case. A failure prints the shrunk plan.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FaultFamily } from '../../src/campaign/random-plan.ts'
import { randomPlan } from '../../src/campaign/random-plan.ts'
import type { Violation } from '../../src/check/property.ts'
import { simulate } from '../../src/driver/simulate.ts'
import { resolveGeneration } from '../../src/kafka/generation/table.ts'
import type { Plan } from '../../src/world/plan.ts'

const PLANS = 60

function plansOf(kafka: string, families: readonly FaultFamily[]): fc.Arbitrary<Plan> {
  const resolved = resolveGeneration(kafka)
  if (!resolved.ok) throw new Error(resolved.message)
  return randomPlan({ generation: resolved.generation, families })
}

/** What a run broke, with the hole that explains it where one does. */
const broken = (plan: Plan): readonly Violation[] => simulate(plan, { digest: false }).violations

const tell = (violations: readonly Violation[]): string[] =>
  violations.map(({ property, words }) => `${property}: ${words}`)

/** Fails with the smallest plan that breaks something, as its seed and its steps: the rest is the same for all plans. */
function expectNothing(plans: fc.Arbitrary<Plan>, breaks: (plan: Plan) => readonly Violation[]): void {
  const run = fc.check(
    fc.property(plans, (plan) => breaks(plan).length === 0),
    { seed: 1, numRuns: PLANS },
  )
  const plan = run.counterexample?.[0]
  if (plan === undefined) return
  const steps = plan.steps.map(({ atUs, actions }) => `${atUs} us: ${JSON.stringify(actions)}`)
  expect([`path ${run.counterexamplePath}`, `seed ${plan.seed}`, ...steps, ...tell(breaks(plan))]).toEqual([])
}

test('2.4 with acks=all, two in-sync replicas and no power loss breaks nothing', () => {
  const families = ['crash', 'stop', 'pause', 'cut', 'cut-from-registry', 'slow', 'expire-session', 'lag'] as const
  expectNothing(plansOf('2.4', families), broken)
})

test('2.4 with power loss breaks nothing that what happened does not explain', () => {
  const families = ['crash', 'stop', 'pause', 'cut', 'slow', 'expire-session', 'power-loss'] as const
  expectNothing(plansOf('2.4', families), (plan) => broken(plan).filter(({ isExplained }) => !isExplained))
})

test('0.10.2 loses an acknowledged record, and each loss has the name of its hole', () => {
  const plans = plansOf('0.10.2', ['crash', 'stop', 'pause', 'cut', 'lag'])
  const violations = fc.sample(plans, { seed: 4, numRuns: PLANS }).flatMap(broken)
  expect(tell(violations.filter(({ knownHole }) => knownHole === null))).toEqual([])
  const lost = violations.filter(({ property }) => property === 'AckedAtAllNotLost')
  expect(lost.length).toBeGreaterThan(0)
  expect(lost.every(({ knownHole }) => knownHole?.includes('KIP-101') === true)).toBe(true)
})
