/** `fuzz`: random clusters under random faults, many seeds, judged, shrunk and written down. */
import { Command, InvalidArgumentError, Option } from 'commander'
import type { Profile } from '../campaign/profile.ts'
import { PROFILES, profileNamed } from '../campaign/profiles/table.ts'
import { campaignReach, coverageProblems, reportText } from '../campaign/report.ts'
import type { SeedResult } from '../campaign/seed-result.ts'
import { isFailure } from '../campaign/seed-result.ts'
import { totalsOf } from '../campaign/statistics.ts'
import type { Generation } from '../kafka/generation/generation.ts'
import { annotate } from './annotation.ts'
import type { ResultsHeader } from './campaign-forms.ts'
import { commandOf, interruptedWords, tasksOf } from './campaign-seeds.ts'
import type { SeedsTask } from './campaign-task.ts'
import { doSeeds } from './campaign-task.ts'
import { failureLine, reachLines, summaryLines, verdictWords } from './campaign-words.ts'
import { generation, oneOf, processCount, seedCount, wholeNumber } from './flags.ts'
import type { TellingFlags } from './fuzz-failures.ts'
import { showFailures } from './fuzz-failures.ts'
import { itemList } from './help.ts'
import type { Io } from './io.ts'
import { EXIT, exitAfter, tellInterrupted, UsageError, worse } from './io.ts'
import { outputFile, outputFolder, tryToWrite } from './output-file.ts'
import { defaultProcesses, runPool } from './pool.ts'
import { Progress } from './progress.ts'
import { ResultsFile } from './results-file.ts'
import type { Screen } from './screen.ts'
import { linesText, screenOf } from './screen.ts'

interface FuzzFlags extends TellingFlags {
  readonly kafka: Generation
  readonly seeds: number
  readonly first: number
  readonly profile: Profile
  readonly allowKnownHoles?: boolean
  readonly out?: string
  readonly resume?: boolean
  readonly shard?: { readonly index: number; readonly of: number }
  readonly report?: string
  readonly coverage?: boolean
  readonly jobs?: number
}

function shardOf(text: string): { index: number; of: number } {
  const match = /^(\d+)\/(\d+)$/.exec(text)
  const [index, of] = [Number(match?.[1]), Number(match?.[2])]
  if (match === null || index < 1 || index > of || of > 10_000)
    throw new InvalidArgumentError('expected i/n, such as 2/4')
  return { index, of }
}

/** What is run where nothing is asked for, by the name it has as a flag. */
const STANDARD = { kafka: '2.4', profile: 'swarm' }

const profile = (name: string): Profile => profileNamed(oneOf(PROFILES.map((each) => each.name))(name))!

/** An option whose default is told by its name, not by all that it stands for. */
const optionOf = <Value>(flags: string, meaning: string, parse: (text: string) => Value, standard: string): Option =>
  new Option(flags, meaning).argParser(parse).default(parse(standard), standard)

export function fuzzCommand(io: Io, finished: (exit: number) => void): Command {
  return new Command('fuzz')
    .summary('random clusters under random faults, many seeds')
    .description('Runs random scenarios and judges them: safety always, then whether the healed cluster comes to rest.')
    .addOption(optionOf('--kafka <version>', 'a generation or an exact release', generation, STANDARD.kafka))
    .option('--seeds <count>', 'how many seeds', seedCount, 200)
    .option('--first <seed>', 'the first seed; the others count up from it', wholeNumber(0, 2_000_000_000), 1)
    .addOption(optionOf('--profile <name>', 'what goes wrong, and how much of it', profile, STANDARD.profile))
    .option('--no-shrink', 'leave failures as they were found')
    .option('--allow-known-holes', 'breaks that a KIP or JIRA explains do not fail the campaign')
    .option('--out <file>', 'results as JSON lines, one a seed, each on disk before it is counted', outputFile(io))
    .option('--resume', 'go on where the file of --out ends; no finished seed is run again')
    .option('--shard <i/n>', 'only every n-th seed, from the i-th on', shardOf)
    .option('--found <folder>', 'where shrunk scenarios are written', outputFolder(io), 'reports/runs/found')
    .option('--report <file>', 'write what was reached as a Markdown page', outputFile(io))
    .option('--coverage', 'fail on a fault that never struck or a probe that was never reached')
    .option('--jobs <count>', 'processes (default: as many as the machine has cores)', processCount)
    .option('--quiet', 'only the summary')
    .option('--json', 'one JSON object a seed, then one with the totals')
    .addHelpText('after', () =>
      itemList(
        io,
        'Profiles',
        PROFILES.map((each) => [each.name, each.meaning]),
      ),
    )
    .action(async (flags: FuzzFlags) => {
      finished(await fuzz(io, flags))
    })
}

async function fuzz(io: Io, flags: FuzzFlags): Promise<number> {
  const { kafka, profile } = flags
  const screen = screenOf(io, io.stdout)
  const header: ResultsHeader = {
    campaign: 1,
    kafka: kafka.name,
    profile: profile.name,
    first: flags.first,
    seeds: flags.seeds,
    shard: flags.shard === undefined ? null : `${flags.shard.index}/${flags.shard.of}`,
  }
  if (flags.resume === true && flags.out === undefined)
    throw new UsageError('--resume needs --out FILE: the results to go on with')
  const file = flags.out === undefined ? null : new ResultsFile(io, flags.out, header, flags.resume === true)
  const results: SeedResult[] = [...(file?.finished ?? [])]
  const found = results.length
  const startedMs = io.nowMs()
  await runSeeds(io, flags, header, results, file, screen)
  file?.close()
  const work = { seeds: results.length - found, wallMs: io.nowMs() - startedMs }
  const allowHoles = flags.allowKnownHoles === true
  const failures = results.filter((result) => isFailure(result, { allowHoles }))
  const totals = totalsOf(results)
  const subject = { generation: kafka, profile }
  const unwritten = io.interrupted.aborted ? [] : await showFailures(io, flags, { ...subject, screen }, failures)
  if (flags.json === true) io.stdout.write(`${JSON.stringify({ totals })}\n`)
  else {
    const lines = [...summaryLines(totals, work), ...reachLines(campaignReach(totals, subject))]
    io.stdout.write(linesText(io, screen, lines))
  }
  if (io.interrupted.aborted) {
    tellInterrupted(io, interruptedWords(header, results.length, flags))
    return exitAfter(io, exitOf(failures, []))
  }
  if (flags.report !== undefined) {
    const text = reportText(totals, { command: commandOf(header), ...subject })
    const problem = tryToWrite(io, flags.report, text)
    if (problem !== null) {
      io.stderr.write(`${screen.paint('bad', problem)}\n`)
      unwritten.push(problem)
    }
  }
  const uncovered = flags.coverage === true ? coverageProblems(totals, subject) : []
  for (const words of uncovered) {
    io.stderr.write(`${screen.paint('bad', words)}\n`)
    annotate(io, { title: 'coverage of the campaign', message: words })
  }
  if (flags.json !== true) {
    const { mark, words } = verdictWords(failures, neverReached(uncovered))
    io.stdout.write(linesText(io, screen, [words], mark))
  }
  const verdict = exitOf(failures, uncovered)
  return unwritten.length > 0 ? worse(verdict, EXIT.unusable) : verdict
}

const neverReached = (uncovered: readonly string[]): string[] =>
  uncovered.length === 0 ? [] : [`${uncovered.length} of what it should reach was never reached (--coverage)`]

function exitOf(failures: readonly SeedResult[], uncovered: readonly string[]): number {
  if (failures.some(({ outcome }) => outcome === 'bug')) return EXIT.bug
  return failures.length + uncovered.length > 0 ? EXIT.failed : EXIT.held
}

async function runSeeds(
  io: Io,
  flags: FuzzFlags,
  header: ResultsHeader,
  results: SeedResult[],
  file: ResultsFile | null,
  screen: Screen,
): Promise<void> {
  const tasks = tasksOf(header, results)
  const total = tasks.reduce((sum, { seeds }) => sum + seeds.length, 0)
  const progress = new Progress(io, 'fuzzing', total)
  const startedMs = io.nowMs()
  const shown = new Set<string>()
  let done = 0
  let failed = 0
  const tell = (result: SeedResult): void => {
    if (flags.json === true) io.stdout.write(`${JSON.stringify(result)}\n`)
    if (!isFailure(result, { allowHoles: flags.allowKnownHoles === true })) return
    failed += 1
    const kind = result.breaks[0]?.signature ?? result.outcome
    if (flags.quiet === true || flags.json === true || shown.has(kind)) return
    shown.add(kind)
    progress.clear()
    io.stdout.write(linesText(io, screen, [failureLine(result)], 'bad'))
  }
  await runPool<SeedsTask, SeedResult[]>({
    io,
    tasks,
    processes: flags.jobs ?? defaultProcesses(),
    here: (task) => Promise.resolve(doSeeds(task)),
    resultOf: (answer) => (answer.kind === 'seeds' ? [...answer.results] : null),
    died: (index, words) => tasks[index]!.seeds.map((seed) => diedOver(seed, words)),
    onResult: (_, chunk) => {
      file?.add(chunk)
      results.push(...chunk)
      done += chunk.length
      for (const result of chunk) tell(result)
      const perSecond = (done * 1000) / Math.max(1, io.nowMs() - startedMs)
      progress.at(done, `${Math.round(perSecond * 10) / 10} seeds/s, ${failed} failures`)
    },
  })
  progress.stop()
}

const diedOver = (seed: number, words: string): SeedResult => ({
  seed,
  outcome: 'bug',
  breaks: [],
  liveness: [words],
  events: 0,
  virtualUs: 0,
  history: '',
  twice: false,
  on: [],
  placed: [],
  fired: [],
  probes: {},
  premises: [],
})
