/** `fuzz`: random clusters under random faults, many seeds, judged, shrunk and written down. */
import { resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import type { Profile } from '../campaign/profile.ts'
import { PROFILES, profileNamed } from '../campaign/profiles/table.ts'
import { coverageProblems, reportText } from '../campaign/report.ts'
import type { SeedResult } from '../campaign/seed-result.ts'
import { isFailure } from '../campaign/seed-result.ts'
import { totalsOf } from '../campaign/statistics.ts'
import type { Generation } from '../kafka/generation/generation.ts'
import { resolveGeneration } from '../kafka/generation/table.ts'
import { annotate } from './annotation.ts'
import type { ResultsHeader } from './campaign-forms.ts'
import type { SeedsTask } from './campaign-task.ts'
import { doSeeds } from './campaign-task.ts'
import { failureLine, summaryLines } from './campaign-words.ts'
import { processCount, seedCount } from './flags.ts'
import type { TellingFlags } from './fuzz-failures.ts'
import { showFailures } from './fuzz-failures.ts'
import type { Io } from './io.ts'
import { EXIT, UsageError } from './io.ts'
import { writeFile } from './output-file.ts'
import { defaultProcesses, runPool } from './pool.ts'
import { Progress } from './progress.ts'
import { ResultsFile } from './results-file.ts'
import type { Screen } from './screen.ts'
import { screenOf } from './screen.ts'

interface FuzzFlags extends TellingFlags {
  readonly kafka: string
  readonly seeds: number
  readonly first: number
  readonly profile: string
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
    throw new InvalidArgumentError('Expected i/n, such as 2/4.')
  return { index, of }
}

function firstSeed(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > 2_000_000_000) throw new InvalidArgumentError('Expected a whole number.')
  return value
}

export function fuzzCommand(io: Io, finished: (exit: number) => void): Command {
  return new Command('fuzz')
    .summary('random clusters under random faults, many seeds')
    .description(
      `Runs random scenarios and judges them: safety always, then whether the healed cluster comes to rest.\nProfiles: ${PROFILES.map(({ name, meaning }) => `${name} (${meaning.replace(/[.?]$/, '').toLowerCase()})`).join('; ')}.`,
    )
    .option('--kafka <version>', 'a generation or an exact release', '2.4')
    .option('--seeds <count>', 'how many seeds', seedCount, 200)
    .option('--first <seed>', 'the first seed; the others count up from it', firstSeed, 1)
    .option('--profile <name>', `one of ${PROFILES.map(({ name }) => name).join(', ')}`, 'swarm')
    .option('--no-shrink', 'leave failures as they were found')
    .option('--allow-known-holes', 'breaks that a KIP or JIRA explains do not fail the campaign')
    .option('--out <file>', 'results as JSON lines, one a seed, each on disk before it is counted')
    .option('--resume', 'go on where the file of --out ends; no finished seed is run again')
    .option('--shard <i/n>', 'only every n-th seed, from the i-th on', shardOf)
    .option('--found <folder>', 'where shrunk scenarios are written', 'reports/runs/found')
    .option('--report <file>', 'write what was reached as a Markdown page')
    .option('--coverage', 'fail on a fault that never struck or a probe that was never reached')
    .option('--jobs <count>', 'processes (default: as many as the machine has cores)', processCount)
    .option('--quiet', 'only the summary')
    .option('--json', 'one JSON object a seed, then one with the totals')
    .action(async (flags: FuzzFlags) => {
      finished(await fuzz(io, flags))
    })
}

/** Seeds in one message to a process. */
const CHUNK = 10

async function fuzz(io: Io, flags: FuzzFlags): Promise<number> {
  const { generation, profile } = subject(flags)
  const screen = screenOf(io, io.stdout)
  const header: ResultsHeader = {
    campaign: 1,
    kafka: generation.name,
    profile: profile.name,
    first: flags.first,
    seeds: flags.seeds,
    shard: flags.shard === undefined ? null : `${flags.shard.index}/${flags.shard.of}`,
  }
  if (flags.resume === true && flags.out === undefined)
    throw new UsageError('--resume needs --out FILE: the results to go on with')
  const file =
    flags.out === undefined ? null : new ResultsFile(resolve(io.cwd, flags.out), header, flags.resume === true)
  const results: SeedResult[] = [...(file?.finished ?? [])]
  const found = results.length
  const startedMs = io.nowMs()
  await runSeeds(io, flags, header, results, file, screen)
  file?.close()
  const work = { seeds: results.length - found, wallMs: io.nowMs() - startedMs }
  const allowHoles = flags.allowKnownHoles === true
  const failures = results.filter((result) => isFailure(result, { allowHoles }))
  const totals = totalsOf(results)
  if (!io.interrupted.aborted) await showFailures(io, flags, { generation, profile, screen }, failures)
  if (flags.json === true) io.stdout.write(`${JSON.stringify({ totals })}\n`)
  else for (const line of summaryLines(totals, work)) io.stdout.write(`${line}\n`)
  const command = `highwater fuzz --kafka ${generation.name} --profile ${profile.name} --first ${flags.first} --seeds ${flags.seeds}`
  if (flags.report !== undefined) writeFile(io, flags.report, reportText(totals, { command, generation, profile }))
  const uncovered = flags.coverage === true ? coverageProblems(totals, { generation, profile }) : []
  for (const words of uncovered) {
    io.stderr.write(`${screen.paint('bad', words)}\n`)
    annotate(io, { title: 'coverage of the campaign', message: words })
  }
  if (io.interrupted.aborted) return EXIT.interrupted
  if (failures.some(({ outcome }) => outcome === 'bug')) return EXIT.bug
  return failures.length + uncovered.length > 0 ? EXIT.failed : EXIT.held
}

function subject(flags: FuzzFlags): { generation: Generation; profile: Profile } {
  const resolved = resolveGeneration(flags.kafka)
  if (!resolved.ok) throw new UsageError(resolved.message)
  const profile = profileNamed(flags.profile)
  if (profile === undefined)
    throw new UsageError(
      `there is no profile ${flags.profile}; there are ${PROFILES.map(({ name }) => name).join(', ')}`,
    )
  return { generation: resolved.generation, profile }
}

/** The seeds of this campaign or shard that have no result yet, in chunks. */
function tasksOf(header: ResultsHeader, flags: FuzzFlags, finished: readonly SeedResult[]): SeedsTask[] {
  const known = new Set(finished.map(({ seed }) => seed))
  const seeds: number[] = []
  for (let n = 0; n < header.seeds; n++) {
    const seed = header.first + n
    const mine = flags.shard === undefined || n % flags.shard.of === flags.shard.index - 1
    if (mine && !known.has(seed)) seeds.push(seed)
  }
  const tasks: SeedsTask[] = []
  for (let at = 0; at < seeds.length; at += CHUNK) {
    tasks.push({ kind: 'seeds', kafka: header.kafka, profile: header.profile, seeds: seeds.slice(at, at + CHUNK) })
  }
  return tasks
}

async function runSeeds(
  io: Io,
  flags: FuzzFlags,
  header: ResultsHeader,
  results: SeedResult[],
  file: ResultsFile | null,
  screen: Screen,
): Promise<void> {
  const tasks = tasksOf(header, flags, results)
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
    io.stdout.write(`${screen.paint('bad', failureLine(result))}\n`)
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
