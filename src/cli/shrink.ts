/** `shrink`: the smallest scenario that still fails in the same way, written as a scenario of its own. */
import { basename } from 'node:path'
import { Command } from 'commander'
import { OTHER_SEEDS } from '../campaign/shrink/conditions.ts'
import type { Shrunk } from '../campaign/shrink/shrink.ts'
import { assert } from '../kernel/assert.ts'
import { formatTime } from '../kernel/time.ts'
import { plural } from '../report/words.ts'
import { printScenario } from '../scenario/print.ts'
import { parseScenario } from '../scenario/scenario.ts'
import type { ScenarioDocument } from '../scenario/schema.ts'
import { quoted, seedText, version } from './flags.ts'
import type { Io } from './io.ts'
import { EXIT, exitAfter, tellInterrupted, UsageError } from './io.ts'
import { outputFile, writeFile } from './output-file.ts'
import { schemaFor } from './package-root.ts'
import { AS_WRITTEN, planRuns } from './plans.ts'
import type { ScenarioFile } from './scenario-files.ts'
import { findScenarios } from './scenario-files.ts'
import { colours, linesText, screenOf } from './screen.ts'
import { shrinkApart } from './shrink-apart.ts'

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
    .option('--kafka <version>', 'another version than the scenario’s own', version)
    .option('--seed <seed>', 'the seed, instead of the one in the scenario', seedText)
    .option('--out <file>', 'the file to write; standard output by default', outputFile(io))
    .action(async (word: string, flags: ShrinkFlags) => {
      finished(await shrinkFile(io, word, flags))
    })
}

async function shrinkFile(io: Io, word: string, flags: ShrinkFlags): Promise<number> {
  const file = await oneScenario(io, word)
  const asked = {
    ...AS_WRITTEN,
    versions: flags.kafka === undefined ? [] : [flags.kafka],
    seed: flags.seed ?? null,
  }
  // Whether it can be run at all; what is shrunk is the document.
  const { problems } = planRuns([file], asked, colours(io, io.stderr))
  if (problems.length > 0) throw new UsageError(problems.join('\n'))
  const parsed = parseScenario(file.text, file.name)
  assert(parsed.ok, 'what could be planned could be read')
  const { expect: _, ...given } = parsed.scenario.document
  const document: ScenarioDocument = {
    ...given,
    ...(flags.kafka === undefined ? {} : { kafka: flags.kafka }),
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
  }
  const shrunk = await shrinkApart(io, document, { origin: `${basename(file.name)}, made small.` })
  if (shrunk === null && io.interrupted.aborted) {
    tellInterrupted(io, 'before the first run was over')
    return exitAfter(io, EXIT.held)
  }
  if (shrunk === null) {
    io.stderr.write(`${file.name} does not fail: nothing that is promised breaks, and no known hole shows\n`)
    return EXIT.held
  }
  const screen = screenOf(io, io.stderr)
  io.stderr.write(`${screen.paint('strong', shrunkWords(shrunk))}\n`)
  io.stderr.write(linesText(io, screen, chainLines(shrunk)))
  const text = shrunkText(io, shrunk, flags.out ?? 'scenario.yaml')
  if (flags.out === undefined) io.stdout.write(text)
  else {
    writeFile(io, flags.out, text)
    io.stderr.write(`wrote ${flags.out}; run it with: highwater run ${quoted(flags.out)}\n`)
  }
  return exitAfter(io, EXIT.failed, !shrunk.interrupted)
}

async function oneScenario(io: Io, word: string): Promise<ScenarioFile> {
  const { files, missing } = await findScenarios([word], io)
  const [file] = files
  if (file === undefined) throw new UsageError(missing.join('\n'))
  if (files.length > 1) throw new UsageError(`${word} means ${files.length} scenarios: shrink takes one`)
  return file
}

/** The scenario for a file of that name. */
export const shrunkText = (io: Io, { document }: Shrunk, file: string): string =>
  printScenario({ fileName: null, document, places: null }, schemaFor(io.cwd, file))

/** What led to the failure, and the witness. */
export const chainLines = ({ causes, words }: Shrunk): string[] => [
  ...causes.map(({ atUs, words: link }) => `    ${formatTime(atUs)}  ${link}`),
  `    ${words}`,
]

/** What came of a search, one sentence. */
export function shrunkWords({ document, runs, otherSeeds, interrupted }: Shrunk): string {
  const steps = plural(document.steps?.length ?? 0, 'step')
  const tried =
    otherSeeds === null ? 'no other seeds were tried' : `fails under ${otherSeeds} of ${OTHER_SEEDS} other seeds too`
  return `${steps} left after ${plural(runs, 'run')}; ${interrupted ? 'interrupted: it may become smaller still' : tried}`
}
