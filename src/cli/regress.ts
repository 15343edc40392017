/** `regress`: the seeds of the store once more, failing ones first, the fastest first of all. */
import { readFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { Command } from 'commander'
import type { SeedResult } from '../campaign/seed-result.ts'
import type { StoredSeed } from '../campaign/seed-store.ts'
import { inOrder, regression, storeWith } from '../campaign/seed-store.ts'
import { annotate } from './annotation.ts'
import { readStoredSeeds } from './campaign-forms.ts'
import type { SeedsTask } from './campaign-task.ts'
import { doSeeds } from './campaign-task.ts'
import { fileErrorWords } from './file-errors.ts'
import { inputFile, processCount, several } from './flags.ts'
import type { Io } from './io.ts'
import { EXIT, exitAfter, UsageError } from './io.ts'
import { writeFile } from './output-file.ts'
import { SCENARIOS } from './package-root.ts'
import { defaultProcesses, runPool } from './pool.ts'
import { Progress } from './progress.ts'
import { readResults } from './results-file.ts'
import { screenOf } from './screen.ts'

interface RegressFlags {
  readonly store?: string
  readonly add?: readonly string[]
  readonly jobs?: number
}

export function regressCommand(io: Io, finished: (exit: number) => void): Command {
  return new Command('regress')
    .summary('run the seeds of the store again')
    .description('Runs every seed that once told something. A seed that comes out worse than it is stored fails.')
    .option('--store <file>', 'the seed store (default: the one of the package, scenarios/seeds.json)', inputFile(io))
    .option(
      '--add <file...>',
      'take the failures of these results into the store, and run nothing',
      several(inputFile(io)),
    )
    .option('--jobs <count>', 'processes (default: as many as the machine has cores)', processCount)
    .action(async (flags: RegressFlags) => {
      finished(await regress(io, flags))
    })
}

function readStore(file: string): readonly StoredSeed[] {
  let data: unknown
  try {
    data = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UsageError(`the seed store ${file} cannot be read: ${fileErrorWords(error)}`)
  }
  const seeds = readStoredSeeds(data)
  if (!seeds.ok) throw new UsageError(seeds.problems.map((problem) => `the seed store ${file}: ${problem}`).join('\n'))
  return seeds.value
}

/** One seed a line, so that a change is one line of a diff. */
const storeText = (seeds: readonly StoredSeed[]): string =>
  `[\n${seeds.map((it) => `  ${JSON.stringify(it)}`).join(',\n')}\n]\n`

async function regress(io: Io, flags: RegressFlags): Promise<number> {
  const file = flags.store === undefined ? resolve(SCENARIOS, 'seeds.json') : resolve(io.cwd, flags.store)
  let stored = readStore(file)
  if (flags.add !== undefined) {
    const before = stored.length
    for (const name of flags.add) {
      const { header, results } = readResults(io, name)
      stored = storeWith(stored, results, { kafka: header.kafka, profile: header.profile })
    }
    writeFile(io, file, storeText(stored))
    io.stdout.write(`${stored.length} seeds in the store, ${before} before\n`)
    return EXIT.held
  }
  // One seed a line, behind the bracket.
  const placeOf = (seed: StoredSeed) => ({ file: relative(io.cwd, file), line: stored.indexOf(seed) + 2 })
  const screen = screenOf(io, io.stdout)
  const seeds = inOrder(stored)
  const tasks = seeds.map(({ kafka, profile, seed }): SeedsTask => ({ kind: 'seeds', kafka, profile, seeds: [seed] }))
  const progress = new Progress(io, 'regress', seeds.length)
  const worse: string[] = []
  let done = 0
  await runPool<SeedsTask, SeedResult[]>({
    io,
    tasks,
    processes: flags.jobs ?? defaultProcesses(),
    here: (task) => Promise.resolve(doSeeds(task)),
    resultOf: (answer) => (answer.kind === 'seeds' ? [...answer.results] : null),
    died: (index, words) => {
      worse.push(`seed ${seeds[index]!.seed}: ${words}`)
      return []
    },
    onResult: (index, results) => {
      done += 1
      for (const result of results) {
        const words = regression(seeds[index]!, result)
        if (words === null) continue
        worse.push(words)
        progress.clear()
        io.stdout.write(`${screen.paint('bad', words)}\n`)
        annotate(io, { title: `seed ${result.seed}`, message: words, ...placeOf(seeds[index]!) })
      }
      progress.at(done, `${done} of ${seeds.length}`)
    },
  })
  progress.stop()
  io.stdout.write(`${done} of ${seeds.length} seeds run, ${worse.length} worse than stored\n`)
  return exitAfter(io, worse.length > 0 ? EXIT.failed : EXIT.held, done === seeds.length)
}
