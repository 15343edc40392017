/** `matrix`: every incident of the museum under every generation, and the published tables of it. */
import { createHash } from 'node:crypto'
import { join, relative, resolve } from 'node:path'
import { Command } from 'commander'
import type { Generation } from '../kafka/generation/generation.ts'
import { GENERATIONS, resolveGeneration } from '../kafka/generation/table.ts'
import type { Exhibit, Museum, MuseumCell } from '../report/museum.ts'
import { countMuseum, disagreementOf, foundIn } from '../report/museum.ts'
import { museumCountLine, museumDocument } from '../report/museum-document.ts'
import { MUSEUM_STYLE, museumHtml } from '../report/museum-html.ts'
import { museumMarkdown } from '../report/museum-markdown.ts'
import type { Scenario } from '../scenario/compile.ts'
import { compileScenario } from '../scenario/compile.ts'
import { renderProblems } from '../scenario/errors.ts'
import { parseScenario } from '../scenario/scenario.ts'
import type { ScenarioDocument } from '../scenario/schema.ts'
import { parseVersionRange } from '../scenario/version-range.ts'
import type { Action, Plan, Target } from '../world/plan.ts'
import { bugText } from './bug-words.ts'
import { processCount, quoted, seedText, versions } from './flags.ts'
import type { Io } from './io.ts'
import { EXIT, exitAfter, tellInterrupted, UsageError, worse } from './io.ts'
import type { Bug, Job, JobResult } from './job.ts'
import { bugOf, doJob } from './job.ts'
import { outputFolder, writeFile } from './output-file.ts'
import { PACKAGE_ROOT, packageVersion } from './package-root.ts'
import { defaultProcesses, runPool } from './pool.ts'
import { Progress } from './progress.ts'
import type { ScenarioFile } from './scenario-files.ts'
import { bundledNames, findScenarios } from './scenario-files.ts'
import { colours, documentText, painted, screenOf } from './screen.ts'
import type { Task } from './worker.ts'

interface MatrixFlags {
  readonly kafka?: readonly string[]
  readonly seed?: string
  readonly out: string
  readonly jobs?: number
  readonly json?: boolean
  readonly quiet?: boolean
}

type MuseumForm = NonNullable<ScenarioDocument['museum']>

interface Incident {
  readonly file: ScenarioFile
  readonly scenario: Scenario
  readonly museum: MuseumForm
}

/** A cell before its run: what to run, or why there is nothing to run. */
type Planned =
  | { readonly generation: Generation; readonly job: Job }
  | { readonly generation: Generation; readonly job: null; readonly reason: string }

const NO_REGISTRY = 'the incident needs faults of the registry (ZooKeeper), which this generation does not have'

const listOf = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value

async function incidents(io: Io, words: readonly string[], color: boolean): Promise<Incident[]> {
  const asked = words.length > 0 ? words : bundledNames().filter((name) => name.startsWith('history/'))
  const { files, missing } = await findScenarios(asked, io)
  const problems = [...missing]
  const found: Incident[] = []
  for (const file of files) {
    const parsed = parseScenario(file.text, file.name)
    if (!parsed.ok) problems.push(renderProblems(parsed.problems, file.text, { color }))
    else if (parsed.scenario.document.museum !== undefined)
      found.push({ file, scenario: parsed.scenario, museum: parsed.scenario.document.museum })
    else if (words.length > 0) problems.push(`${file.name} tells no incident: it has no \`museum\``)
  }
  if (problems.length > 0) throw new UsageError(problems.join('\n'))
  if (found.length === 0) throw new UsageError('there is no scenario with `museum` to run')
  return found
}

function generationsAsked(asked: readonly string[] | undefined): readonly Generation[] {
  if (asked === undefined) return GENERATIONS
  return asked.map((name) => {
    const resolved = resolveGeneration(name)
    if (!resolved.ok) throw new UsageError(resolved.message)
    return resolved.generation
  })
}

const isRegistry = (target: Target): boolean => target.role === 'registry'

/** Whether an action does something to a registry. */
function needsRegistry(action: Action): boolean {
  if (action.do === 'cutFromRegistry' || action.do === 'healToRegistry') return true
  if ('from' in action && [...action.from, ...action.to].some(isRegistry)) return true
  return 'target' in action && isRegistry(action.target)
}

const hasRegistryFault = (plan: Plan): boolean => plan.steps.some(({ actions }) => actions.some(needsRegistry))

function planCell({ file, scenario }: Incident, generation: Generation, seed: string | undefined): Planned {
  const compiled = compileScenario(scenario, { kafka: generation.name, ...(seed === undefined ? {} : { seed }) })
  if (!compiled.ok) return { generation, job: null, reason: compiled.problems[0]!.message }
  const { plan, became } = compiled
  if (generation.mechanisms.metadata === 'kraft' && hasRegistryFault(plan))
    return { generation, job: null, reason: NO_REGISTRY }
  const repeat = `highwater run ${quoted(file.name)} --kafka ${generation.name} --seed ${quoted(plan.seed)}`
  return { generation, job: { plan, became, repeat, untilUs: null, timeline: 'major' } }
}

/** What is known of real brokers of that generation. */
function evidenceOf({ museum }: Incident, generation: Generation): Pick<MuseumCell, 'evidence' | 'recordings'> {
  const recordings = listOf(museum.recordings).filter((name) => {
    const resolved = resolveGeneration(name.slice(name.indexOf('/') + 1))
    return resolved.ok && resolved.generation.name === generation.name
  })
  if (recordings.length > 0) return { evidence: 'recorded', recordings }
  // What was recorded on other generations is carried over to this one by the source.
  return { evidence: museum.evidence === 'kip' ? 'kip' : 'source', recordings }
}

function cellOf(incident: Incident, planned: Planned, resultOf: (job: Job) => JobResult): MuseumCell {
  const { generation } = planned
  const about = { generation: generation.name, ...evidenceOf(incident, generation) }
  if (planned.job === null)
    return {
      ...about,
      verdict: 'not-applicable',
      also: [],
      reason: planned.reason,
      agrees: true,
      disagreement: null,
      history: null,
      repeat: '',
    }
  const { repeat } = planned.job
  const result = resultOf(planned.job)
  if (!result.ok) {
    const reason = result.bug.message
    return { ...about, verdict: 'failed', also: [], reason, agrees: false, disagreement: reason, history: null, repeat }
  }
  const range = parseVersionRange(incident.museum.affected)
  const found = foundIn(result.view, range.ok && range.matches(generation))
  const disagreement = disagreementOf(result.view)
  return { ...about, ...found, agrees: disagreement === null, disagreement, history: result.view.history, repeat }
}

/** A path as a link: with `/`, and never empty. */
const linkFrom = (folder: string, path: string): string => relative(folder, path).replace(/\\/g, '/')

function exhibitOf(
  io: Io,
  { file, scenario, museum }: Incident,
  folder: string,
  cells: readonly MuseumCell[],
): Exhibit {
  const path = file.path ?? resolve(io.cwd, file.name)
  return {
    scenario: file.name,
    link: linkFrom(folder, path),
    title: scenario.document.title,
    jira: listOf(museum.jira),
    kip: museum.kip ?? null,
    affected: museum.affected,
    fixed: museum.fixed ?? null,
    cells,
  }
}

function commandOf(words: readonly string[], flags: MatrixFlags): string {
  const parts = ['highwater', 'matrix', ...words.map(quoted)]
  if (flags.kafka !== undefined) parts.push('--kafka', flags.kafka.join(','))
  if (flags.seed !== undefined) parts.push('--seed', quoted(flags.seed))
  return parts.join(' ')
}

function seedWords(found: readonly Incident[], asked: string | undefined): string {
  if (asked !== undefined) return asked
  const seeds = [...new Set(found.map(({ scenario }) => scenario.document.seed ?? '1'))]
  return seeds.length === 1 ? seeds[0]! : 'of each scenario'
}

interface Done {
  readonly museum: Museum
  readonly bugs: readonly Bug[]
  /** Those of the museum were run under every generation. */
  readonly incidents: number
}

async function makeMuseum(io: Io, words: readonly string[], flags: MatrixFlags, folder: string): Promise<Done> {
  const found = await incidents(io, words, colours(io, io.stderr))
  const asked = generationsAsked(flags.kafka)
  const planned = found.map((incident) => asked.map((generation) => planCell(incident, generation, flags.seed)))
  const jobs = planned.flat().flatMap(({ job }) => (job === null ? [] : [job]))
  const byJob = new Map<Job, JobResult>()
  const progress = new Progress(io, 'running', jobs.length)
  await runPool<Task, JobResult>({
    io,
    tasks: jobs.map((job) => ({ kind: 'run', job })),
    processes: flags.jobs ?? defaultProcesses(),
    here: (_, index) => doJob(jobs[index]!, { interrupted: io.interrupted }),
    resultOf: (answer) => (answer.kind === 'run' ? answer.result : null),
    died: (index, how) => ({ ok: false, bug: bugOf(new Error(how), jobs[index]!.repeat) }),
    onResult: (index, result, done) => {
      if (!result.ok || result.view.outcome !== 'interrupted') byJob.set(jobs[index]!, result)
      progress.at(done, `${done} of ${jobs.length}`)
    },
  })
  progress.stop()
  const exhibits = found.flatMap((incident, at) => {
    // Ctrl-C leaves out incidents of which something was not run.
    if (planned[at]!.some(({ job }) => job !== null && !byJob.has(job))) return []
    const cells = planned[at]!.map((cell) => cellOf(incident, cell, (job) => byJob.get(job)!))
    return [exhibitOf(io, incident, folder, cells)]
  })
  const museum: Museum = {
    version: 1,
    command: commandOf(words, flags),
    seed: seedWords(found, flags.seed),
    highwater: packageVersion(),
    generations: asked.map(({ name }) => name),
    exhibits,
  }
  const bugs = [...byJob.values()].flatMap((result) => (result.ok ? [] : [result.bug]))
  return { museum, bugs, incidents: found.length }
}

function writeReports(io: Io, museum: Museum, folder: string): void {
  const recordings = linkFrom(folder, join(PACKAGE_ROOT, 'test', 'conformance'))
  const styleHash = createHash('sha256').update(MUSEUM_STYLE).digest('base64')
  const files: Readonly<Record<string, string>> = {
    'museum.md': museumMarkdown(museum, { recordings }),
    'museum.html': museumHtml(museum, { recordings, styleHash }),
    'museum.json': `${JSON.stringify(museum, null, 2)}\n`,
  }
  for (const [name, text] of Object.entries(files)) writeFile(io, join(folder, name), text)
}

export function matrixCommand(io: Io, finished: (exit: number) => void): Command {
  return new Command('matrix')
    .summary('run the museum of incidents under every generation')
    .description(
      'Runs the incidents of Kafka’s history (scenarios with `museum`) under every generation, prints what each came to, and writes museum.md, museum.html and museum.json.',
    )
    .argument('[scenario...]', 'FILE, NAME or GLOB (default: every bundled incident)')
    .option('--kafka <versions>', 'only these generations', versions)
    .option('--seed <seed>', 'the seed, instead of the one in each scenario', seedText)
    .option('--out <folder>', 'where the three files are written', outputFolder(io), 'reports')
    .option('--jobs <count>', 'processes to share the runs among', processCount)
    .option('--json', 'print the JSON form instead of the table')
    .option('--quiet', 'print the count only')
    .action(async (words: string[], flags: MatrixFlags) => {
      const screen = screenOf(io, io.stdout)
      const folder = resolve(io.cwd, flags.out)
      const { museum, bugs, incidents } = await makeMuseum(io, words, flags, folder)
      const complete = museum.exhibits.length === incidents
      for (const bug of bugs) io.stderr.write(bugText(screenOf(io, io.stderr), bug))
      if (complete) writeReports(io, museum, folder)
      else
        tellInterrupted(
          io,
          `after ${museum.exhibits.length} of ${incidents} incidents; nothing is written to ${flags.out}`,
        )
      if (flags.json === true) io.stdout.write(`${JSON.stringify(museum)}\n`)
      else if (flags.quiet === true) io.stdout.write(`${painted(screen, museumCountLine(museum))}\n`)
      else io.stdout.write(documentText(screen, museumDocument(museum)))
      const disagreeing = countMuseum(museum).disagreeing > 0 ? EXIT.failed : EXIT.held
      finished(exitAfter(io, bugs.length > 0 ? worse(disagreeing, EXIT.bug) : disagreeing, complete))
    })
}
