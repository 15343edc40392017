/** Runs one random scenario and says what it came to. */

import { PROMISED_IN_CALM } from '../check/history/client-properties.ts'
import { PROPERTIES } from '../check/index.ts'
import type { Property, Violation } from '../check/property.ts'
import type { RunResult } from '../driver/simulate.ts'
import { simulate } from '../driver/simulate.ts'
import { assert } from '../kernel/assert.ts'
import { compileScenario } from '../scenario/compile.ts'
import type { ScenarioDocument } from '../scenario/schema.ts'
import type { StepReport } from '../world/context.ts'
import type { Plan } from '../world/plan.ts'
import type { World } from '../world/world.ts'
import type { FamilyName } from './families.ts'
import { FAMILY_NAMES, familyOfStep } from './families.ts'
import type { FuzzCase } from './generate.ts'
import type { Liveness } from './liveness.ts'
import { judgeLiveness } from './liveness.ts'
import { premisesHeld } from './premises.ts'
import { toldProbe } from './probes/told.ts'
import type { Break, SeedOutcome, SeedResult } from './seed-result.ts'
import { signatureOf } from './signature.ts'

/** The plan of a document made by a program, which must be right. */
export function planOf(document: ScenarioDocument): Plan {
  const compiled = compileScenario({ fileName: null, document, places: null })
  assert(
    compiled.ok,
    compiled.ok ? '' : `a scenario of the campaign does not compile: ${JSON.stringify(compiled.problems[0])}`,
  )
  return compiled.plan
}

/** Judged by `judgeLiveness` in words of its own, where the end is judged at all. */
const LIVENESS_PROPERTIES: readonly string[] = ['ReplicasConverge', 'PartitionsHaveLeaders']

/** Properties that a campaign judges. */
export const SAFETY: readonly Property[] = [
  ...PROPERTIES.filter(({ name }) => !LIVENESS_PROPERTIES.includes(name)),
  ...PROMISED_IN_CALM,
]

/** Violations that count: those that nothing explains, and those that a hole does. What is nowhere promised may break. */
export const countedViolations = (violations: readonly Violation[]): Violation[] =>
  violations.filter(({ knownHole, isExplained }) => knownHole !== null || !isExplained)

/** One entry a kind of break, in the order of the table of properties. */
export function breaksOf(violations: readonly Violation[]): Break[] {
  const bySignature = new Map<string, { first: Violation; count: number }>()
  for (const violation of countedViolations(violations)) {
    const signature = signatureOf(violation)
    const known = bySignature.get(signature)
    if (known === undefined) bySignature.set(signature, { first: violation, count: 1 })
    else known.count += 1
  }
  const order = (property: string): number => SAFETY.findIndex(({ name }) => name === property)
  return [...bySignature.entries()]
    .map(
      ([signature, { first, count }]): Break => ({
        property: first.property,
        hole: first.knownHole,
        signature,
        words: first.words,
        count,
      }),
    )
    .sort((a, b) => order(a.property) - order(b.property))
}

export interface CaseRun {
  readonly plan: Plan
  readonly result: RunResult
  readonly breaks: readonly Break[]
  readonly liveness: Liveness
  readonly outcome: SeedOutcome
  readonly probes: Readonly<Record<string, number>>
}

export interface RunCaseOptions {
  /** Whether the healed cluster must come to rest. */
  readonly liveness: boolean
  /** Names of the only properties that are judged; all by default. */
  readonly properties?: readonly string[]
}

/** Clients are at work from here on: a probe that is reached before says nothing, in us. */
const AT_WORK_US = 2_000_000

/** Runs a plan of a campaign and judges it. */
export function judgeRun(plan: Plan, options: RunCaseOptions): CaseRun {
  const probes: Record<string, number> = {}
  const reached = (probe: string): void => {
    probes[probe] = (probes[probe] ?? 0) + 1
  }
  const onEvent = (world: World, report: StepReport): undefined => {
    if (world.nowUs < AT_WORK_US) return
    for (const probe of report.probes) reached(probe)
    for (const { fact } of report.facts) {
      const probe = toldProbe(fact)
      if (probe !== null) reached(probe)
    }
  }
  const { properties: only } = options
  const properties = only === undefined ? SAFETY : SAFETY.filter(({ name }) => only.includes(name))
  const result = simulate(plan, { digest: false, properties, onEvent })
  const breaks = breaksOf(result.violations)
  // A step whose condition never came true does not end the run: the cluster was healed all the same.
  const whole =
    result.outcome === 'completed' || (result.outcome === 'step-not-reached' && result.world.notReached === null)
  const judged = options.liveness && whole
  const liveness: Liveness = judged ? judgeLiveness(result.world) : { kind: 'converged' }
  return { plan, result, breaks, liveness, outcome: outcomeOf(result, breaks, liveness), probes }
}

function outcomeOf(result: RunResult, breaks: readonly Break[], liveness: Liveness): SeedOutcome {
  if (breaks.some(({ hole }) => hole === null)) return 'broke'
  if (result.outcome === 'limit-reached' || liveness.kind === 'bug') return 'liveness'
  if (breaks.length > 0 || liveness.kind === 'hole') return 'hole'
  return liveness.kind === 'stuck' ? 'stuck' : 'clean'
}

/** Families of steps that fired and found somebody. */
function firedFamilies(world: World): FamilyName[] {
  const fired = new Set<FamilyName>()
  world.plan.steps.forEach(({ id }, index) => {
    const family = familyOfStep(id)
    const state = world.steps[index]
    if (family !== null && state?.state === 'fired' && state.resolved !== '') fired.add(family)
  })
  return FAMILY_NAMES.filter((family) => fired.has(family))
}

/** One seed in this many is run a second time. */
const TWICE_EVERY = 20

/** Runs one case; a run that throws is a bug of ours and a result like others. */
export function runCase(given: FuzzCase, options: RunCaseOptions): SeedResult {
  const { seed, on, placed } = given
  const nothing = {
    breaks: [],
    liveness: [],
    events: 0,
    virtualUs: 0,
    history: '',
    twice: false,
    on,
    placed,
    fired: [],
    probes: {},
    premises: [],
  }
  try {
    const run = judgeRun(planOf(given.document), options)
    const { result } = run
    const twice = seed % TWICE_EVERY === 0
    if (twice) {
      const again = simulate(planOf(given.document), { digest: false, properties: [] })
      if (again.history !== result.history || again.events !== result.events) {
        return { ...nothing, seed, outcome: 'bug', liveness: [`two runs of seed ${seed} differ`] }
      }
    }
    const limit = result.outcome === 'limit-reached' ? ['the run reached its limit of events'] : []
    return {
      seed,
      outcome: run.outcome,
      breaks: run.breaks,
      liveness: [...limit, ...('words' in run.liveness ? run.liveness.words : [])],
      events: result.events,
      virtualUs: result.virtualUs,
      history: result.history,
      twice,
      on,
      placed,
      fired: firedFamilies(result.world),
      probes: run.probes,
      premises: premisesHeld(result.world),
    }
  } catch (error) {
    const words = error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ''}` : String(error)
    return { ...nothing, seed, outcome: 'bug', liveness: [words] }
  }
}
