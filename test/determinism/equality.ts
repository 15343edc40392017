/** The same plan gives the same run: again, recorded through immer, and replayed from its trace. */
import { expect, test } from 'vitest'
import { record } from '../../src/driver/record.ts'
import { replay } from '../../src/driver/replay.ts'
import type { RunResult } from '../../src/driver/simulate.ts'
import { simulate } from '../../src/driver/simulate.ts'
import { parseTrace, traceEvent, traceFooter, traceHeader } from '../../src/driver/trace.ts'
import { fingerprint } from '../../src/kernel/fingerprint.ts'
import type { Plan } from '../../src/world/plan.ts'
import { samplePlans } from './plans.ts'

/** Plans a version: 2 here, and 20 with `npm run determinism`. */
const PLANS = Number(process.env.PLANS ?? 2)

/** What has to be equal of two runs: every event by the digest, the whole world at the end, and what was judged. */
export const essence = (result: RunResult) => ({
  outcome: result.outcome,
  events: result.events,
  digest: result.digest,
  history: result.history,
  world: fingerprint(result.world),
  violations: fingerprint(result.violations),
  verdictsAtEnd: fingerprint(result.verdictsAtEnd),
})

/** Runs a plan raw and keeps its trace, a line an event. */
function traced(plan: Plan): { result: RunResult; lines: string[] } {
  const lines: string[] = []
  const result = simulate(plan, {
    onEvent: (_, report, verdicts) => {
      lines.push(traceEvent(lines.length, report, verdicts))
      return true
    },
  })
  return { result, lines }
}

/** A test a version. Several files share the versions, so that they run beside each other. */
export function testEquality(versions: readonly string[]): void {
  for (const kafka of versions) {
    test(`Kafka ${kafka}: a run is the same again, recorded event by event, and replayed`, {
      timeout: 60_000 * PLANS,
    }, () => {
      for (const { name, plan } of samplePlans({ kafka, count: PLANS, seed: 1000 })) {
        const { result, lines } = traced(plan)
        const expected = { name, ...essence(result) }
        expect({ name, ...essence(simulate(plan)) }).toEqual(expected)

        const recording = record(plan)
        const recorded = recording.events.map(({ report, verdicts }, index) => traceEvent(index, report, verdicts))
        const parts = recorded.findIndex((line, index) => line !== lines[index])
        expect({ name, firstDifference: recorded[parts] ?? null }).toEqual({ name, firstDifference: null })
        expect({ name, ...essence(recording.result) }).toEqual(expected)

        const parsed = parseTrace([traceHeader(plan), ...lines, traceFooter(result)].join('\n'))
        if (!parsed.ok) throw new Error(parsed.message)
        const again: string[] = []
        const { result: replayed, divergence } = replay(parsed.trace, {
          onEvent: (_, report, verdicts) => again.push(traceEvent(again.length, report, verdicts)),
        })
        const changed = again.findIndex((line, index) => line !== lines[index])
        expect({ name, firstDifference: again[changed] ?? null }).toEqual({ name, firstDifference: null })
        expect({ name, divergence }).toEqual({ name, divergence: null })
        const { outcome: _, ...without } = expected
        expect({ name, ...essence(replayed) }).toMatchObject(without)
      }
    })
  }
}
