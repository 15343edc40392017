import { expect, test } from 'vitest'
import { powerLossPlan, strikesOf } from '../../src/campaign/power-loss.ts'
import { simulate } from '../../src/driver/simulate.ts'
import type { MutantName } from '../../src/kafka/mutants.ts'
import type { Plan } from '../../src/world/plan.ts'

const SECONDS = 20
const planAt = (atUs: number, run: number, kafka = '2.4', mutants: readonly MutantName[] = []): Plan => ({
  ...powerLossPlan({ kafka, seed: '1', seconds: SECONDS, strike: { ...strikesOf(run), atUs } }),
  ...(mutants.length > 0 ? { mutants } : {}),
})
const brokenBy = (plan: Plan): string[] => [
  ...new Set(simulate(plan, { digest: false }).violations.map(({ property }) => property)),
]

/** The whole of it is scripts/power-loss-everywhere.mjs. */
test.each(['0.8.2', '0.10.2', '2.4', '3.5'])('a power loss at some events of a run of %s', (kafka) => {
  for (let run = 0; run < 6; run++) {
    const { world, violations, outcome } = simulate(planAt(3_000_000 + run * 1_711_113, run, kafka), { digest: false })
    expect(outcome).toBe('completed')
    expect(world.ledger.facts.filter(({ fact }) => fact.kind === 'startFailed')).toEqual([])
    const names = violations.map(({ property }) => property)
    for (const name of ['FlushedNotLost', 'RecoveryInventsNothing', 'OffsetsGrow']) expect(names).not.toContain(name)
  }
})

test.each([
  ['recovery-cuts-flushed', 'FlushedNotLost'],
  ['recovery-invents', 'RecoveryInventsNothing'],
  ['offsets-overlap', 'OffsetsGrow'],
] as const)('the planted bug %s breaks %s', (mutant, property) => {
  const caught = [0, 1, 2, 5, 8, 11].some((run) => brokenBy(planAt(9_000_000, run, '2.4', [mutant])).includes(property))
  expect(caught).toBe(true)
})
