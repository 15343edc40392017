/** `run`: scenarios, versions and seeds, with everything that is printed about them. */
import { statSync } from 'node:fs'
import { Command } from 'commander'
import { formatTime } from '../kernel/time.ts'
import type { JUnitCase } from '../report/junit.ts'
import { junitXml } from '../report/junit.ts'
import { assignment, duration, processCount, seedCount, seedText, versions } from './flags.ts'
import type { Io } from './io.ts'
import { EXIT, exitAfter, UsageError, worse } from './io.ts'
import type { Job, JobHooks, JobResult } from './job.ts'
import { bugOf, doJob } from './job.ts'
import { outputFile, writeFile, writePage } from './output-file.ts'
import { compareLines, PageLines, pageHtml, pageShell } from './page-file.ts'
import type { PlannedRun, RunAsked } from './plans.ts'
import { planRuns } from './plans.ts'
import { defaultProcesses, runPool } from './pool.ts'
import { Progress } from './progress.ts'
import { RunOutput } from './run-output.ts'
import { findScenarios } from './scenario-files.ts'
import { colours, notesText, screenOf } from './screen.ts'
import { TraceFile } from './trace-file.ts'
import type { RunDifference } from './verify.ts'
import { runTwice } from './verify.ts'
import type { Task } from './worker.ts'

interface RunFlags {
  readonly seed?: string
  readonly seeds?: number
  readonly kafka?: readonly string[]
  readonly set?: Readonly<Record<string, string>>
  readonly until?: number
  readonly verify?: boolean
  readonly jobs?: number
  readonly watch?: boolean
  readonly json?: boolean
  readonly junit?: string
  readonly trace?: string
  readonly html?: string
  readonly quiet?: boolean
  readonly verbose?: boolean
}

/** Fewer runs than these are done sooner in one process than it takes to start others. */
const WORTH_PROCESSES = 8

export function runCommand(io: Io, finished: (exit: number) => void): Command {
  return new Command('run')
    .summary('run scenarios and judge what came out')
    .description(
      'Runs scenarios: a file, a folder, a bundled scenario by name, a pattern in quotes, or - for standard input.',
    )
    .argument('<scenario...>', 'FILE, NAME, GLOB or -')
    .option('--seed <seed>', 'the seed, instead of the one in the scenario', seedText)
    .option('--seeds <count>', 'this many seeds, counted up from the first', seedCount)
    .option(
      '--kafka <versions>',
      'a generation or an exact release; several with commas are compared in a table',
      versions,
    )
    .option(
      '--set <key=value>',
      'a setting under its dotted key, or a path of the scenario; can be repeated',
      assignment,
    )
    .option('--until <time>', 'end the run at this virtual time, such as 12s', duration)
    .option('--verify', 'run twice, the second time in a fresh process, and stop at the first event that differs')
    .option(
      '--jobs <count>',
      'processes to share the runs among (default: as many as the machine has cores)',
      processCount,
    )
    .option('--watch', 'run again whenever a scenario file changes, until Ctrl-C')
    .option('--json', 'one JSON object a run and line (see docs/json-output.md)')
    .option('--junit <file>', 'write JUnit XML, a test case a scenario, version and seed', outputFile(io))
    .option('--trace <file>', 'write the plan, every event and the digests of one run, for replay', outputFile(io))
    .option(
      '--html <file>',
      'write one run, or two side by side, as a page that opens without a network',
      outputFile(io),
    )
    .option('--quiet', 'one line a run')
    .option('--verbose', 'every line of the timeline, also of what matters little')
    .action(async (words: string[], flags: RunFlags) => {
      const once = (): Promise<Round> => runOnce(io, words, flags)
      if (flags.watch !== true) finished((await once()).exit)
      else finished(await watching(io, once))
    })
}

/** A time as a flag takes it. */
const timeText = (us: number): string => (us % 1000 === 0 ? `${us / 1000}ms` : `${us}us`)

/** What one round of runs came to, and the files it read as they were then. */
interface Round {
  readonly exit: number
  readonly stamps: Readonly<Record<string, string>>
}

async function runOnce(io: Io, words: readonly string[], flags: RunFlags): Promise<Round> {
  const screen = screenOf(io, io.stdout)
  const errors = screenOf(io, io.stderr)
  const { files, missing } = await findScenarios(words, io)
  const stamps = Object.fromEntries(files.flatMap(({ path }) => (path === null ? [] : [[path, stampOf(path)]])))
  const json = flags.json === true
  const quiet = flags.quiet === true
  const asked: RunAsked = {
    versions: flags.kafka ?? [],
    seed: flags.seed ?? null,
    seeds: flags.seeds ?? 1,
    set: flags.set ?? {},
    untilUs: flags.until ?? null,
    until: flags.until === undefined ? null : timeText(flags.until),
    timeline: json || quiet ? 'none' : flags.verbose === true ? 'minor' : 'major',
  }
  const planned = planRuns(files, asked, colours(io, io.stderr))
  for (const message of missing) io.stderr.write(`${errors.paint('bad', message)}\n`)
  for (const problem of planned.problems) io.stderr.write(`${problem}\n`)
  const contrary = contradictions(flags, planned.runs.length)
  if (contrary.length > 0) throw new UsageError(contrary.join('\n'))
  const shell = flags.html === undefined ? null : pageShell()
  io.stderr.write(notesText(errors, planned.notes))
  const refused = missing.length + planned.problems.length > 0 ? EXIT.unusable : EXIT.held
  const unusable = [...missing, ...planned.refused].map(unusableCase)
  if (planned.runs.length === 0) {
    if (flags.junit !== undefined) writeFile(io, flags.junit, junitXml(unusable))
    return { exit: refused, stamps }
  }

  // Timelines are for a run that is printed in full: of many only the verdicts are.
  const runs =
    planned.runs.length === 1
      ? planned.runs
      : planned.runs.map((run) => ({ ...run, job: { ...run.job, timeline: 'none' as const } }))
  const progress = new Progress(io, 'running', progressTotal(runs))
  const form = { json, quiet, verbose: flags.verbose === true }
  const output = new RunOutput({ io, screen, errors, form, runs, progress })
  const pages = flags.html === undefined ? null : runs.map(({ job }) => new PageLines(job, runs.length === 2))
  const parted = await doRuns(io, runs, flags, output, progress, pages)
  progress.stop()
  if (parted === null) output.finish()
  else {
    io.stderr.write(differenceText(parted))
    output.exit = EXIT.bug
  }
  if (flags.junit !== undefined) writeFile(io, flags.junit, junitXml([...unusable, ...output.cases]))
  if (flags.html !== undefined && shell !== null && pages?.every(({ done }) => done) === true) {
    const texts = pages.map(({ text }) => text)
    const labels = runs.map(({ version, job }) => `${version}, seed ${job.plan.seed}`)
    const comparison = runs.length === 2 ? compareLines(pages, labels, runs[0]!.job.repeat) : null
    writePage(io, flags.html, pageHtml(shell, texts, comparison))
  }
  const complete = output.cases.length === runs.length
  const exit = exitAfter(io, worse(output.exit, refused), complete)
  return { exit, stamps }
}

/** What flags ask for that so many runs, or each other, do not allow. */
function contradictions({ trace, html, verify }: RunFlags, runs: number): string[] {
  const said: string[] = []
  if (trace !== undefined && runs > 1)
    said.push(`--trace writes one run, and these are ${runs}; choose one scenario, version and seed`)
  if (html !== undefined && runs > 2)
    said.push(`--html writes one run or two side by side, and these are ${runs}; choose scenario, versions and seed`)
  if (verify === true && html !== undefined)
    said.push('--verify runs everything twice and writes no page: leave out one of --html and --verify')
  if (verify === true && trace !== undefined)
    said.push('--verify runs everything twice and writes no trace: leave out one of --trace and --verify')
  return said
}

const unusableCase = (what: string): JUnitCase => ({
  suite: what,
  name: 'can be used',
  seconds: 0,
  problem: { kind: 'error', message: 'it cannot be used', detail: 'the problems are told on stderr' },
  output: '',
})

/** One run is measured by its virtual time, several by their number. */
const progressTotal = (runs: readonly PlannedRun[]): number => (runs.length > 1 ? runs.length : lengthUs(runs[0]!.job))

const lengthUs = ({ plan, untilUs }: Job): number =>
  Math.min(untilUs ?? Number.MAX_SAFE_INTEGER, plan.runUs + plan.settleUs)

interface Parted {
  readonly run: PlannedRun
  readonly difference: RunDifference
}

/** Does the runs; with `--verify` up to the first that comes out otherwise the second time. */
async function doRuns(
  io: Io,
  runs: readonly PlannedRun[],
  flags: RunFlags,
  output: RunOutput,
  progress: Progress,
  pages: readonly PageLines[] | null,
): Promise<Parted | null> {
  const verify = flags.verify === true
  const trace = flags.trace === undefined ? null : new TraceFile(io, flags.trace, runs[0]!.job, pages?.[0] ?? null)
  const single = runs.length === 1
  const onSlice = (atUs: number, index: number): void => {
    if (single) progress.at(atUs, formatTime(atUs))
    else progress.at(index, `${index} of ${runs.length}`)
  }
  let parted: Parted | null = null
  const stop = new AbortController()
  io.interrupted.addEventListener('abort', () => stop.abort())
  if (io.interrupted.aborted) stop.abort()
  const here = async (index: number): Promise<JobResult> => {
    const run = runs[index]!
    if (verify) {
      const verified = await runTwice(run.job, io, (atUs) => onSlice(atUs, index))
      if (verified.difference !== null) {
        parted = { run, difference: verified.difference }
        stop.abort()
      }
      return verified.result
    }
    const hooks: JobHooks = {
      interrupted: stop.signal,
      onSlice: (world) => onSlice(world.nowUs, index),
      ...(trace?.hooks() ?? pages?.[index]?.hooks() ?? {}),
    }
    return doJob(run.job, hooks)
  }
  const wanted = flags.jobs ?? (runs.length >= WORTH_PROCESSES ? defaultProcesses() : 1)
  await runPool<Task, JobResult>({
    io: { ...io, interrupted: stop.signal },
    tasks: runs.map(({ job }) => ({ kind: 'run', job })),
    processes: verify || trace !== null || pages !== null ? 1 : wanted,
    here: (_, index) => here(index),
    resultOf: (answer) => (answer.kind === 'run' ? answer.result : null),
    died: (index, words) => ({ ok: false, bug: bugOf(new Error(words), runs[index]!.job.repeat) }),
    onResult: (index, result, done) => {
      if (parted === null) output.add(index, result)
      if (!single) progress.at(done, `${done} of ${runs.length}`)
    },
  })
  trace?.end()
  if (verify && parted === null && !io.interrupted.aborted && flags.json !== true && flags.quiet !== true) {
    io.stderr.write(
      `verified: ${runs.length === 1 ? 'the run came out' : `${runs.length} runs came out`} the same in a fresh process\n`,
    )
  }
  return parted
}

function differenceText({ run, difference }: Parted): string {
  return [
    `--verify: two runs of the same plan differ. This is a bug of highwater.`,
    `The first event that differs is number ${difference.index}:`,
    `  first:  ${difference.first ?? 'the run had ended'}`,
    `  second: ${difference.second ?? 'the run had ended'}`,
    `Repeat it with: ${run.job.repeat} --verify`,
    '',
  ].join('\n')
}

/** Looks at the files this often. */
const WATCH_MS = 250

/** Changes whenever the file does; a file that is gone has a stamp of its own. */
function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat === undefined ? 'gone' : `${stat.mtimeMs} ${stat.size}`
}

/** Runs, waits until a file changes, and runs again, until Ctrl-C. */
async function watching(io: Io, once: () => Promise<Round>): Promise<number> {
  for (;;) {
    if (io.stdout.isTTY) io.stdout.write('\u001b[2J\u001b[3J\u001b[H')
    const { exit, stamps } = await once()
    if (io.interrupted.aborted) return exitAfter(io, exit, true)
    const paths = Object.keys(stamps)
    if (paths.length === 0) return exit
    io.stderr.write(`\nwatching ${paths.length === 1 ? paths[0] : `${paths.length} files`}; Ctrl-C ends\n`)
    if (!(await changed(io, stamps))) return exitAfter(io, exit, true)
  }
}

/** True when a file is no longer what was run, false when Ctrl-C came first. */
function changed(io: Io, stamps: Readonly<Record<string, string>>): Promise<boolean> {
  return new Promise((resolve) => {
    if (io.interrupted.aborted) {
      resolve(false)
      return
    }
    const settle = (is: boolean): void => {
      clearInterval(looking)
      io.interrupted.removeEventListener('abort', stop)
      resolve(is)
    }
    const stop = (): void => settle(false)
    const looking = setInterval(() => {
      if (Object.entries(stamps).some(([path, stamp]) => stampOf(path) !== stamp)) settle(true)
    }, WATCH_MS)
    io.interrupted.addEventListener('abort', stop)
  })
}
