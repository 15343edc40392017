/** Scenario files compiled into runs: one for each file, version and seed. */

import type { Scenario } from '../scenario/compile.ts'
import { compileScenario } from '../scenario/compile.ts'
import { renderProblems } from '../scenario/errors.ts'
import type { Problem } from '../scenario/problem.ts'
import { parseScenario } from '../scenario/scenario.ts'
import { laterSeed, quoted } from './flags.ts'
import type { Job } from './job.ts'
import type { ScenarioFile } from './scenario-files.ts'

export interface RunAsked {
  /** Empty: the version of each scenario. */
  readonly versions: readonly string[]
  /** null: the seed of each scenario. */
  readonly seed: string | null
  readonly seeds: number
  readonly set: Readonly<Record<string, string>>
  readonly untilUs: number | null
  /** As it was written, for the command that repeats a run. */
  readonly until: string | null
  readonly timeline: Job['timeline']
}

/** Each scenario once, as it stands. */
export const AS_WRITTEN: RunAsked = {
  versions: [],
  seed: null,
  seeds: 1,
  set: {},
  untilUs: null,
  until: null,
  timeline: 'none',
}

export interface PlannedRun {
  readonly scenario: string
  /** The version as it was asked for; the generation where nobody asked. */
  readonly version: string
  readonly job: Job
}

export interface Planned {
  readonly runs: readonly PlannedRun[]
  /** Rendered, each once. */
  readonly problems: readonly string[]
  readonly notes: readonly string[]
  /** Files that cannot be used as they were asked for, each once. */
  readonly refused: readonly string[]
}

function repeatCommand(file: ScenarioFile, asked: RunAsked, version: string | null, seed: string): string {
  const words = ['highwater', 'run', quoted(file.name)]
  if (version !== null) words.push('--kafka', quoted(version))
  words.push('--seed', quoted(seed))
  for (const [key, value] of Object.entries(asked.set)) words.push('--set', quoted(`${key}=${value}`))
  if (asked.until !== null) words.push('--until', quoted(asked.until))
  return words.join(' ')
}

/** Compiles everything that can be compiled, and tells every problem of the rest. */
export function planRuns(files: readonly ScenarioFile[], asked: RunAsked, color: boolean): Planned {
  const runs: PlannedRun[] = []
  const problems = new Set<string>()
  const notes = new Set<string>()
  const refused = new Set<string>()
  const refuse = (found: readonly Problem[], { name, text }: ScenarioFile): void => {
    problems.add(renderProblems(found, text, { color }))
    refused.add(name)
  }
  for (const file of files) {
    const parsed = parseScenario(file.text, file.name)
    if (!parsed.ok) {
      refuse(parsed.problems, file)
      continue
    }
    for (const version of asked.versions.length > 0 ? asked.versions : [null]) {
      const compiled = compileVersion(parsed.scenario, version, asked)
      if (!compiled.ok) {
        refuse(compiled.problems, file)
        continue
      }
      for (const note of compiled.notes) notes.add(`${file.name}: ${note}`)
      for (let count = 0; count < asked.seeds; count++) {
        const seed = laterSeed(compiled.plan.seed, count)
        const plan = { ...compiled.plan, seed }
        const repeat = repeatCommand(file, asked, version, seed)
        const job = { plan, became: compiled.became, repeat, untilUs: asked.untilUs, timeline: asked.timeline }
        runs.push({ scenario: file.name, version: version ?? compiled.plan.kafka, job })
      }
    }
  }
  return { runs, problems: [...problems], notes: [...notes], refused: [...refused] }
}

const compileVersion = (
  scenario: Scenario,
  version: string | null,
  asked: RunAsked,
): ReturnType<typeof compileScenario> =>
  compileScenario(scenario, {
    ...(version === null ? {} : { kafka: version }),
    ...(asked.seed === null ? {} : { seed: asked.seed }),
    ...(Object.keys(asked.set).length === 0 ? {} : { set: asked.set }),
  })
