/** What `run` prints while its runs come in: everything about one, a table for versions or seeds, a line for each of many. */
import type { Line } from '../report/document.ts'
import { GAP, heading, paragraph, span } from '../report/document.ts'
import type { JUnitCase } from '../report/junit.ts'
import { headerBlocks, outcomeWords, runDocument, runSummary } from '../report/run-document.ts'
import { runJson } from '../report/run-json.ts'
import type { RunView } from '../report/run-view.ts'
import {
  failuresDocument,
  holeBlocks,
  outcomeBlocks,
  seedBlocks,
  storyHeading,
  totalsLine,
  versionBlocks,
} from '../report/runs-document.ts'
import { annotate } from './annotation.ts'
import { bugText } from './bug-words.ts'
import type { Io } from './io.ts'
import { EXIT, worse } from './io.ts'
import type { Bug, JobResult } from './job.ts'
import type { PlannedRun } from './plans.ts'
import type { Progress } from './progress.ts'
import type { Screen } from './screen.ts'
import { documentText, painted } from './screen.ts'

interface OutputForm {
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
}

/** Most lines of a timeline that is not asked for in full. */
export const TIMELINE_ROWS = 120

export class RunOutput {
  exit: number = EXIT.held
  readonly cases: JUnitCase[] = []
  readonly #io: Io
  readonly #screen: Screen
  readonly #errors: Screen
  readonly #form: OutputForm
  readonly #runs: readonly PlannedRun[]
  readonly #progress: Progress
  readonly #views: (RunView | null)[] = []

  constructor(given: {
    readonly io: Io
    readonly screen: Screen
    readonly errors: Screen
    readonly form: OutputForm
    readonly runs: readonly PlannedRun[]
    readonly progress: Progress
  }) {
    this.#io = given.io
    this.#screen = given.screen
    this.#errors = given.errors
    this.#form = given.form
    this.#runs = given.runs
    this.#progress = given.progress
  }

  /** A run is done; they come in their order. */
  add(index: number, result: JobResult): void {
    const run = this.#runs[index]!
    this.cases.push(caseOf(run, result))
    if (!result.ok) {
      this.#views.push(null)
      this.bug(result.bug)
    } else {
      const { view } = result
      this.#views.push(view)
      if (view.failed) {
        this.exit = worse(this.exit, EXIT.failed)
        this.#annotate(run, view)
      }
      if (view.outcome === 'interrupted') this.exit = EXIT.interrupted
      if (this.#form.json) this.#write(`${JSON.stringify(runJson(view))}\n`)
      else if (this.#form.quiet || this.#isOneOfMany(index)) this.#line(runSummary(view))
    }
    if (!this.#form.json && this.#isLastOfScenario(index)) this.#scenarioDone(index)
  }

  /** JSON lines stay nothing but JSON lines. */
  #annotate(run: PlannedRun, view: RunView): void {
    if (this.#form.json) return
    const message = [messageOf(view), ...detailOf(view)].join('\n')
    annotate(this.#io, { title: nameOf(run), message, file: run.scenario })
  }

  bug(bug: Bug): void {
    this.exit = worse(this.exit, EXIT.bug)
    this.#progress.clear()
    this.#io.stderr.write(bugText(this.#errors, bug))
  }

  /** Every run is done, or Ctrl-C has ended them. */
  finish(): void {
    if (this.#form.json) return
    const views = this.#views.filter((view) => view !== null)
    const partial = this.#views.length < this.#runs.length
    if (partial && this.#views.length > 0 && !this.#isLastOfScenario(this.#views.length - 1)) {
      this.#scenarioDone(this.#views.length - 1)
    }
    if (this.#runs.length === 1) return
    if (!this.#form.quiet && this.#isPlainList()) this.#document(failuresDocument(views))
    this.#line([])
    this.#line(totalsLine(views, this.#runs.length))
  }

  /** Runs of one scenario follow each other: its first and last index among those done. */
  #scenarioRange(index: number): { readonly from: number; readonly to: number } {
    const { scenario } = this.#runs[index]!
    let from = index
    let to = index
    while (this.#runs[from - 1]?.scenario === scenario) from -= 1
    while (this.#runs[to + 1]?.scenario === scenario) to += 1
    return { from, to }
  }

  #isLastOfScenario(index: number): boolean {
    return this.#scenarioRange(index).to === index
  }

  #isOneOfMany(index: number): boolean {
    const { from, to } = this.#scenarioRange(index)
    return this.#runs.length > 1 && from === to
  }

  /** Every scenario is run once: no tables. */
  #isPlainList(): boolean {
    return this.#runs.every((_, index) => this.#isOneOfMany(index))
  }

  #scenarioDone(index: number): void {
    if (this.#form.quiet || this.#isOneOfMany(index)) return
    const { from } = this.#scenarioRange(index)
    const runs = this.#runs.slice(from, index + 1)
    const views = this.#views.slice(from, index + 1)
    const first = views.find((view) => view !== null)
    if (first === undefined || first === null) return
    if (this.#runs.length === 1) {
      const timelineRows = this.#form.verbose ? null : TIMELINE_ROWS
      this.#document(runDocument(first, { width: this.#screen.width, timelineRows }))
      return
    }
    const there = views.filter((view) => view !== null)
    const versions = [...new Set(runs.map(({ version }) => version))]
    const ofVersion = (version: string): RunView[] =>
      views.filter((view, at) => view !== null && runs[at]!.version === version) as RunView[]
    if (versions.length > 1) {
      const columns = versions
        .map((version) => ({ title: version, views: ofVersion(version) }))
        .filter((column) => column.views.length > 0)
      const became = columns.map(({ views: [view] }) => paragraph([span('· ', 'dim'), span(view?.became ?? '')], 2, 4))
      this.#document([
        storyHeading(first),
        ...became,
        GAP,
        ...versionBlocks(columns, this.#screen.width),
        ...holeBlocks(columns),
        GAP,
        ...outcomeBlocks(columns),
        ...failuresDocument(there),
      ])
    } else {
      this.#document([
        GAP,
        ...headerBlocks({ ...first, seed: seedWords(there) }),
        GAP,
        heading(`${there.length} seeds`),
        ...seedBlocks(there),
        ...failuresDocument(there),
      ])
    }
  }

  #document(blocks: Parameters<typeof documentText>[1]): void {
    const text = documentText(this.#screen, blocks)
    if (text !== '') this.#write(this.#runs.length > 1 ? `\n${text}` : text)
  }

  #line(line: Line): void {
    this.#write(`${painted(this.#screen, line).trimEnd()}\n`)
  }

  #write(text: string): void {
    this.#progress.clear()
    this.#io.stdout.write(text)
  }
}

const seedWords = (views: readonly RunView[]): string => `${views[0]?.seed} to ${views.at(-1)?.seed}`

const nameOf = ({ version, job }: PlannedRun): string => `Kafka ${version}, seed ${job.plan.seed}`

const messageOf = (view: RunView): string => `${view.outcome}: ${outcomeWords(view)}`

const detailOf = (view: RunView): string[] => [
  ...view.verdicts.filter(({ fails }) => fails).map(({ name, words }) => `${name}: ${words}`),
  `repeat: ${view.repeat}`,
]

function caseOf(run: PlannedRun, result: JobResult): JUnitCase {
  const name = nameOf(run)
  if (!result.ok) {
    const { message, stack, repeat } = result.bug
    return {
      suite: run.scenario,
      name,
      seconds: 0,
      problem: { kind: 'error', message, detail: `${stack}\n${repeat}` },
      output: '',
    }
  }
  const { view, wallMs } = result
  return {
    suite: run.scenario,
    name,
    seconds: wallMs / 1000,
    problem:
      view.failed || view.outcome === 'interrupted'
        ? { kind: 'failure', message: messageOf(view), detail: detailOf(view).join('\n') }
        : null,
    output: `digest ${view.digest}`,
  }
}
