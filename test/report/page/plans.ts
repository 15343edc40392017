import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileScenario } from '../../../src/scenario/compile.ts'
import { parseScenario } from '../../../src/scenario/scenario.ts'
import type { Plan } from '../../../src/world/plan.ts'

/** The plan of a bundled scenario, on its own version or another. */
export function bundledPlan(name: string, kafka?: string): Plan {
  const file = join(import.meta.dirname, '../../../scenarios', `${name}.yaml`)
  const parsed = parseScenario(readFileSync(file, 'utf8'), name)
  const compiled = parsed.ok ? compileScenario(parsed.scenario, kafka === undefined ? {} : { kafka }) : parsed
  if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join('\n'))
  return compiled.plan
}
