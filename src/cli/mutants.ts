/** `mutants`: planted bugs, each run until its checkers catch it. */
import { Command } from 'commander'
import type { MutantResult } from '../campaign/mutant-run.ts'
import { isRightlyCaught, medianSeeds, mutantsReport, runMutant } from '../campaign/mutant-run.ts'
import { MUTANTS } from '../kafka/mutants.ts'
import { annotate } from './annotation.ts'
import { oneOf, processCount, seedCount, several } from './flags.ts'
import type { Io } from './io.ts'
import { EXIT, exitAfter, tellInterrupted } from './io.ts'
import { outputFile, writeFile } from './output-file.ts'
import { defaultProcesses, runPool } from './pool.ts'
import { Progress } from './progress.ts'
import { linesText, screenOf } from './screen.ts'
import type { MutantTask } from './worker.ts'

interface MutantFlags {
  readonly seeds: number
  readonly catches: number
  readonly out?: string
  readonly jobs?: number
  readonly json?: boolean
}

export function mutantsCommand(io: Io, finished: (exit: number) => void): Command {
  return new Command('mutants')
    .summary('planted bugs, and which property catches each')
    .description(
      `Breaks one rule of the protocol at a time and runs seeds until a property breaks. There are ${MUTANTS.length}: ${MUTANTS.map(({ name }) => name).join(', ')}.`,
    )
    .argument('[name...]', 'only these', several(oneOf(MUTANTS.map(({ name }) => name))))
    .option('--seeds <count>', 'most seeds of one mutant', seedCount, 300)
    .option('--catches <count>', 'how often each must be caught, for the medians', seedCount, 3)
    .option('--out <file>', 'write the table as a Markdown page', outputFile(io))
    .option('--jobs <count>', 'processes (default: as many as the machine has cores)', processCount)
    .option('--json', 'one JSON object a mutant')
    .action(async (names: string[], flags: MutantFlags) => {
      finished(await mutants(io, names, flags))
    })
}

const FIRST = 1

async function mutants(io: Io, names: readonly string[], flags: MutantFlags): Promise<number> {
  const chosen = MUTANTS.filter(({ name }) => names.length === 0 || names.includes(name))
  const screen = screenOf(io, io.stdout)
  const progress = new Progress(io, 'mutants', chosen.length)
  const results: MutantResult[] = []
  const tasks = chosen.map(
    ({ name }): MutantTask => ({ kind: 'mutant', name, first: FIRST, most: flags.seeds, catches: flags.catches }),
  )
  await runPool<MutantTask, MutantResult>({
    io,
    tasks,
    processes: flags.jobs ?? defaultProcesses(),
    here: (task) => Promise.resolve(runMutant(task.name, task)),
    resultOf: (answer) => (answer.kind === 'mutant' ? answer.result : null),
    died: (index, words) => ({
      name: chosen[index]!.name,
      seeds: 0,
      catches: [{ seed: FIRST, by: 'assertion', events: 0, words }],
    }),
    onResult: (_, result, done) => {
      results.push(result)
      progress.clear()
      io.stdout.write(
        flags.json === true
          ? `${JSON.stringify(result)}\n`
          : linesText(io, screen, [lineOf(result)], isRightlyCaught(result) ? 'good' : 'bad'),
      )
      progress.at(done, result.name)
    },
  })
  progress.stop()
  const wrong = results.filter((result) => !isRightlyCaught(result))
  if (flags.json !== true) io.stdout.write(`${results.length - wrong.length} of ${results.length} caught\n`)
  for (const result of wrong) annotate(io, { title: `mutant ${result.name}`, message: lineOf(result) })
  const complete = results.length === chosen.length
  if (!complete) {
    const unwritten = flags.out === undefined ? '' : `; nothing is written to ${flags.out}`
    tellInterrupted(io, `after ${results.length} of ${chosen.length} planted bugs${unwritten}`)
  } else if (flags.out !== undefined) {
    const command = `highwater mutants --seeds ${flags.seeds} --catches ${flags.catches}`
    writeFile(io, flags.out, mutantsReport(results, { command, first: FIRST }))
  }
  return exitAfter(io, wrong.length > 0 ? EXIT.failed : EXIT.held, complete)
}

function lineOf(result: MutantResult): string {
  const [first] = result.catches
  if (first === undefined) return `${result.name}: escaped ${result.seeds} seeds`
  const how = isRightlyCaught(result) ? 'caught' : 'caught for a wrong reason'
  return `${result.name}: ${how} by ${first.by}, first with seed ${first.seed}, median ${medianSeeds(result, FIRST)} seeds: ${first.words.split('\n')[0]}`
}
