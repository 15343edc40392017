/** One run as plain data, so that any process can do it, and the doing of it. */

import type { VerdictChange } from '../check/property.ts'
import type { RunResult } from '../driver/simulate.ts'
import { simulateInSlices } from '../driver/simulate.ts'
import type { RunView } from '../report/run-view.ts'
import { runView } from '../report/run-view.ts'
import { Timeline } from '../report/timeline.ts'
import type { StepReport } from '../world/context.ts'
import type { Plan } from '../world/plan.ts'
import type { World } from '../world/world.ts'

export interface Job {
  readonly plan: Plan
  /** Which generation the version became, one sentence. */
  readonly became: string
  /** The command that repeats it. */
  readonly repeat: string
  /** Ends the run at this virtual time, in us; null: at its own end. */
  readonly untilUs: number | null
  /** Which rows of the timeline are kept. */
  readonly timeline: 'none' | 'major' | 'minor'
}

/** A run that threw: our own bug, with the command that repeats it. */
export interface Bug {
  readonly message: string
  readonly stack: string
  readonly repeat: string
}

export type JobResult =
  | { readonly ok: true; readonly view: RunView; readonly wallMs: number }
  | { readonly ok: false; readonly bug: Bug }

export interface JobHooks {
  /** The run ends as interrupted once this is aborted. */
  readonly interrupted?: AbortSignal
  /** Called between two slices with the virtual time reached, in us. */
  readonly onSlice?: (world: World) => void
  readonly onEvent?: (world: World, report: StepReport, verdicts: readonly VerdictChange[]) => void
  readonly onResult?: (result: RunResult) => void
}

/** Events between two looks at the terminal: some ten milliseconds. */
const SLICE = 2_000

/** Lets the event loop turn, so that Ctrl-C is heard. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export const bugOf = (error: unknown, repeat: string): Bug => ({
  message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
  stack: error instanceof Error ? (error.stack ?? '') : '',
  repeat,
})

/** Does one run in this process; the event loop turns between slices. */
export async function doJob(job: Job, hooks: JobHooks = {}): Promise<JobResult> {
  const startedMs = performance.now()
  const timeline = new Timeline({ minor: job.timeline === 'minor' })
  const keepsRows = job.timeline !== 'none'
  const onEvent = (world: World, report: StepReport, verdicts: readonly VerdictChange[]): boolean => {
    if (keepsRows) timeline.onEvent(world, report)
    hooks.onEvent?.(world, report, verdicts)
    return hooks.interrupted?.aborted !== true
  }
  try {
    const options = { onEvent, ...(job.untilUs === null ? {} : { untilUs: job.untilUs }) }
    const slices = simulateInSlices(job.plan, options, SLICE)
    for (;;) {
      const slice = slices.next()
      if (slice.done === true) {
        hooks.onResult?.(slice.value)
        const view = runView(slice.value, { timeline: timeline.rows, became: job.became, repeat: job.repeat })
        return { ok: true, view, wallMs: performance.now() - startedMs }
      }
      hooks.onSlice?.(slice.value)
      await nextTurn()
    }
  } catch (error) {
    return { ok: false, bug: bugOf(error, job.repeat) }
  }
}
