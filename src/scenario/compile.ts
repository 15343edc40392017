/** A scenario to a plan: the version chosen, defaults filled in, names resolved to what they are. */
import { PROPERTIES } from '../check/index.ts'
import type { Generation } from '../kafka/generation/generation.ts'
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import { GENERATIONS, resolveGeneration } from '../kafka/generation/table.ts'
import type { Plan } from '../world/plan.ts'
import { compileChapters } from './chapters.ts'
import { Checks } from './checks.ts'
import { compileClients } from './clients.ts'
import { compileExpectation } from './expectations.ts'
import { explain } from './explain.ts'
import { MECHANISM_NAMES, valuesOfMechanism } from './mechanism-switches.ts'
import { type Names, namesIn } from './names.ts'
import { nearestName } from './nearest.ts'
import { withOverrides } from './overrides.ts'
import type { Finding, Path, Place, Places, Problem } from './problem.ts'
import { inOrder, pathText, placed, placeOf } from './problem.ts'
import { salvage, withoutWrongKeys } from './salvage.ts'
import type { ScenarioDocument } from './schema.ts'
import { checkForm } from './schema.ts'
import { compileSteps } from './steps.ts'
import {
  clusterSettings,
  compileBrokers,
  compileControllers,
  compileNetwork,
  compileRegistry,
  compileTopics,
} from './topology.ts'
import { durationUs } from './units.ts'
import { parseVersionRange } from './version-range.ts'

/** A scenario whose form is right, with the places of its parts when it was read from a file. */
export interface Scenario {
  /** null: it was made by a program. */
  readonly fileName: string | null
  readonly document: ScenarioDocument
  readonly places: Places | null
}

export interface CompileOptions {
  /** Another version than the scenario's own; settings it does not have are left out and noted. */
  readonly kafka?: string
  readonly seed?: string
  /** Settings by dotted key, or paths of the scenario, with their values as text. */
  readonly set?: Readonly<Record<string, string>>
  /** The run ends here instead. */
  readonly untilUs?: number
  /** Names of the properties that can be expected; those of the project by default. */
  readonly properties?: readonly string[]
}

export type Compiled =
  | {
      readonly ok: true
      readonly plan: Plan
      /** Which generation the version became, in one sentence. */
      readonly became: string
      /** What was left out because the version asked for does not have it. */
      readonly notes: readonly string[]
    }
  | { readonly ok: false; readonly problems: readonly Problem[] }

const SEED = '1'
const SETTLE = '10s'
const TOPICS_AT = '300ms'
const LIMITS = { events: 5_000_000, records: 1_000_000 }

const PROPERTY_NAMES: readonly string[] = PROPERTIES.map((it) => it.name)

/** The newest generation: settings are judged by it when the version of the scenario cannot be read. */
const newest = (): Generation => GENERATIONS.at(-1)!

interface Chosen {
  readonly generation: Generation
  readonly became: string
  readonly finding: Finding | null
}

function chooseGeneration(asked: string): Chosen {
  const resolved = resolveGeneration(asked)
  const finding = (message: string, nearest: string | null): Finding => ({
    path: ['kafka'],
    at: 'value',
    message,
    expected: `one of ${GENERATIONS.map((it) => it.name).join(', ')}, or an exact release of them`,
    found: asked,
    nearest,
  })
  if (!resolved.ok) {
    const near =
      nearestName(
        asked,
        GENERATIONS.map((it) => it.name),
      ) ??
      resolved.nearest[0] ??
      null
    return { generation: newest(), became: '', finding: finding(resolved.message, near) }
  }
  const { generation, became } = resolved
  return { generation, became, finding: null }
}

function compileMechanisms(checks: Checks, form: ScenarioDocument['mechanisms']): Mechanisms {
  const overridden: Record<string, unknown> = { ...checks.generation.mechanisms }
  for (const [name, value] of Object.entries(form ?? {})) {
    const values = valuesOfMechanism(name)
    const path: Path = ['mechanisms', name]
    if (values === null) {
      checks.add(path, `there is no mechanism ${name}`, {
        at: 'key',
        expected: 'the name of a mechanism switch',
        nearest: nearestName(name, MECHANISM_NAMES),
      })
    } else if (!values.includes(value)) {
      checks.add(path, `${name} cannot be that`, {
        expected: `one of ${values.join(', ')}`,
        found: value,
        nearest: nearestName(String(value), values.map(String)),
      })
    } else overridden[name] = value
  }
  return overridden as unknown as Mechanisms
}

function checkPins(checks: Checks, pins: ScenarioDocument['pins']): void {
  for (const key of Object.keys(pins ?? {})) {
    if (!/^.+#\d+$/.test(key))
      checks.add(['pins', key], 'this names no draw', {
        at: 'key',
        expected: 'stream#index, such as controller.election/1/broker-2#0',
        found: key,
      })
  }
}

function checkMuseum(checks: Checks, museum: ScenarioDocument['museum']): void {
  if (museum === undefined) return
  const range = parseVersionRange(museum.affected)
  if (range.ok) return
  checks.add(['museum', 'affected'], range.message, {
    expected: 'a version or a range such as "<0.11", ">=2.0" or "0.11 - 2.0"',
    found: museum.affected,
    nearest: range.nearest,
  })
}

interface Compiling {
  readonly document: ScenarioDocument
  readonly names: Names
  readonly options: CompileOptions
  readonly source: string | null
  readonly sourceOf: (path: Path) => string | null
}

interface Outcome {
  readonly plan: Plan
  readonly became: string
  readonly findings: readonly Finding[]
  readonly notes: readonly string[]
}

/** Everything that can be judged is judged, also when something is wrong: the plan is only good without findings. */
function compileDocument({ document, names, options, source, sourceOf }: Compiling): Outcome {
  const ownVersion = options.kafka === undefined
  const chosen = chooseGeneration(options.kafka ?? document.kafka)
  const checks = new Checks(names, chosen.generation, ownVersion && chosen.finding === null)
  if (chosen.finding !== null) checks.findings.push(chosen.finding)
  const runUs = options.untilUs ?? durationUs(document.run)
  if (runUs === 0) checks.add(['run'], 'a run takes some time', { expected: 'more than 0s', found: document.run })
  const shared = clusterSettings(checks, document.cluster)
  const brokers = compileBrokers(checks, document.cluster, shared)
  // A shorter run cuts steps off on purpose; they are no mistake then.
  const lastUs = options.untilUs === undefined && runUs > 0 ? runUs : Number.MAX_SAFE_INTEGER
  checkPins(checks, document.pins)
  checkMuseum(checks, document.museum)
  const plan: Plan = {
    version: 1,
    title: document.title,
    story: document.story ?? '',
    source,
    kafka: chosen.generation.name,
    mechanisms: compileMechanisms(checks, document.mechanisms),
    seed: options.seed ?? document.seed ?? SEED,
    brokers,
    registry: compileRegistry(checks, document.cluster),
    ...compileControllers(checks, document.cluster, shared),
    topics: compileTopics(checks, document.topics),
    topicsAtUs: durationUs(document.cluster['topics-at'] ?? TOPICS_AT),
    network: compileNetwork(checks, document.network, brokers),
    clients: compileClients(checks, document.clients),
    steps: compileSteps(checks, document.steps ?? [], { runUs: lastUs, text: document.run }, sourceOf),
    runUs,
    settleUs: durationUs(document.settle ?? SETTLE),
    endsWithSteps: false,
    healAtEnd: document['heal-at-end'] ?? false,
    expect: compileExpectation(checks, document.expect, options.properties ?? PROPERTY_NAMES),
    ...(document.chapters === undefined ? {} : { chapters: compileChapters(checks, document.chapters, sourceOf) }),
    pins: document.pins ?? {},
    limits: { events: document.limits?.events ?? LIMITS.events, records: document.limits?.records ?? LIMITS.records },
  }
  return { plan, became: chosen.became, findings: checks.findings, notes: checks.notes }
}

/** Findings that are told by path only once: what the schema said comes first. */
function withoutEchoes(findings: readonly Finding[]): Finding[] {
  const seen: Record<string, true> = {}
  return findings.filter(({ path, message }) => {
    const key = `${pathText(path)} ${message}`
    const fresh = seen[key] === undefined
    seen[key] = true
    return fresh
  })
}

/** A finding that may be there only because something wrong was taken out of the map it is about. */
const isEcho = ({ parts }: Finding, form: readonly Finding[]): boolean =>
  parts !== undefined && form.some(({ path }) => pathText(path.slice(0, parts.length)) === pathText(parts))

const hasVersion = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && typeof (value as { kafka?: unknown }).kafka === 'string'

/** The document when the form is right, else as much of it as can be judged next to what is wrong with its form. */
function readForm(value: unknown, names: Names): { document: ScenarioDocument | null; findings: Finding[] } {
  const first = checkForm(value)
  if (first.ok) return { document: first.document, findings: [] }
  const findings = explain(first.issues, value)
  const mended = withoutWrongKeys(value, findings)
  const second = checkForm(mended)
  if (second.ok) return { document: second.document, findings }
  const third = checkForm(salvage(mended, explain(second.issues, mended), names, newest().name))
  return { document: third.ok ? third.document : null, findings }
}

/**
 * Judges raw data as a scenario: its form, and everything that its names and settings mean. Returns the document when
 * nothing is wrong, else every finding.
 */
export function judge(
  value: unknown,
  properties: readonly string[] | undefined,
): { document: ScenarioDocument } | { findings: Finding[] } {
  const names = namesIn(value)
  const form = readForm(value, names)
  if (form.document === null) return { findings: withoutEchoes(form.findings) }
  const options: CompileOptions = {
    ...(properties === undefined ? {} : { properties }),
    // Without a version of its own the scenario is judged by the newest, which may lack some of its settings.
    ...(hasVersion(value) ? {} : { kafka: newest().name }),
  }
  const { findings } = compileDocument({ document: form.document, names, options, source: null, sourceOf: () => null })
  const all = withoutEchoes([...form.findings, ...findings.filter((it) => !isEcho(it, form.findings))])
  return all.length === 0 ? { document: form.document } : { findings: all }
}

function flagProblem(flag: string, finding: Finding): Problem {
  return { ...placed(finding, flag, null), path: finding.path[0] === 'kafka' ? '' : pathText(finding.path) }
}

/** The plan of a scenario, or every problem that stands in the way. */
export function compileScenario(scenario: Scenario, options: CompileOptions = {}): Compiled {
  const source = scenario.fileName
  const sourceOf = (path: Path): string | null => {
    const place: Place | null = scenario.places === null ? null : placeOf(scenario.places, path, 'value')
    return source === null || place === null ? null : `${source}:${place.line}`
  }
  let document = scenario.document
  let flags = ''
  if (options.set !== undefined && Object.keys(options.set).length > 0) {
    flags = Object.entries(options.set)
      .map(([key, value]) => `--set ${key}=${value}`)
      .join(' ')
    const changed = withOverrides(document, options.set)
    if (changed.problems.length > 0) return { ok: false, problems: changed.problems }
    const checked = checkForm(changed.value)
    if (!checked.ok)
      return { ok: false, problems: explain(checked.issues, changed.value).map((it) => placed(it, flags, null)) }
    document = checked.document
  }
  const outcome = compileDocument({ document, names: namesIn(document), options, source, sourceOf })
  if (outcome.findings.length > 0) {
    const problems = outcome.findings.map((it) =>
      it.path[0] === 'kafka' && options.kafka !== undefined
        ? flagProblem(`--kafka ${options.kafka}`, it)
        : placed(
            it,
            flags === '' ? (source ?? '') : `${source ?? ''} with ${flags}`,
            flags === '' ? scenario.places : null,
          ),
    )
    return { ok: false, problems: inOrder(problems) }
  }
  return { ok: true, plan: outcome.plan, became: outcome.became, notes: outcome.notes }
}
