/** How `--help` is laid out: what a flag means stands beside it, and on a narrow terminal below it. */
import type { Command } from 'commander'
import { line } from '../report/document.ts'
import { wrapLine } from '../report/layout.ts'
import type { Io } from './io.ts'
import { screenOf } from './screen.ts'

/** A name and what is said of it. */
export type Item = readonly [name: string, meaning: string]

const INDENT = 2
const GAP = 2
const BELOW = 6
/** Meanings in columns narrower than this are hard to read. */
const NARROWEST = 28

const wrapped = (text: string, width: number): string[] =>
  wrapLine(line(text), width).map((spans) => spans.map((each) => each.text).join(''))

/** One item, its name padded to `nameWidth` where the meaning fits beside it. */
function itemText([name, meaning]: Item, nameWidth: number, width: number): string {
  const room = width - INDENT - nameWidth - GAP
  const beside = room >= NARROWEST
  const indent = beside ? INDENT + nameWidth + GAP : BELOW
  const lines = wrapped(meaning, width - indent).map((text) => ' '.repeat(indent) + text)
  const first = ' '.repeat(INDENT) + name
  if (meaning === '') return first
  return beside
    ? [first.padEnd(indent) + lines[0]!.slice(indent), ...lines.slice(1)].join('\n')
    : [first, ...lines].join('\n')
}

/** A heading with items below it, as commander prints options. */
export function itemList(io: Io, heading: string, items: readonly Item[]): string {
  const { width } = screenOf(io, io.stdout)
  const nameWidth = Math.max(...items.map(([name]) => name.length))
  return ['', `${heading}:`, ...items.map((item) => itemText(item, nameWidth, width))].join('\n')
}

/** Words below everything else. */
export function closing(io: Io, text: string): string {
  return ['', ...wrapped(text, screenOf(io, io.stdout).width)].join('\n')
}

export function layOutHelp(command: Command, io: Io): void {
  const { width } = screenOf(io, io.stdout)
  command
    .configureHelp({
      minWidthToWrap: NARROWEST,
      subcommandTerm: (each) => [each.name(), each.usage().replace(/\[(options|command)\] ?/g, '')].join(' ').trim(),
      formatItem: (name, nameWidth, meaning) => itemText([name, meaning], nameWidth, width),
    })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => width,
      getErrHelpWidth: () => width,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
}
