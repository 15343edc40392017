/** `replay`: a trace once more, event by event. */
import { Command } from 'commander'
import type { Divergence } from '../driver/replay.ts'
import { replay } from '../driver/replay.ts'
import { runDocument, runSummary } from '../report/run-document.ts'
import { runJson } from '../report/run-json.ts'
import type { RunView } from '../report/run-view.ts'
import { runView } from '../report/run-view.ts'
import { Timeline } from '../report/timeline.ts'
import { inputFile, quoted } from './flags.ts'
import type { Io } from './io.ts'
import { EXIT } from './io.ts'
import { TIMELINE_ROWS } from './run-output.ts'
import { documentText, painted, screenOf } from './screen.ts'
import { readTraceFile, withTrace } from './trace-file.ts'

interface ReplayFlags {
  readonly json?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
}

function divergenceText({ index, recorded, replayed }: Divergence): string {
  if (recorded === null)
    return 'every event could be replayed, and the digests differ: what machines did was not the same'
  return [
    `the replay parts from the trace at event ${index}:`,
    `  trace:  at ${recorded.t} us, ${recorded.a} (${recorded.r})`,
    `  replay: ${replayed === null ? 'no such event is pending' : `at ${replayed.atUs} us, ${replayed.key} (${replayed.rule})`}`,
    'The trace was written by another version of highwater, or was changed.',
  ].join('\n')
}

export function replayCommand(io: Io, finished: (exit: number) => void): Command {
  return new Command('replay')
    .summary('run the events of a trace once more')
    .description('Replays a trace that `run --trace FILE` wrote: the same plan, the same events in the same order.')
    .argument('<trace>', 'the trace', inputFile(io))
    .option('--json', 'one JSON object (see docs/json-output.md)')
    .option('--quiet', 'one line')
    .option('--verbose', 'every line of the timeline, also of what matters little')
    .action((file: string, flags: ReplayFlags) => {
      const trace = readTraceFile(io, file).trace
      const screen = screenOf(io, io.stdout)
      const errors = screenOf(io, io.stderr)
      const timeline = new Timeline({ minor: flags.verbose === true })
      const repeat = `highwater replay ${quoted(file)}`
      const replayed = (): { view: RunView; divergence: Divergence | null } => {
        const { result, divergence } = replay(trace, { onEvent: (world, report) => timeline.onEvent(world, report) })
        return { view: runView(result, { timeline: timeline.rows, became: '', repeat }), divergence }
      }
      const { view, divergence } = io.deaf(() => withTrace(trace, file, replayed))
      if (divergence !== null) {
        io.stderr.write(`${errors.paint('bad', '✗')} ${divergenceText(divergence)}\n`)
        return finished(EXIT.failed)
      }
      const timelineRows = flags.verbose === true ? null : TIMELINE_ROWS
      if (flags.json === true) io.stdout.write(`${JSON.stringify(runJson(view))}\n`)
      else if (flags.quiet === true) io.stdout.write(`${painted(screen, runSummary(view))}\n`)
      else io.stdout.write(documentText(screen, runDocument(view, { width: screen.width, timelineRows })))
      if (flags.json !== true)
        io.stdout.write(`${screen.paint('good', '✓')} the replay is the run that was traced, event by event\n`)
      finished(view.failed ? EXIT.failed : EXIT.held)
    })
}
