/** `report`: a trace as a page, or two traces side by side. */
import { Command } from 'commander'
import { quoted } from './flags.ts'
import type { Io } from './io.ts'
import { EXIT, UsageError } from './io.ts'
import { writeFile } from './output-file.ts'
import { compareLines, pageHtml, pageShell, pageText, replayed } from './page-file.ts'
import { readTraceFile, withTrace } from './trace-file.ts'

export function reportCommand(io: Io, finished: (exit: number) => void): Command {
  return new Command('report')
    .summary('a trace as a page')
    .description(
      'Makes one HTML file of a trace that `run --trace FILE` wrote, or of two side by side. It opens without a network.',
    )
    .argument('<trace...>', 'one trace, or two')
    .requiredOption('--html <file>', 'the page to write')
    .action((files: string[], flags: { readonly html: string }) => {
      if (files.length > 2) throw new UsageError(`a page shows one run or two, and these are ${files.length}`)
      const shell = pageShell()
      const given = files.map((file) => ({ file, repeat: `highwater replay ${quoted(file)}` }))
      if (files.length === 1) {
        const { text, trace } = readTraceFile(io, files[0]!)
        const html = withTrace(trace, files[0]!, () => pageHtml(shell, [pageText(trace, text, given[0]!)]))
        writeFile(io, flags.html, html)
      } else {
        // What a comparison looks at is in no trace, so both are run once more.
        const traces = files.map((file) => readTraceFile(io, file).trace)
        const lines = traces.map((trace, index) =>
          withTrace(trace, files[index]!, () => replayed(trace, given[index]!, true)),
        )
        const labels = traces.map(({ header }) => `${header.kafka}, seed ${header.seed}`)
        const comparison = compareLines(lines, labels, '')
        const texts = lines.map(({ text }) => text)
        writeFile(io, flags.html, pageHtml(shell, texts, comparison))
      }
      finished(EXIT.held)
    })
}
