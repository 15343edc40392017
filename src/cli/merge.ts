/** `merge`: the shards of a campaign put together. */
import { resolve } from 'node:path'
import { Command } from 'commander'
import { isFailure } from '../campaign/seed-result.ts'
import { totalsOf } from '../campaign/statistics.ts'
import { summaryLines } from './campaign-words.ts'
import type { Io } from './io.ts'
import { EXIT } from './io.ts'
import { writeFile } from './output-file.ts'
import { mergeResults, readResults, resultsText } from './results-file.ts'

interface MergeFlags {
  readonly out?: string
  readonly allowKnownHoles?: boolean
}

export function mergeCommand(io: Io, finished: (exit: number) => void): Command {
  return new Command('merge')
    .summary('put the results of shards together')
    .description(
      'Reads result files of one campaign and sums them up; with --out they become one file, in the order of the seeds.',
    )
    .argument('<file...>', 'results that fuzz --out has written')
    .option('--out <file>', 'the one file')
    .option('--allow-known-holes', 'breaks that a KIP or JIRA explains do not fail the campaign')
    .action((files: string[], flags: MergeFlags) => {
      const merged = mergeResults(files.map((file) => readResults(resolve(io.cwd, file))))
      if (flags.out !== undefined) writeFile(io, flags.out, resultsText(merged))
      for (const line of summaryLines(totalsOf(merged.results), null)) io.stdout.write(`${line}\n`)
      const missing = merged.header.seeds - merged.results.length
      if (missing > 0) io.stdout.write(`${missing} seeds of the campaign have no result in these files\n`)
      const failed = merged.results.some((result) => isFailure(result, { allowHoles: flags.allowKnownHoles === true }))
      finished(failed ? EXIT.failed : EXIT.held)
    })
}
