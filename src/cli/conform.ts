/** `conform`: recordings of real clusters replayed and compared. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Command } from 'commander'
import type { RecordingReport } from '../conform/compare.ts'
import type { Judged, KnownDifference } from '../conform/known.ts'
import { judge, nameOf, parseKnown } from '../conform/known.ts'
import type { VectorReport } from '../conform/vectors/vectors.ts'
import {
  conformSummary,
  differenceTable,
  recordingDetails,
  recordingLine,
  statusOf,
  vectorLine,
} from '../report/conform-document.ts'
import { conformMarkdown } from '../report/conform-markdown.ts'
import type { JUnitCase } from '../report/junit.ts'
import { junitXml } from '../report/junit.ts'
import { renderProblems } from '../scenario/errors.ts'
import { readYaml } from '../scenario/yaml.ts'
import { bugText } from './bug-words.ts'
import type { ConformResult } from './conform-task.ts'
import { conformText } from './conform-task.ts'
import { fileErrorWords } from './file-errors.ts'
import { inputFile, processCount, quoted } from './flags.ts'
import { filesBelow, globFiles, isGlob } from './glob.ts'
import type { Io } from './io.ts'
import { EXIT, exitAfter, UsageError, worse } from './io.ts'
import { bugOf } from './job.ts'
import { outputFile, writeFile } from './output-file.ts'
import { packageVersion } from './package-root.ts'
import { defaultProcesses, runPool } from './pool.ts'
import { Progress } from './progress.ts'
import type { Screen } from './screen.ts'
import { documentText, painted, screenOf } from './screen.ts'
import type { Task } from './worker.ts'

interface ConformFlags {
  readonly pins: boolean
  readonly known?: string
  readonly json?: boolean
  readonly junit?: string
  readonly report?: string
  readonly jobs?: number
  readonly quiet?: boolean
  readonly verbose?: boolean
}

interface RecordingFile {
  readonly name: string
  readonly path: string
}

const JSON_ENDING = /\.json$/

function recordingsAt(io: Io, word: string): RecordingFile[] {
  const path = resolve(io.cwd, word)
  if (existsSync(path)) {
    if (!statSync(path).isDirectory()) return [{ name: word, path }]
    const below = filesBelow(path).filter((name) => JSON_ENDING.test(name))
    if (below.length === 0) throw new UsageError(`there is no recording (*.json) in the folder ${word}`)
    return below.map((name) => ({ name: join(word, name), path: join(path, name) }))
  }
  if (!isGlob(word)) throw new UsageError(`there is no file or folder called ${word}`)
  const matching = globFiles(io.cwd, word).filter((name) => JSON_ENDING.test(name))
  if (matching.length === 0) throw new UsageError(`no recording matches ${word}`)
  return matching.map((name) => ({ name, path: resolve(io.cwd, name) }))
}

/** The list of explained differences: the one named, else `known.yaml` beside the recordings or in a folder above. */
function knownFile(io: Io, asked: string | undefined, first: RecordingFile | undefined): string | null {
  if (asked !== undefined) return resolve(io.cwd, asked)
  if (first === undefined) return null
  for (let folder = dirname(first.path), up = 0; up < 4; folder = dirname(folder), up++) {
    const file = join(folder, 'known.yaml')
    if (existsSync(file)) return file
  }
  return null
}

function readKnown(file: string | null): readonly KnownDifference[] {
  if (file === null) return []
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${fileErrorWords(error)}`)
  }
  const read = readYaml(text, file, () => true)
  if (read.problems.length > 0) throw new UsageError(renderProblems(read.problems, text))
  const parsed = parseKnown(read.value)
  if (!parsed.ok) throw new UsageError(parsed.problems.map((problem) => `${file}: ${problem}`).join('\n'))
  return parsed.known
}

/** The bar is drawn this often at least. */
const TICK_MS = 500

/** Fewer recordings than these are done sooner in one process. */
const WORTH_PROCESSES = 6

class ConformOutput {
  readonly reports: RecordingReport[] = []
  readonly vectors: VectorReport[] = []
  readonly cases: JUnitCase[] = []
  exit: number = EXIT.held
  readonly #io: Io
  readonly #flags: ConformFlags
  readonly #screen: Screen
  readonly #errors: Screen
  readonly #known: readonly KnownDifference[]
  readonly #progress: Progress

  constructor(io: Io, flags: ConformFlags, known: readonly KnownDifference[], progress: Progress) {
    this.#io = io
    this.#flags = flags
    this.#known = known
    this.#progress = progress
    this.#screen = screenOf(io, io.stdout)
    this.#errors = screenOf(io, io.stderr)
  }

  add(file: RecordingFile, result: ConformResult): void {
    this.#progress.clear()
    switch (result.kind) {
      case 'unusable':
        this.exit = worse(this.exit, EXIT.unusable)
        for (const problem of result.problems) this.#io.stderr.write(`${this.#errors.paint('bad', problem)}\n`)
        this.cases.push({
          suite: file.name,
          name: file.name,
          seconds: 0,
          problem: { kind: 'error', message: 'cannot be used', detail: result.problems.join('\n') },
          output: '',
        })
        return
      case 'bug':
        this.exit = worse(this.exit, EXIT.bug)
        this.#io.stderr.write(bugText(this.#errors, result.bug))
        this.cases.push({
          suite: file.name,
          name: file.name,
          seconds: 0,
          problem: { kind: 'error', message: result.bug.message, detail: result.bug.stack },
          output: '',
        })
        return
      case 'vectors':
        this.#vectors(result.report, result.wallMs)
        return
      case 'recording':
        this.#recording(result.report, result.wallMs)
    }
  }

  #vectors(report: VectorReport, wallMs: number): void {
    this.vectors.push(report)
    const failed = report.status === 'differing'
    if (failed) this.exit = worse(this.exit, EXIT.failed)
    this.#case('vectors', report.name, wallMs, failed ? report.differences.map(differenceWords) : [])
    if (this.#flags.json === true)
      this.#json({
        vectors: report.name,
        status: report.status,
        compared: report.compared,
        notModelled: report.notModelledReason,
        differences: report.differences,
      })
    else if (this.#flags.quiet !== true || failed) {
      this.#io.stdout.write(`${painted(this.#screen, vectorLine(report))}\n`)
      if (report.differences.length > 0)
        this.#io.stdout.write(documentText(this.#screen, [differenceTable(report.differences.slice(0, 20))]))
    }
  }

  #recording(report: RecordingReport, wallMs: number): void {
    this.reports.push(report)
    const judged = judge([report], this.#known).recordings[0]!
    const failed = judged.unexplained.length > 0
    if (failed) this.exit = worse(this.exit, EXIT.failed)
    this.#case(report.name, report.kafka, wallMs, judged.unexplained.map(differenceWords))
    if (this.#flags.json === true) this.#json(recordingJson(judged))
    else if (this.#flags.quiet !== true || failed) {
      this.#io.stdout.write(`${painted(this.#screen, recordingLine(judged))}\n`)
      // Of one recording, or with --verbose, the pins are told too; of many they would drown what differs.
      const pins = this.#flags.verbose === true || failed
      this.#io.stdout.write(documentText(this.#screen, recordingDetails(judged, pins)))
    }
  }

  #case(suite: string, name: string, wallMs: number, problems: readonly string[]): void {
    const problem =
      problems.length === 0
        ? null
        : { kind: 'failure' as const, message: `${problems.length} differ`, detail: problems.join('\n') }
    this.cases.push({ suite, name, seconds: wallMs / 1000, problem, output: '' })
  }

  #json(value: object): void {
    this.#io.stdout.write(`${JSON.stringify({ version: 1, ...value })}\n`)
  }

  finish(): void {
    const judgement = judge(this.reports, this.#known)
    // Without pins races may fall out otherwise: an explanation that is not needed then is no mistake.
    const outdated = this.#flags.pins ? judgement.outdated : []
    if (outdated.length > 0) this.exit = worse(this.exit, EXIT.failed)
    for (const { recording, label, field, reason } of outdated) {
      this.cases.push({
        suite: 'known differences',
        name: recording,
        seconds: 0,
        problem: { kind: 'failure', message: 'it no longer differs', detail: `${label}, ${field}: ${reason}` },
        output: '',
      })
      if (this.#flags.json === true)
        this.#io.stderr.write(`explained but no longer there: ${recording}, ${label}, ${field}\n`)
    }
    if (this.#flags.json === true) return
    this.#io.stdout.write(
      `\n${documentText(this.#screen, conformSummary({ ...judgement, outdated }, this.vectors, this.#flags.pins))}`,
    )
  }
}

const differenceWords = (difference: { label: string; field: string; recorded: string; ours: string }): string =>
  `${difference.label}, ${difference.field}: recorded ${difference.recorded}, ours ${difference.ours}`

const recordingJson = (judged: Judged): object => ({
  recording: nameOf(judged.report),
  status: statusOf(judged),
  compared: judged.report.compared,
  notReached: judged.report.notReached,
  notModelled: judged.report.notModelledReason,
  unknownSaw: judged.report.unknownSaw,
  differences: judged.unexplained,
  explained: judged.explained,
  pins: judged.report.pins,
})

export function conformCommand(io: Io, finished: (exit: number) => void): Command {
  return new Command('conform')
    .summary('replay recordings of real clusters and compare')
    .description(
      'Replays recordings of real Kafka clusters (and vectors of real classes), and says what comes out differently.',
    )
    .argument('<recording...>', 'RECORDING, FOLDER or GLOB')
    .option('--no-pins', 'do not choose the draws of races so that they come out as recorded')
    .option(
      '--known <file>',
      'explained differences (default: known.yaml beside the recordings or above)',
      inputFile(io),
    )
    .option('--jobs <count>', 'processes to share the recordings among', processCount)
    .option('--json', 'one JSON object a recording and line')
    .option('--junit <file>', 'write JUnit XML', outputFile(io))
    .option('--report <file>', 'write the whole comparison as Markdown', outputFile(io))
    .option('--quiet', 'only what differs, and the counts')
    .option('--verbose', 'also the pins of recordings that agree')
    .action(async (words: string[], flags: ConformFlags) => {
      const missing: string[] = []
      const files = words.flatMap((word) => {
        try {
          return recordingsAt(io, word)
        } catch (error) {
          if (!(error instanceof UsageError)) throw error
          missing.push(error.message)
          return []
        }
      })
      for (const message of missing) io.stderr.write(`${message}\n`)
      const known = readKnown(knownFile(io, flags.known, files[0]))
      const progress = new Progress(io, 'comparing', files.length)
      const output = new ConformOutput(
        io,
        { ...flags, verbose: flags.verbose === true || files.length === 1 },
        known,
        progress,
      )
      if (missing.length > 0) output.exit = EXIT.unusable
      await compareAll(io, files, flags, output, progress)
      progress.stop()
      if (files.length > 0) output.finish()
      if (flags.junit !== undefined) {
        writeFile(io, flags.junit, junitXml(output.cases))
      }
      if (flags.report !== undefined && !io.interrupted.aborted)
        writeReport(io, flags.report, { words, flags, known, output })
      finished(exitAfter(io, output.exit, output.cases.length >= files.length))
    })
}

function writeReport(
  io: Io,
  file: string,
  {
    words,
    flags,
    known,
    output,
  }: { words: readonly string[]; flags: ConformFlags; known: readonly KnownDifference[]; output: ConformOutput },
): void {
  const command = ['highwater', 'conform', ...(flags.pins ? [] : ['--no-pins']), ...words.map(quoted)].join(' ')
  const page = {
    judgement: judge(output.reports, known),
    vectors: output.vectors,
    command: `${command} --report ${quoted(file)}`,
    highwater: packageVersion(),
    pins: flags.pins,
  }
  writeFile(io, file, conformMarkdown(page))
}

async function compareAll(
  io: Io,
  files: readonly RecordingFile[],
  flags: ConformFlags,
  output: ConformOutput,
  progress: Progress,
): Promise<void> {
  const usable: { file: RecordingFile; task: Task & { kind: 'conform' } }[] = []
  for (const file of files) {
    try {
      const text = readFileSync(file.path, 'utf8')
      usable.push({ file, task: { kind: 'conform', file: file.name, text, pins: flags.pins } })
    } catch (error) {
      output.add(file, { kind: 'unusable', problems: [`${file.name} cannot be read: ${fileErrorWords(error)}`] })
    }
  }
  // A recording whose races are searched for can take many seconds: the bar must not wait for its end.
  let compared = 0
  const ticking = setInterval(() => progress.at(compared, `${compared} of ${usable.length}`), TICK_MS)
  await runPool<Task, ConformResult>({
    io,
    apart: true,
    tasks: usable.map(({ task }) => task),
    processes: flags.jobs ?? (usable.length >= WORTH_PROCESSES ? defaultProcesses() : 1),
    here: async (_, index) => {
      const { task } = usable[index]!
      return conformText(task.file, task.text, task.pins)
    },
    resultOf: (answer) => (answer.kind === 'conform' ? answer.result : null),
    died: (index, words) => ({
      kind: 'bug',
      bug: bugOf(new Error(words), `highwater conform ${quoted(usable[index]!.file.name)}`),
    }),
    onResult: (index, result, done) => {
      output.add(usable[index]!.file, result)
      compared = done
      progress.at(done, `${done} of ${usable.length}`)
    },
  })
  clearInterval(ticking)
}
