/** `compare`: the same story and seed under two versions or two values of a setting, side by side. */
import { Command } from 'commander'
import { align } from '../driver/lockstep.ts'
import type { CompareSide } from '../report/compare.ts'
import { compareJson, compareRuns } from '../report/compare.ts'
import { compareDocument } from '../report/compare-document.ts'
import { CompareRows } from '../report/compare-rows.ts'
import { bugText } from './bug-words.ts'
import { assignment, quoted, seedText, versions } from './flags.ts'
import type { Io } from './io.ts'
import { EXIT, exitAfter, UsageError } from './io.ts'
import type { Bug, Job } from './job.ts'
import { doJob } from './job.ts'
import { outputFile, writePage } from './output-file.ts'
import { PageLines, pageHtml, pageShell } from './page-file.ts'
import { AS_WRITTEN, planRuns } from './plans.ts'
import type { ScenarioFile } from './scenario-files.ts'
import { findScenarios } from './scenario-files.ts'
import { colours, documentText, notesText, screenOf } from './screen.ts'

interface CompareFlags {
  readonly kafka?: readonly string[]
  readonly vary?: Readonly<Record<string, string>>
  readonly set?: Readonly<Record<string, string>>
  readonly seed?: string
  readonly json?: boolean
  readonly html?: string
  readonly verbose?: boolean
}

/** What is asked of one side: a version, settings, and how it is called. */
interface Asked {
  readonly label: string
  readonly version: string | null
  readonly set: Readonly<Record<string, string>>
}

function sidesAsked({ kafka = [], vary, set = {} }: CompareFlags): [Asked, Asked] {
  const keys = Object.keys(vary ?? {})
  if (keys.length > 1) throw new UsageError(`--vary takes one key, and these are ${keys.length}: ${keys.join(', ')}`)
  const [key] = keys
  if (key === undefined) {
    if (kafka.length !== 2)
      throw new UsageError('compare needs two sides: --kafka 0.10.2,0.11, or --vary replica.lag.time.max.ms=5000,30000')
    return [
      { label: kafka[0]!, version: kafka[0]!, set },
      { label: kafka[1]!, version: kafka[1]!, set },
    ]
  }
  if (kafka.length > 1) throw new UsageError('with --vary there is one version: --kafka takes two only without it')
  const values = vary![key]!.split(',').map((value) => value.trim())
  if (values.length !== 2 || values.includes(''))
    throw new UsageError(`--vary ${key} needs two values with a comma between them, such as ${key}=1,2`)
  const side = (value: string): Asked => ({
    label: value,
    version: kafka[0] ?? null,
    set: { ...set, [key]: value },
  })
  return [side(values[0]!), side(values[1]!)]
}

function planned(io: Io, file: ScenarioFile, asked: Asked, flags: CompareFlags): Job | null {
  const versions = asked.version === null ? [] : [asked.version]
  const wanted = { ...AS_WRITTEN, versions, seed: flags.seed ?? null, set: asked.set }
  const { runs, problems, notes } = planRuns([file], wanted, colours(io, io.stderr))
  for (const problem of problems) io.stderr.write(`${problem}\n`)
  io.stderr.write(notesText(screenOf(io, io.stderr), notes))
  return runs[0]?.job ?? null
}

async function sideOf(io: Io, { label }: Asked, job: Job, lines: PageLines | null): Promise<CompareSide | Bug> {
  const rows = new CompareRows()
  const page = lines?.hooks()
  const done = await doJob(job, {
    interrupted: io.interrupted,
    onEvent: (world, report, verdicts) => {
      rows.onEvent(world, report)
      page?.onEvent?.(world, report, verdicts)
    },
    ...(page?.onResult === undefined ? {} : { onResult: page.onResult }),
  })
  return done.ok ? { label, view: done.view, rows: rows.rows } : done.bug
}

function repeatCommand(file: ScenarioFile, flags: CompareFlags, seed: string): string {
  const words = ['highwater', 'compare', quoted(file.name)]
  if (flags.kafka !== undefined) words.push('--kafka', quoted(flags.kafka.join(',')))
  for (const [key, values] of Object.entries(flags.vary ?? {})) words.push('--vary', quoted(`${key}=${values}`))
  for (const [key, value] of Object.entries(flags.set ?? {})) words.push('--set', quoted(`${key}=${value}`))
  words.push('--seed', quoted(seed))
  return words.join(' ')
}

export function compareCommand(io: Io, finished: (exit: number) => void): Command {
  return new Command('compare')
    .summary('one story under two versions or settings, side by side')
    .description(
      'Runs one scenario twice with the same seed, under two versions or two values of a setting, and shows the two runs in lockstep: what only one did, and where they first part.',
    )
    .argument('<scenario>', 'FILE, NAME or -')
    .option('--kafka <versions>', 'the two versions, such as 0.10.2,0.11', versions)
    .option('--vary <key=v1,v2>', 'a setting, or a path of the scenario, and its two values', assignment)
    .option('--set <key=value>', 'a setting on both sides; can be repeated', assignment)
    .option('--seed <seed>', 'the seed, instead of the one in the scenario', seedText)
    .option('--json', 'one JSON object')
    .option('--html <file>', 'write both runs side by side as a page that opens without a network', outputFile(io))
    .option('--verbose', 'every line, also those alike on both sides')
    .action(async (word: string, flags: CompareFlags) => {
      const asked = sidesAsked(flags)
      const { files, missing } = await findScenarios([word], io)
      const [file] = files
      if (missing.length > 0 || file === undefined) throw new UsageError(missing.join('\n'))
      if (files.length > 1) throw new UsageError(`${word} means ${files.length} scenarios: compare takes one`)
      const jobs = asked.map((each) => planned(io, file, each, flags))
      if (jobs[0] === null || jobs[1] === null) return finished(EXIT.unusable)
      const shell = flags.html === undefined ? null : pageShell()
      const pages = shell === null ? null : jobs.map((job) => new PageLines(job!))
      const sides: CompareSide[] = []
      for (const [index, each] of asked.entries()) {
        const side = await sideOf(io, each, jobs[index]!, pages?.[index] ?? null)
        if ('message' in side) {
          io.stderr.write(bugText(screenOf(io, io.stderr), side))
          return finished(EXIT.bug)
        }
        sides.push(side)
      }
      const [left, right] = sides as [CompareSide, CompareSide]
      const comparison = compareRuns({
        varied: Object.keys(flags.vary ?? {})[0] ?? null,
        sides: [left, right],
        aligned: align(left.rows, right.rows),
        repeat: repeatCommand(file, flags, left.view.seed),
      })
      const screen = screenOf(io, io.stdout)
      if (flags.json === true) io.stdout.write(`${JSON.stringify(compareJson(comparison))}\n`)
      else
        io.stdout.write(
          documentText(screen, compareDocument(comparison, { width: screen.width, verbose: flags.verbose === true })),
        )
      if (flags.html !== undefined && shell !== null && pages !== null) {
        const texts = pages.map(({ text }) => text)
        writePage(io, flags.html, pageHtml(shell, texts, comparison))
      }
      finished(exitAfter(io, EXIT.held, true))
    })
}
