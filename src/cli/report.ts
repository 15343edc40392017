/** `report`: a trace as a page, or two traces side by side. */
import { Command } from 'commander'
import { inputFile, quoted, several } from './flags.ts'
import type { Io } from './io.ts'
import { EXIT, UsageError } from './io.ts'
import { outputFile, writePage } from './output-file.ts'
import { compareLines, pageHtml, pageShell, pageText, replayed } from './page-file.ts'
import { readTraceFile, withTrace } from './trace-file.ts'

export function reportCommand(io: Io, finished: (exit: number) => void): Command {
  return new Command('report')
    .summary('a trace as a page')
    .description(
      'Makes one HTML file of a trace that `run --trace FILE` wrote, or of two side by side. It opens without a network.',
    )
    .argument('<trace...>', 'one trace, or two', several(inputFile(io)))
    .requiredOption('--html <file>', 'the page to write', outputFile(io))
    .action((files: string[], { html }: { readonly html: string }) => {
      if (files.length > 2) throw new UsageError(`a page shows one run or two, and these are ${files.length}`)
      writePage(
        io,
        html,
        io.deaf(() => (files.length === 1 ? onePage(io, files[0]!) : twoPages(io, files))),
      )
      finished(EXIT.held)
    })
}

const repeatOf = (file: string): string => `highwater replay ${quoted(file)}`

function onePage(io: Io, file: string): string {
  const shell = pageShell()
  const { text, trace } = readTraceFile(io, file)
  return withTrace(trace, file, () => pageHtml(shell, [pageText(trace, text, { file, repeat: repeatOf(file) })]))
}

/** What a comparison looks at is in no trace, so both are run once more. */
function twoPages(io: Io, files: readonly string[]): string {
  const shell = pageShell()
  const traces = files.map((file) => readTraceFile(io, file).trace)
  const lines = files.map((file, index) =>
    withTrace(traces[index]!, file, () => replayed(traces[index]!, { file, repeat: repeatOf(file) }, true)),
  )
  const labels = traces.map(({ header }) => `${header.kafka}, seed ${header.seed}`)
  return pageHtml(
    shell,
    lines.map(({ text }) => text),
    compareLines(lines, labels, ''),
  )
}
