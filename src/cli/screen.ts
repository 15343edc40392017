/** Documents on a terminal: tones become colours, tables and paragraphs are fitted to its width. */
import { Chalk, type ChalkInstance } from 'chalk'
import CliTable from 'cli-table3'
import type { Block, Document, Line, Table, Tone } from '../report/document.ts'
import { paragraph, span } from '../report/document.ts'
import { fitTable, wrapLine } from '../report/layout.ts'
import type { Io, Output } from './io.ts'

/** Where nobody knows how wide the reader's window is: a pipe, a file. */
const WIDTH_UNKNOWN = 100
const NARROWEST = 40
/** Lines of words longer than this are hard to read. */
const WIDEST_WORDS = 110
const WIDEST = 200

export interface Screen {
  readonly width: number
  readonly paint: (tone: Tone, text: string) => string
}

/** NO_COLOR (which `--no-color` sets), FORCE_COLOR, a dumb terminal and a pipe decide, in this order. */
export function colours(io: Io, output: Output): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = io.env
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return output.isTTY && TERM !== 'dumb'
}

function widthOfTerminal(io: Io, output: Output): number {
  const asked = Number(io.env.COLUMNS)
  const known = Number.isInteger(asked) && asked > 0 ? asked : (output.columns ?? WIDTH_UNKNOWN)
  return Math.min(WIDEST, Math.max(NARROWEST, known))
}

export function screenOf(io: Io, output: Output): Screen {
  const chalk = new Chalk({ level: colours(io, output) ? 1 : 0 })
  const paints: Readonly<Record<Tone, ChalkInstance>> = {
    plain: chalk.reset,
    strong: chalk.bold,
    dim: chalk.dim,
    good: chalk.green,
    bad: chalk.red.bold,
    warn: chalk.yellow,
    info: chalk.cyan,
  }
  const paint = (tone: Tone, text: string): string =>
    tone === 'plain' || text.trim() === '' ? text : paints[tone](text)
  return { width: widthOfTerminal(io, output), paint }
}

export const painted = (screen: Screen, line: Line): string =>
  line.map(({ text, tone }) => screen.paint(tone, text)).join('')

const INDENT = 2

/** A table by cli-table3: no frame, a rule below the titles, cells already wrapped. */
function tableText(screen: Screen, of: Table): string {
  const fitted = fitTable(of, screen.width - INDENT)
  const drawn = new CliTable({
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: ' '.repeat(INDENT),
      'left-mid': ' '.repeat(INDENT),
      mid: '─',
      'mid-mid': '──',
      right: '',
      'right-mid': '',
      middle: '  ',
    },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    head: fitted.columns.map(({ title }) => screen.paint('dim', title)),
    colWidths: [...fitted.widths],
    colAligns: fitted.columns.map(({ align }) => align),
  })
  for (const row of fitted.rows) drawn.push(row.map((cell) => cell.map((line) => painted(screen, line)).join('\n')))
  return drawn.toString()
}

function blockLines(screen: Screen, block: Block): string[] {
  switch (block.kind) {
    case 'gap':
      return ['']
    case 'heading':
      return ['', screen.paint('strong', block.text)]
    case 'verbatim':
      return block.lines.map((line) => ' '.repeat(block.indent) + painted(screen, line))
    case 'paragraph': {
      const width = Math.min(screen.width, WIDEST_WORDS)
      const lines = wrapLine(block.line, width - block.hanging, width - block.indent)
      return lines.map((line, at) => ' '.repeat(at === 0 ? block.indent : block.hanging) + painted(screen, line))
    }
    case 'table':
      return tableText(screen, block).split('\n')
  }
}

/** Lines of one tone, each a line in a pipe, where other programs read them, and wrapped on a terminal. */
export function linesText(io: Io, screen: Screen, lines: readonly string[], tone: Tone = 'plain'): string {
  const isRead = io.stdout.isTTY || io.env.COLUMNS !== undefined
  if (!isRead) return lines.map((text) => `${screen.paint(tone, text)}\n`).join('')
  return documentText(
    screen,
    lines.map((text) => {
      const indent = text.length - text.trimStart().length
      return paragraph([span(text.trimStart(), tone)], indent, indent + INDENT)
    }),
  )
}

/** Remarks beside the results, fitted to the width. */
export const notesText = (screen: Screen, notes: readonly string[]): string =>
  documentText(
    screen,
    notes.map((note) => paragraph([span(`note: ${note}`, 'dim')], 0, INDENT)),
  )

/** The whole document as text that ends with a line end. */
export function documentText(screen: Screen, document: Document): string {
  const lines = document.flatMap((block) => blockLines(screen, block)).map((line) => line.replace(/ +$/, ''))
  const single = lines.filter((line, at) => line !== '' || (at > 0 && lines[at - 1] !== ''))
  return single.length === 0 ? '' : `${single.join('\n')}\n`
}
