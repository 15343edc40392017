/** The smallest scenario that still fails in the same way, as a document that `run` reproduces. */
import type { Violation } from '../../check/property.ts'
import { formatTime, parseDuration } from '../../kernel/time.ts'
import { compileScenario } from '../../scenario/compile.ts'
import type { ScenarioDocument, StepForm } from '../../scenario/schema.ts'
import type { CauseLink } from '../causes.ts'
import { causesOf } from '../causes.ts'
import type { CaseRun, RunCaseOptions } from '../run-case.ts'
import { judgeRun } from '../run-case.ts'
import { signatureOf, withoutNumbers } from '../signature.ts'
import { OTHER_SEEDS, timesToConditions } from './conditions.ts'
import { fewerFaults, withSteps } from './faults.ts'
import { withoutIdleTime } from './idle-time.ts'
import type { Search } from './reduce.ts'
import { fewerNodes, fewerPartitions } from './topology.ts'
import { shorterRun, simplerValues } from './values.ts'
import { fewerOperations } from './workload.ts'

/** What must stay: a break of one kind, or a healed cluster that does not come to rest for one reason. */
type Failure =
  | { readonly kind: 'break'; readonly property: string; readonly signature: string }
  | { readonly kind: 'liveness'; readonly words: string }

/** The failure of a run that says most: an unexplained break, then one that a hole explains, then liveness. */
function failureOf(run: CaseRun): Failure | null {
  const found = run.breaks.find(({ hole }) => hole === null) ?? run.breaks[0]
  if (found !== undefined && (run.outcome !== 'liveness' || found.hole === null)) {
    return { kind: 'break', property: found.property, signature: found.signature }
  }
  const { liveness } = run
  return liveness.kind === 'bug' || liveness.kind === 'hole'
    ? { kind: 'liveness', words: withoutNumbers(liveness.words[0]!) }
    : null
}

export interface Shrunk {
  readonly document: ScenarioDocument
  readonly failure: Failure
  /** Runs that it took. */
  readonly runs: number
  /** Under how many of twenty other seeds it fails too; null: there were no runs left to try them. */
  readonly otherSeeds: number | null
  /** Somebody ended the search: it may become smaller still. */
  readonly interrupted: boolean
  /** The witness in words, and what led to it. */
  readonly words: string
  readonly causes: readonly CauseLink[]
}

export interface ShrinkOptions {
  /** Most runs that may be made (default 2,000). */
  readonly runs?: number
  /** The kind of break to keep; by default the one that says most. */
  readonly signature?: string
  /** Where it was found, one sentence of the story. */
  readonly origin: string
  /** Called with each run. */
  readonly onRun?: (reached: Reached) => void
}

/** How far a search has come. */
export interface Reached {
  readonly runs: number
  /** The smallest document that is known to fail. */
  readonly document: ScenarioDocument
  readonly failure: Failure
}

/** Runs of one search, where nothing else is asked for. */
export const MOST_RUNS = 2_000

/** The share of a search that is kept for other seeds and for conditions in place of times. */
const KEPT_FOR_SEEDS = 1 / 4

/** A failing run of a candidate may take this many times the events of the first one. */
const PATIENCE = 3

/** Nothing else needs to be judged. */
const only = (failure: Failure): RunCaseOptions =>
  failure.kind === 'liveness' ? { liveness: true, properties: [] } : { liveness: false, properties: [failure.property] }

function fails(document: ScenarioDocument, failure: Failure, limit: number): boolean {
  const compiled = compileScenario({ fileName: null, document, places: null })
  if (!compiled.ok) return false
  const { plan } = compiled
  const run = judgeRun(
    { ...plan, limits: { ...plan.limits, events: Math.min(plan.limits.events, limit) } },
    { liveness: failure.kind === 'liveness' },
  )
  return isSame(run, failure)
}

function isSame(run: CaseRun, failure: Failure): boolean {
  if (failure.kind === 'break') return run.breaks.some(({ signature }) => signature === failure.signature)
  return 'words' in run.liveness && run.liveness.words.some((words) => withoutNumbers(words) === failure.words)
}

const byTime = (a: StepForm, b: StepForm): number => (parseDuration(a.at ?? '') ?? 0) - (parseDuration(b.at ?? '') ?? 0)

/** Shrinks a failing document; null when it does not fail at all. */
export function shrink(given: ScenarioDocument, options: ShrinkOptions): Shrunk | null {
  const timed = (given.steps ?? []).every(({ at }) => at !== undefined)
  const document = timed ? withSteps(given, [...(given.steps ?? [])].sort(byTime)) : given
  const first = firstRun(document, options.signature ?? null)
  if (first === null) return null
  const { failure, events } = first
  const most = options.runs ?? MOST_RUNS
  const kept = Math.floor(most * KEPT_FOR_SEEDS)
  let runs = 0
  const search: Search = {
    document,
    left: most - kept,
    fails: (candidate) => {
      runs += 1
      options.onRun?.({ runs, document: search.document, failure })
      return fails(candidate, failure, PATIENCE * events)
    },
  }
  let before = ''
  while (before !== JSON.stringify(search.document) && search.left > 0) {
    before = JSON.stringify(search.document)
    shorterRun(search)
    fewerFaults(search)
    withoutIdleTime(search)
    shorterRun(search)
    fewerOperations(search)
    fewerNodes(search)
    fewerPartitions(search)
    simplerValues(search)
  }
  search.left += kept
  const otherSeeds = timesToConditions(search)
  const origin = `${options.origin} ${otherSeedsWords(otherSeeds)}`
  return { ...told(search.document, failure, origin), failure, runs, otherSeeds, interrupted: false }
}

function otherSeedsWords(otherSeeds: number | null): string {
  if (otherSeeds === null) return 'No other seeds were tried.'
  if (otherSeeds === 0) return `It needs its seed: it fails under none of ${OTHER_SEEDS} others.`
  return `It fails under ${otherSeeds} of ${OTHER_SEEDS} other seeds too.`
}

/** What a search has come to that is cut short. */
export const cutShort = ({ document, failure, runs }: Reached, origin: string): Shrunk => ({
  ...told(document, failure, `${origin} The search was cut short.`),
  failure,
  runs,
  otherSeeds: null,
  interrupted: true,
})

function firstRun(document: ScenarioDocument, signature: string | null): { failure: Failure; events: number } | null {
  const compiled = compileScenario({ fileName: null, document, places: null })
  if (!compiled.ok) return null
  const run = judgeRun(compiled.plan, { liveness: true })
  const wanted = run.breaks.find((it) => it.signature === signature)
  const failure: Failure | null =
    wanted === undefined ? failureOf(run) : { kind: 'break', property: wanted.property, signature: wanted.signature }
  return failure === null ? null : { failure, events: run.result.events }
}

/** Puts title, story and expectation to a shrunk document. */
function told(
  document: ScenarioDocument,
  failure: Failure,
  origin: string,
): { document: ScenarioDocument; words: string; causes: readonly CauseLink[] } {
  const compiled = compileScenario({ fileName: null, document, places: null })
  if (!compiled.ok) return { document, words: '', causes: [] }
  const run = judgeRun(compiled.plan, only(failure))
  const violation = witnessOf(run, failure)
  const words = violation?.words ?? ('words' in run.liveness ? run.liveness.words[0]! : '')
  const causes = violation === null ? [] : causesOf(compiled.plan, violation)
  const happens = failure.kind === 'break' ? `breaks ${failure.property}` : 'does not come to rest'
  const chain = causes.map(({ atUs, words: link }) => `- ${formatTime(atUs)} ${link}`)
  const lines = [`${capitalized(words)}.`, '', ...(chain.length === 0 ? [] : ['What led to it:', ...chain, '']), origin]
  const named = withSteps(
    document,
    (document.steps ?? []).map(({ name: _, ...step }) => step),
  )
  return {
    document: {
      ...(usesNames(document) ? document : named),
      title: `Kafka ${document.kafka} ${happens}`.slice(0, 200),
      story: `${lines.join('\n')}\n`,
      ...(expectation(violation, failure) ?? {}),
    },
    words,
    causes,
  }
}

/** As a sentence begins, unless it begins with the name of a record, a client or a partition. */
const capitalized = (words: string): string =>
  /^[a-z]+ /.test(words) ? words.charAt(0).toUpperCase() + words.slice(1) : words

const usesNames = ({ steps }: ScenarioDocument): boolean => (steps ?? []).some(({ after }) => typeof after === 'object')

function witnessOf(run: CaseRun, failure: Failure): Violation | null {
  if (failure.kind !== 'break') return null
  return run.result.violations.find((it) => signatureOf(it) === failure.signature) ?? null
}

function expectation(
  violation: Violation | null,
  failure: Failure,
): { readonly expect: NonNullable<ScenarioDocument['expect']> } | null {
  if (failure.kind !== 'break') return null
  const partition = violation?.partition ?? null
  return { expect: { violated: [partition === null ? failure.property : { property: failure.property, partition }] } }
}
