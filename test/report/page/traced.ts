import { simulate } from '../../../src/driver/simulate.ts'
import { parseTrace, type Trace, TraceText, traceEvent, traceFooter, traceHeader } from '../../../src/driver/trace.ts'
import { PageRun } from '../../../src/report/page/page-run.ts'
import { ViewRecorder } from '../../../src/report/page/view-recorder.ts'
import { runView } from '../../../src/report/run-view.ts'
import { bundledPlan } from './plans.ts'

/** The trace of a bundled scenario with everything that a page needs. */
export function traceText(name: string, kafka?: string): string {
  const plan = bundledPlan(name, kafka)
  const recorder = new ViewRecorder()
  const lines = [traceHeader(plan)]
  const result = simulate(plan, {
    onEvent: (world, report, verdicts) => {
      lines.push(traceEvent(world.index - 1, report, verdicts, recorder.onEvent(world, report)))
      return true
    },
  })
  recorder.end(result.world)
  const { timeline: _, ...view } = runView(result, { timeline: [], became: '', repeat: '' })
  const { chapters, checks, underWay } = recorder
  return [...lines, traceFooter(result, { view, chapters, checks, underWay }), ''].join('\n')
}

export function parsed(text: string): Trace {
  const trace = parseTrace(text)
  if (!trace.ok) throw new Error(trace.message)
  return trace.trace
}

/** The run of a trace, read to its end. */
export function wholeRun(text: string): PageRun {
  const run = new PageRun(new TraceText(text))
  run.readAll()
  return run
}

export const pageRun = (name: string, kafka?: string): PageRun => wholeRun(traceText(name, kafka))
