/** `shrink`: the smallest scenario that still fails in the same way, written as a scenario of its own. */
import { basename } from 'node:path'
import { Command } from 'commander'
import type { Shrunk } from '../campaign/shrink/shrink.ts'
import { shrink } from '../campaign/shrink/shrink.ts'
import { formatTime } from '../kernel/time.ts'
import { renderProblems } from '../scenario/errors.ts'
import { printScenario } from '../scenario/print.ts'
import { parseScenario } from '../scenario/scenario.ts'
import type { ScenarioDocument } from '../scenario/schema.ts'
import { seedText } from './flags.ts'
import type { Io } from './io.ts'
import { EXIT, UsageError } from './io.ts'
import { writeFile } from './output-file.ts'
import { Progress } from './progress.ts'
import { findScenarios } from './scenario-files.ts'
import { screenOf } from './screen.ts'

interface ShrinkFlags {
  readonly kafka?: string
  readonly seed?: string
  readonly out?: string
}

export function shrinkCommand(io: Io, finished: (exit: number) => void): Command {
  return new Command('shrink')
    .summary('make a failing scenario small')
    .description(
      'Leaves out faults, clients, brokers, partitions and values while the scenario still fails in the same way.',
    )
    .argument('<scenario>', 'FILE, NAME or -')
    .option('--kafka <version>', 'another version than the scenario’s own')
    .option('--seed <seed>', 'the seed, instead of the one in the scenario', seedText)
    .option('--out <file>', 'the file to write; standard output by default')
    .action(async (word: string, flags: ShrinkFlags) => {
      finished(await shrinkFile(io, word, flags))
    })
}

async function shrinkFile(io: Io, word: string, flags: ShrinkFlags): Promise<number> {
  const { files, missing } = await findScenarios([word], io)
  const [file] = files
  if (file === undefined || missing.length > 0) throw new UsageError(missing[0] ?? `there is no scenario ${word}`)
  const parsed = parseScenario(file.text, file.name)
  if (!parsed.ok) throw new UsageError(renderProblems(parsed.problems, file.text, { color: false }))
  const { expect: _, ...given } = parsed.scenario.document
  const document: ScenarioDocument = {
    ...given,
    ...(flags.kafka === undefined ? {} : { kafka: flags.kafka }),
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
  }
  const origin = `${basename(file.name)}, made small.`
  const shrunk = await shrinkToFile(io, document, { origin, file: flags.out ?? null })
  if (shrunk === null) {
    io.stderr.write(`${file.name} does not fail: nothing that is promised breaks, and no known hole shows\n`)
    return EXIT.held
  }
  const screen = screenOf(io, io.stderr)
  io.stderr.write(
    `${screen.paint('strong', `${shrunk.document.steps?.length ?? 0} steps are left after ${shrunk.runs} runs`)}; fails with ${shrunk.otherSeeds} of 20 other seeds too\n`,
  )
  for (const { atUs, words } of shrunk.causes) io.stderr.write(`    ${formatTime(atUs)}  ${words}\n`)
  if (flags.out === undefined) io.stdout.write(printed(shrunk))
  return EXIT.failed
}

const printed = ({ document }: Shrunk): string => printScenario({ fileName: null, document, places: null })

/** Shrinks a document and writes it; null when it does not fail. `file` null: it is only returned. */
export async function shrinkToFile(
  io: Io,
  document: ScenarioDocument,
  options: { readonly origin: string; readonly file: string | null },
): Promise<Shrunk | null> {
  const progress = new Progress(io, 'shrinking', 2_000)
  const shrunk = io.deaf(() => shrink(document, { ...options, onRun: (runs) => progress.at(runs, `${runs} runs`) }))
  progress.stop()
  if (shrunk === null || options.file === null) return shrunk
  writeFile(io, options.file, printed(shrunk))
  return shrunk
}
