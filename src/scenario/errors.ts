/** Problems as a reader sees them: file, line and column, what was expected and found, and the lines around. */
import type { Problem } from './problem.ts'

/** What a stretch of a rendered problem is, for whoever colours it. */
type Role = 'place' | 'message' | 'label' | 'text' | 'gutter' | 'source' | 'mark' | 'nearest'

export interface Span {
  readonly role: Role
  readonly text: string
}

/** Lines of spans: joined they are the plain rendering. */
export type Frame = readonly (readonly Span[])[]

const LINES_BEFORE = 2
const LINES_AFTER = 1
const WIDEST = 110

const isControl = (code: number): boolean =>
  code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0x2028 || code === 0x2029 || code === 0xfeff

/** Each control character, a tab too, is one visible column, so that the mark stands under what it means. */
function visible(line: string): string {
  let text = ''
  for (let i = 0; i < line.length; i++) text += line[i] === '\t' ? '→' : isControl(line.charCodeAt(i)) ? '·' : line[i]
  return text
}

const span = (role: Role, text: string): Span => ({ role, text })

/** The lines around a problem with a mark below it; long lines are shown from a little before the mark. */
function codeFrame(problem: Problem, lines: readonly string[]): Frame {
  const first = Math.max(1, problem.line - LINES_BEFORE)
  const last = Math.min(lines.length, problem.line + LINES_AFTER)
  const width = String(last).length
  const clip = problem.column > WIDEST ? problem.column - 40 : 0
  const frame: Span[][] = []
  for (let number = first; number <= last; number++) {
    const full = lines[number - 1] ?? ''
    const cut = full.length > clip + WIDEST + 10 ? '…' : ''
    const line = visible(full.slice(clip, clip + WIDEST + 10)) + cut
    const here = number === problem.line
    const gutter = `${here ? '>' : ' '} ${String(number).padStart(width)} | `
    frame.push([
      span('gutter', gutter),
      span('source', `${clip > 0 && full.length > clip ? '…' : ''}${line}`.trimEnd()),
    ])
    if (!here) continue
    const room = Math.max(1, line.length - (problem.column - clip - 1))
    const mark = '^'.repeat(Math.max(1, Math.min(problem.length, room)))
    const indent = ' '.repeat(problem.column - clip - 1 + (clip > 0 ? 1 : 0))
    frame.push([span('gutter', `  ${' '.repeat(width)} | `), span('mark', indent + mark)])
  }
  return frame
}

/** Long lists of names on several lines, broken at spaces. */
function wrapped(text: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDEST - 11) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

function problemFrame(problem: Problem, lines: readonly string[]): Frame {
  const place = problem.line > 0 ? `${problem.file}:${problem.line}:${problem.column}` : problem.file
  const frame: Span[][] = [[span('place', `${place}: `), span('message', problem.message)]]
  const detail = (label: string, text: string | null, role: Role): void => {
    if (text === null || text === '') return
    wrapped(visible(text)).forEach((part, index) => {
      frame.push([span('label', `  ${(index === 0 ? label : '').padEnd(9)}`), span(role, part)])
    })
  }
  detail('at', problem.path, 'text')
  detail('expected', problem.expected, 'text')
  detail('found', problem.found, 'text')
  detail('nearest', problem.nearest, 'nearest')
  return problem.line > 0 ? [...frame, ...codeFrame(problem, lines)] : frame
}

/** One frame a problem, in the order given. */
function problemFrames(problems: readonly Problem[], text: string): Frame[] {
  const lines = text.split(/\r?\n/)
  if (lines.length > 1 && lines[lines.length - 1] === '') lines.pop()
  return problems.map((problem) => problemFrame(problem, lines))
}

const ANSI: Readonly<Record<Role, readonly [string, string]>> = {
  place: ['\u001b[1m', '\u001b[22m'],
  message: ['\u001b[31m', '\u001b[39m'],
  label: ['\u001b[2m', '\u001b[22m'],
  text: ['', ''],
  gutter: ['\u001b[2m', '\u001b[22m'],
  source: ['', ''],
  mark: ['\u001b[31m', '\u001b[39m'],
  nearest: ['\u001b[32m', '\u001b[39m'],
}

/** Colours the stretches of a frame. */
type Paint = (role: Role, text: string) => string

const plain: Paint = (_, text) => text
const ansi: Paint = (role, text) => ANSI[role][0] + text + ANSI[role][1]

/** More than these are counted and not shown. */
const MOST_SHOWN = 100

/** Every problem with its code frame, an empty line between them. `text` is what was read; empty when there is none. */
export function renderProblems(
  problems: readonly Problem[],
  text: string,
  options: { readonly color: boolean; readonly paint?: Paint } = { color: false },
): string {
  const paint = options.color ? (options.paint ?? ansi) : plain
  const frames = problemFrames(problems.slice(0, MOST_SHOWN), text)
  const rendered = frames.map((frame) =>
    frame.map((line) => line.map(({ role, text: part }) => paint(role, part)).join('')).join('\n'),
  )
  if (problems.length > MOST_SHOWN) rendered.push(`… and ${problems.length - MOST_SHOWN} more problems`)
  return `${rendered.join('\n\n')}\n`
}
