/** The page of a run: its trace gathered line by line, and put into the shell that the build made. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { VerdictChange } from '../check/property.ts'
import { align } from '../driver/lockstep.ts'
import { replay } from '../driver/replay.ts'
import type { RunResult } from '../driver/simulate.ts'
import type { Trace } from '../driver/trace.ts'
import { TraceSeal, traceEvent, traceFooter, traceHeader } from '../driver/trace.ts'
import { assert } from '../kernel/assert.ts'
import type { CompareSide, Comparison } from '../report/compare.ts'
import { compareRuns } from '../report/compare.ts'
import { CompareRows } from '../report/compare-rows.ts'
import { pageComparison } from '../report/page/comparison-data.ts'
import { filledShell } from '../report/page/shell.ts'
import { ViewRecorder } from '../report/page/view-recorder.ts'
import type { RunView } from '../report/run-view.ts'
import { runView } from '../report/run-view.ts'
import type { StepReport } from '../world/context.ts'
import type { Plan, PlanChapter } from '../world/plan.ts'
import type { World } from '../world/world.ts'
import { UsageError } from './io.ts'
import type { JobHooks } from './job.ts'
import { PACKAGE_ROOT, packageVersion } from './package-root.ts'

/** What a page says of a run beside its trace. */
interface PageRunGiven {
  readonly plan: Plan
  readonly became: string
  readonly repeat: string
}

/** The lines of a trace with everything that a page shows. */
export class PageLines {
  readonly #given: PageRunGiven
  readonly #recorder = new ViewRecorder()
  readonly #rows: CompareRows | null
  readonly #chapterTimes: number[] = []
  readonly #seal = new TraceSeal()
  #lines: string[] = []
  #view: RunView | null = null

  /** `compared`: it will stand beside another run. */
  constructor(given: PageRunGiven, compared = false) {
    this.#given = given
    this.#rows = compared ? new CompareRows() : null
    const { plan, became, repeat } = given
    this.#write(traceHeader(plan, { sim: packageVersion(), became, repeat }))
  }

  #write(line: string): void {
    this.#seal.add(line)
    this.#lines.push(line)
  }

  /** The footer is in. */
  get done(): boolean {
    return this.#view !== null
  }

  get count(): number {
    return this.#lines.length
  }

  get text(): string {
    return `${this.#lines.join('\n')}\n`
  }

  /** The lines so far, which are then forgotten. */
  take(): string {
    const text = this.#lines.length === 0 ? '' : this.text
    this.#lines = []
    return text
  }

  add(world: World, report: StepReport, verdicts: readonly VerdictChange[]): void {
    this.#write(traceEvent(world.index - 1, report, verdicts, this.#recorder.onEvent(world, report)))
    while (this.#chapterTimes.length < this.#recorder.chapters.length) this.#chapterTimes.push(world.nowUs)
    this.#rows?.onEvent(world, report)
  }

  end(result: RunResult): void {
    const { became, repeat } = this.#given
    this.#view = runView(result, { timeline: [], became, repeat })
    const { timeline: _, ...view } = this.#view
    this.#recorder.end(result.world)
    const { chapters, checks, underWay } = this.#recorder
    this.#lines.push(traceFooter(result, { view, chapters, checks, underWay }, this.#seal))
  }

  /** Chapters with the time of their moment (null: it never came) and whether their answers came true. */
  chapters(): { readonly chapter: PlanChapter; readonly atUs: number | null; readonly held: boolean | null }[] {
    const { chapters, checks } = this.#recorder
    return (this.#given.plan.chapters ?? []).map((chapter, index) => {
      const atUs = chapters[index] === undefined ? null : (this.#chapterTimes[index] ?? null)
      return { chapter, atUs, held: checks[index] ?? null }
    })
  }

  /** As a side of a comparison. */
  side(label: string): CompareSide {
    assert(this.#view !== null && this.#rows !== null, 'the run is done and was begun as one of two')
    return { label, view: this.#view, rows: this.#rows.rows }
  }

  hooks(): JobHooks {
    return {
      onEvent: (world, report, verdicts) => this.add(world, report, verdicts),
      onResult: (result) => this.end(result),
    }
  }
}

/** The text of a trace with what a page needs: as it is, or replayed when it was written without. */
export function pageText(
  trace: Trace,
  text: string,
  given: { readonly file: string; readonly repeat: string },
): string {
  return trace.events.some((event) => 'd' in event) ? text : replayed(trace, given, false).text
}

/** The lines of a trace, run once more. */
export function replayed(
  trace: Trace,
  given: { readonly file: string; readonly repeat: string },
  compared: boolean,
): PageLines {
  const lines = new PageLines({ plan: trace.header.plan, became: '', repeat: given.repeat }, compared)
  const { result, divergence } = replay(trace, {
    onEvent: (world, report, verdicts) => lines.add(world, report, verdicts),
  })
  if (divergence !== null) {
    throw new UsageError(
      `${given.file} was written by another version of highwater: replayed, it differs from event ${divergence.index} on`,
    )
  }
  lines.end(result)
  return lines
}

/** Two runs laid side by side. Both must be done, and begun as compared. */
export function compareLines(lines: readonly PageLines[], labels: readonly string[], repeat: string): Comparison {
  const [left, right] = lines.map((each, index) => each.side(labels[index]!))
  assert(left !== undefined && right !== undefined, 'a comparison has two sides')
  return compareRuns({ varied: null, sides: [left, right], aligned: align(left.rows, right.rows), repeat })
}

/** The built page without a run. */
export function pageShell(): string {
  const file = join(PACKAGE_ROOT, 'dist', 'web', 'report.html')
  if (!existsSync(file)) throw new UsageError('the page is not built: run `npm run build` first')
  return readFileSync(file, 'utf8')
}

const packed = (text: string): string => gzipSync(Buffer.from(text, 'utf8'), { level: 9 }).toString('base64')

/** The page of one run, or of two side by side, from the texts of their traces. */
export function pageHtml(shell: string, texts: readonly string[], comparison: Comparison | null = null): string {
  const { plan } = JSON.parse(texts[0]!.slice(0, texts[0]!.indexOf('\n'))) as { plan: Plan }
  return filledShell(shell, {
    title: plan.title,
    story: plan.story,
    runs: texts.map(packed),
    comparison: comparison === null ? null : packed(JSON.stringify(pageComparison(comparison))),
  })
}
