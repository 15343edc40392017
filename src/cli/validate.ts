/** `validate`: whether scenarios can be used, with every problem at once. */
import { Command } from 'commander'
import type { Document } from '../report/document.ts'
import { paragraph, span } from '../report/document.ts'
import { plural } from '../report/words.ts'
import { versions } from './flags.ts'
import type { Io } from './io.ts'
import { EXIT } from './io.ts'
import { AS_WRITTEN, planRuns } from './plans.ts'
import { findScenarios } from './scenario-files.ts'
import { colours, documentText, screenOf } from './screen.ts'

interface ValidateFlags {
  readonly kafka?: readonly string[]
}

const INDENT = 2

export function validateCommand(io: Io, finished: (exit: number) => void): Command {
  return new Command('validate')
    .summary('say everything that is wrong with scenarios')
    .argument('<scenario...>', 'FILE, NAME, GLOB or -')
    .option('--kafka <versions>', 'for these versions, instead of the one in the scenario', versions)
    .action(async (words: string[], flags: ValidateFlags) => {
      const screen = screenOf(io, io.stdout)
      const errors = screenOf(io, io.stderr)
      const { files, missing } = await findScenarios(words, io)
      for (const message of missing) io.stderr.write(`${errors.paint('bad', message)}\n`)
      const color = colours(io, io.stderr)
      let wrong = missing.length
      for (const file of files) {
        const { runs, problems, notes } = planRuns([file], { ...AS_WRITTEN, versions: flags.kafka ?? [] }, color)
        if (problems.length > 0) {
          wrong += 1
          io.stdout.write(`${screen.paint('bad', '✗')} ${file.name}\n`)
          for (const problem of problems) io.stderr.write(`${problem}\n`)
          continue
        }
        const became = [...new Set(runs.map(({ job }) => job.became))].join('; ')
        const title = runs[0]?.job.plan.title ?? ''
        const words: Document = [
          paragraph([span('✓', 'good'), span(' '), span(file.name, 'strong'), span(`  ${title}`)], 0, INDENT),
          paragraph([span(became, 'dim')], INDENT),
          ...notes.map((note) => paragraph([span(`note: ${note}`, 'dim')], INDENT, 2 * INDENT)),
        ]
        io.stdout.write(documentText(screen, words))
      }
      if (files.length + missing.length > 1) {
        io.stdout.write(
          `${plural(files.length, 'scenario')}, ${wrong === 0 ? 'all can be used' : `${wrong} cannot be used`}\n`,
        )
      }
      finished(wrong === 0 ? EXIT.held : EXIT.unusable)
    })
}
