/** `merge`: the shards of a campaign put together. */
import { Command } from 'commander'
import { profileNamed } from '../campaign/profiles/table.ts'
import { campaignReach } from '../campaign/report.ts'
import { isFailure } from '../campaign/seed-result.ts'
import { totalsOf } from '../campaign/statistics.ts'
import { plural } from '../report/words.ts'
import { missingSeeds } from './campaign-seeds.ts'
import { reachLines, seedRanges, summaryLines, verdictWords } from './campaign-words.ts'
import { generation, inputFile, several } from './flags.ts'
import type { Io } from './io.ts'
import { EXIT, UsageError } from './io.ts'
import { outputFile, writeFile } from './output-file.ts'
import type { Results } from './results-file.ts'
import { mergeResults, readResults, resultsText } from './results-file.ts'
import { linesText, screenOf } from './screen.ts'

interface MergeFlags {
  readonly out?: string
  readonly allowKnownHoles?: boolean
  readonly allowMissing?: boolean
}

export function mergeCommand(io: Io, finished: (exit: number) => void): Command {
  return new Command('merge')
    .summary('put the results of shards together')
    .description(
      'Reads result files of one campaign and sums them up; with --out they become one file, in the order of the seeds. Fails when a seed of the campaign has no result.',
    )
    .argument('<file...>', 'results that fuzz --out has written', several(inputFile(io)))
    .option('--out <file>', 'the one file', outputFile(io))
    .option('--allow-known-holes', 'breaks that a KIP or JIRA explains do not fail the campaign')
    .option('--allow-missing', 'seeds without a result do not fail the campaign')
    .action((files: string[], flags: MergeFlags) => {
      const merged = mergeResults(readAll(io, files))
      if (flags.out !== undefined) writeFile(io, flags.out, resultsText(merged))
      const totals = totalsOf(merged.results)
      const subject = { generation: generation(merged.header.kafka), profile: profileNamed(merged.header.profile)! }
      const lines = [...summaryLines(totals, null), ...reachLines(campaignReach(totals, subject))]
      const screen = screenOf(io, io.stdout)
      io.stdout.write(linesText(io, screen, lines))
      const missing = missingSeeds({ ...merged.header, shard: null }, merged.results)
      if (missing.length > 0) {
        const words = `${missing.length} of ${merged.header.seeds} seeds have no result in these files: ${seedRanges(missing)}`
        const tone = flags.allowMissing === true ? 'warn' : 'bad'
        io.stderr.write(`${screenOf(io, io.stderr).paint(tone, words)}\n`)
      }
      const allowHoles = flags.allowKnownHoles === true
      const failures = merged.results.filter((result) => isFailure(result, { allowHoles }))
      const lacking = flags.allowMissing === true || missing.length === 0 ? 0 : missing.length
      const { mark, words } = verdictWords(
        failures,
        lacking === 0 ? [] : [`${plural(lacking, 'seed')} without a result`],
      )
      io.stdout.write(linesText(io, screen, [words], mark))
      finished(failures.length > 0 || lacking > 0 ? EXIT.failed : EXIT.held)
    })
}

/** Every file, or what is wrong with each of those that are no results. */
function readAll(io: Io, files: readonly string[]): Results[] {
  const problems: string[] = []
  const read = files.flatMap((file) => {
    try {
      return [readResults(io, file)]
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      problems.push(error.message)
      return []
    }
  })
  if (problems.length > 0) throw new UsageError(problems.join('\n'))
  return read
}
