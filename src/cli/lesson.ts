/** `lesson`: a story told in chapters, with questions, as a page; or what its chapters are. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { formatTime } from '../kernel/time.ts'
import type { Column, Line } from '../report/document.ts'
import { GAP, line, paragraph, span, table } from '../report/document.ts'
import { bundledScenarios } from './bundled.ts'
import { quoted, seedText, versions } from './flags.ts'
import type { Io } from './io.ts'
import { EXIT, exitAfter, UsageError } from './io.ts'
import type { Job } from './job.ts'
import { doJob } from './job.ts'
import { openInBrowser } from './open-in-browser.ts'
import { outputFile, writePage } from './output-file.ts'
import { compareLines, PageLines, pageHtml, pageShell } from './page-file.ts'
import { AS_WRITTEN, planRuns } from './plans.ts'
import type { ScenarioFile } from './scenario-files.ts'
import { bundledNames, findScenarios } from './scenario-files.ts'
import { colours, documentText, screenOf } from './screen.ts'

interface LessonFlags {
  readonly html?: string
  readonly open?: boolean
  readonly kafka?: readonly string[]
  readonly seed?: string
}

const FOLDER = 'lessons/'

/** `3`, `3-how-an-epoch` and the whole name mean the same lesson. */
function bundledLesson(word: string): string {
  const lessons = bundledNames().filter((name) => name.startsWith(FOLDER))
  const found = lessons.filter((name) => name.slice(FOLDER.length).startsWith(/^\d+$/.test(word) ? `${word}-` : word))
  return found.length === 1 ? found[0]! : word
}

async function lessonFile(io: Io, word: string): Promise<ScenarioFile> {
  const { files, missing } = await findScenarios([bundledLesson(word)], io)
  const [file] = files
  if (file === undefined) throw new UsageError(`${missing[0]}; \`highwater lesson\` lists the lessons`)
  if (files.length > 1) throw new UsageError(`${word} means several scenarios`)
  return file
}

function jobsOf(io: Io, file: ScenarioFile, flags: LessonFlags): Job[] | null {
  const asked = { ...AS_WRITTEN, versions: flags.kafka ?? [], seed: flags.seed ?? null }
  const { runs, problems } = planRuns([file], asked, colours(io, io.stderr))
  for (const problem of problems) io.stderr.write(`${problem}\n`)
  if (problems.length > 0) return null
  if (runs.length > 2) throw new UsageError(`a lesson shows one version or two side by side, not ${runs.length}`)
  return runs.map(({ job }) => job)
}

function list(io: Io): number {
  const columns: Column[] = [
    { title: 'lesson', align: 'left', keep: 9 },
    { title: 'Kafka', align: 'left', keep: 2 },
    { title: 'asks', align: 'right', keep: 3 },
    { title: 'about', align: 'left', keep: 8, wrapsTo: 24 },
  ]
  const lessons = bundledScenarios(/^chapters:/m).filter(({ name }) => name.startsWith(FOLDER))
  const rows = lessons.map(({ name, document }): Line[] => [
    line(name.slice(FOLDER.length), 'strong'),
    line(document.kafka ?? '', 'dim'),
    line(String((document.chapters ?? []).filter(({ ask }) => ask !== undefined).length), 'dim'),
    line(document.title.replace(/^Lesson \d+: /, '')),
  ])
  const next = [
    ['highwater lesson 3', 'its chapters, and whether every answer comes true'],
    ['highwater lesson 3 --open', 'as a page in a browser (--html FILE: as a file)'],
    ['highwater lesson 3 --kafka 0.10.2,0.11 --open', 'two versions side by side'],
  ]
  const commands = next.map(([command, words]) =>
    paragraph([span(command!, 'strong'), span(`  ${words}`, 'dim')], INDENT, 2 * INDENT),
  )
  io.stdout.write(documentText(screenOf(io, io.stdout), [table(columns, rows), GAP, ...commands]))
  return EXIT.held
}

const INDENT = 2

async function tell(io: Io, word: string, flags: LessonFlags): Promise<number> {
  const html =
    flags.html ?? (flags.open === true ? join(mkdtempSync(join(tmpdir(), 'highwater-')), 'lesson.html') : null)
  const shell = html === null ? null : pageShell()
  const file = await lessonFile(io, word)
  const jobs = jobsOf(io, file, flags)
  if (jobs === null) return EXIT.unusable
  if ((jobs[0]?.plan.chapters ?? []).length === 0) {
    throw new UsageError(`${file.name} has no chapters: \`highwater lesson\` lists the lessons there are`)
  }
  const lines = jobs.map((job) => new PageLines(job, jobs.length === 2))
  for (const [index, job] of jobs.entries()) {
    const done = await doJob(job, { interrupted: io.interrupted, ...lines[index]!.hooks() })
    if (!done.ok) throw new Error(done.bug.message)
    if (io.interrupted.aborted) return exitAfter(io, EXIT.held)
  }
  const screen = screenOf(io, io.stdout)
  const write = (line: Line): void => io.stdout.write(documentText(screen, [paragraph(line, 0, 2)]))
  let failed = false
  for (const [index, { plan }] of jobs.entries()) {
    write([span(plan.title, 'strong'), span(`  Kafka ${plan.kafka}`, 'dim')])
    for (const { chapter, atUs, held } of lines[index]!.chapters()) {
      const mark = atUs === null || held === false
      failed ||= mark
      write([
        span(mark ? '✗ ' : '✓ ', mark ? 'bad' : 'good'),
        span(atUs === null ? 'never     ' : `${formatTime(atUs)} `, 'dim'),
        span(chapter.title),
        span(held === false ? '  the answer does not come true' : chapter.ask === null ? '' : '  (asks)', 'dim'),
      ])
    }
  }
  if (html !== null && shell !== null) {
    const labels = jobs.map(({ plan }) => `${plan.kafka}, seed ${plan.seed}`)
    const comparison = lines.length === 2 ? compareLines(lines, labels, jobs[0]!.repeat) : null
    const texts = lines.map(({ text }) => text)
    writePage(io, html, pageHtml(shell, texts, comparison))
    if (flags.open === true) openInBrowser(html)
  }
  if (html === null) write([span(`highwater lesson ${quoted(word)} --html FILE makes a page of it`, 'dim')])
  return failed ? EXIT.failed : EXIT.held
}

export function lessonCommand(io: Io, finished: (exit: number) => void): Command {
  return new Command('lesson')
    .summary('a story in chapters, with questions')
    .description(
      'Lists the lessons, or tells the chapters of one and whether every answer comes true; with --html as a page.',
    )
    .argument('[lesson]', 'NAME, the number of a bundled lesson, or a FILE with chapters')
    .option('--html <file>', 'write the lesson as a page that opens without a network', outputFile(io))
    .option('--open', 'open the page in a browser (written to a temporary folder without --html)')
    .option('--kafka <versions>', 'another version, or two to stand side by side', versions)
    .option('--seed <seed>', 'the seed, instead of the one in the scenario', seedText)
    .action(async (word: string | undefined, flags: LessonFlags) => {
      finished(word === undefined ? list(io) : await tell(io, word, flags))
    })
}
