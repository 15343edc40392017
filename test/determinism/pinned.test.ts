/** Digests that were written down once. A change of behaviour moves them: `npm run digests:update`, with the reason. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { simulate } from '../../src/driver/simulate.ts'
import { compileScenario } from '../../src/scenario/compile.ts'
import { parseScenario } from '../../src/scenario/scenario.ts'

interface PinnedRun {
  readonly scenario: string
  /** null: the version that the scenario names. */
  readonly kafka: string | null
  readonly seed: string
  readonly digest: string
  readonly history: string
  readonly events: number
}

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
const pinned = JSON.parse(read('digests.json')) as PinnedRun[]

for (const { scenario, kafka, seed, ...expected } of pinned) {
  test(`${scenario} under ${kafka ?? 'its own version'} with seed ${seed} has its pinned digests`, () => {
    const parsed = parseScenario(read(`../../scenarios/${scenario}.yaml`), scenario)
    if (!parsed.ok) throw new Error(parsed.problems[0]!.message)
    const compiled = compileScenario(parsed.scenario, { seed, ...(kafka === null ? {} : { kafka }) })
    if (!compiled.ok) throw new Error(compiled.problems[0]!.message)
    const { digest, history, events } = simulate(compiled.plan)
    expect({ digest, history, events }).toEqual(expected)
  })
}
