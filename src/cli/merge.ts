/** `merge`: the shards of a campaign put together. */
import { Command } from 'commander'
import { isFailure } from '../campaign/seed-result.ts'
import { totalsOf } from '../campaign/statistics.ts'
import { missingSeeds } from './campaign-seeds.ts'
import { seedRanges, summaryLines } from './campaign-words.ts'
import { inputFile, several } from './flags.ts'
import type { Io } from './io.ts'
import { EXIT, UsageError } from './io.ts'
import { outputFile, writeFile } from './output-file.ts'
import type { Results } from './results-file.ts'
import { mergeResults, readResults, resultsText } from './results-file.ts'
import { screenOf } from './screen.ts'

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
      for (const line of summaryLines(totalsOf(merged.results), null)) io.stdout.write(`${line}\n`)
      const missing = missingSeeds({ ...merged.header, shard: null }, merged.results)
      if (missing.length > 0) {
        const words = `${missing.length} of ${merged.header.seeds} seeds have no result in these files: ${seedRanges(missing)}`
        const tone = flags.allowMissing === true ? 'warn' : 'bad'
        io.stderr.write(`${screenOf(io, io.stderr).paint(tone, words)}\n`)
      }
      const failed = merged.results.some((result) => isFailure(result, { allowHoles: flags.allowKnownHoles === true }))
      finished(failed || (missing.length > 0 && flags.allowMissing !== true) ? EXIT.failed : EXIT.held)
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
