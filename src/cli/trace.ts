/** `trace`: whether a trace is sound, and a trace in the forms of other tools. */
import { Command } from 'commander'
import { TraceText } from '../driver/trace.ts'
import { chromeTrace, eventsCsv, mermaidSequence, shivizLog } from '../report/page/exports.ts'
import { PageRun } from '../report/page/page-run.ts'
import { traceProblems } from '../report/page/validate.ts'
import { inputFile, oneOf } from './flags.ts'
import type { Io } from './io.ts'
import { EXIT, UsageError } from './io.ts'
import { outputFile, writeFile } from './output-file.ts'
import { pageText } from './page-file.ts'
import { readTraceFile, withTrace } from './trace-file.ts'

const FORMS = ['perfetto', 'shiviz', 'mermaid', 'csv'] as const

interface ExportFlags {
  readonly as: (typeof FORMS)[number]
  readonly out?: string
}

function exported(run: PageRun, form: ExportFlags['as']): string {
  switch (form) {
    case 'perfetto':
      return chromeTrace(run)
    case 'shiviz':
      return shivizLog(run)
    case 'mermaid':
      return mermaidSequence(run, 0, run.length - 1)
    case 'csv':
      return eventsCsv(run)
  }
}

function validateTrace(io: Io, file: string): number {
  const { trace } = readTraceFile(io, file)
  const problems = withTrace(trace, file, () => traceProblems(trace))
  for (const problem of problems) io.stderr.write(`${file}: ${problem}\n`)
  if (problems.length > 0) return EXIT.failed
  const page = trace.events.some((event) => 'd' in event) ? '' : ', without what a page shows'
  io.stdout.write(`${file}: a sound trace of ${trace.events.length} events on Kafka ${trace.header.kafka}${page}\n`)
  return EXIT.held
}

function exportTrace(io: Io, file: string, flags: ExportFlags): number {
  const { text, trace } = readTraceFile(io, file)
  const out = withTrace(trace, file, () => {
    const run = new PageRun(new TraceText(pageText(trace, text, { file, repeat: '' })))
    if (run.length === 0) throw new UsageError(`${file} has no events to export`)
    run.readAll()
    return exported(run, flags.as)
  })
  if (flags.out === undefined) io.stdout.write(out)
  else writeFile(io, flags.out, out)
  return EXIT.held
}

export function traceCommand(io: Io, finished: (exit: number) => void): Command {
  const command = new Command('trace')
    .summary('check a trace, or export it')
    .description('Works on a trace that `run --trace FILE` wrote.')
  command
    .command('validate')
    .description('Checks order, causes, that every change can be undone, and the digests.')
    .argument('<trace>', 'the trace', inputFile(io))
    .action((file: string) => finished(io.deaf(() => validateTrace(io, file))))
  command
    .command('export')
    .description('Writes a trace for Perfetto, ShiViz or Mermaid (the last messages), or as CSV.')
    .argument('<trace>', 'the trace', inputFile(io))
    .requiredOption('--as <form>', `the form: ${FORMS.join(', ')}`, oneOf(FORMS))
    .option('--out <file>', 'write to this file and not to standard output', outputFile(io))
    .action((file: string, flags: ExportFlags) => finished(io.deaf(() => exportTrace(io, file, flags))))
  return command
}
