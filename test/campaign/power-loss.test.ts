import { expect, test } from 'vitest'
import { drawCase } from '../../src/campaign/generate.ts'
import { powerLossPlan, strikesOf } from '../../src/campaign/power-loss.ts'
import { profileNamed } from '../../src/campaign/profiles/table.ts'
import { judgeRun, planOf } from '../../src/campaign/run-case.ts'
import { simulate } from '../../src/driver/simulate.ts'
import { generationNamed } from '../../src/kafka/generation/table.ts'
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

/** Seeds of the profile power, each with breaks of one kind beside members that were not out of the ISR yet. */
const TOLD = [
  ['4.1', 524, 'KIP-966 (the last known leader leads after an unclean stop)'],
  ['2.4', 467, 'C-29 (KIP-380: '],
  ['2.4', 332, 'C-'],
  ['4.0', 432, 'replication without fsync'],
  ['4.1', 326, 'replication without fsync'],
] as const

test.each(TOLD)('on %s every break of seed %i has the hole that it went through', (kafka, seed, hole) => {
  const { document } = drawCase(profileNamed('power')!, generationNamed(kafka)!, seed)
  const { outcome, breaks } = judgeRun(planOf(document), { liveness: true })
  expect(outcome).toBe('hole')
  const holes = breaks.map((each) => each.hole ?? 'none').filter((each) => !each.startsWith('replication without'))
  if (hole.startsWith('replication')) expect(holes).toEqual([])
  else expect([...new Set(holes.map((each) => each.startsWith(hole)))]).toEqual([true])
})
