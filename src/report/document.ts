/**
 * What a report says, before anybody draws it: blocks of text whose stretches have a tone. Whoever draws it decides
 * how a tone looks; no tone says anything that the words do not say too.
 */
import { assert } from '../kernel/assert.ts'

export type Tone = 'plain' | 'strong' | 'dim' | 'good' | 'bad' | 'warn' | 'info'

export interface Span {
  readonly text: string
  readonly tone: Tone
}

/** Stretches of one line, or of a paragraph that is wrapped where it is drawn. */
export type Line = readonly Span[]

export interface Column {
  readonly title: string
  readonly align: 'left' | 'right'
  /** Columns of a smaller number are left out first when there is no room. */
  readonly keep: number
  /** Its words may be wrapped down to this many columns; absent: the column is as wide as its widest cell. */
  readonly wrapsTo?: number
}

export interface Table {
  readonly kind: 'table'
  readonly columns: readonly Column[]
  /** One line a cell. */
  readonly rows: readonly (readonly Line[])[]
}

/** A paragraph: wrapped, its first line `indent` columns in and the others `hanging`. */
interface Paragraph {
  readonly kind: 'paragraph'
  readonly line: Line
  readonly indent: number
  readonly hanging: number
}

export type Block =
  | { readonly kind: 'heading'; readonly text: string }
  /** Lines that are not wrapped: commands, code. */
  | { readonly kind: 'verbatim'; readonly lines: readonly Line[]; readonly indent: number }
  | { readonly kind: 'gap' }
  | Paragraph
  | Table

export type Document = readonly Block[]

export const span = (text: string, tone: Tone = 'plain'): Span => ({ text, tone })
export const line = (text: string, tone: Tone = 'plain'): Line => [span(text, tone)]
export const heading = (text: string): Block => ({ kind: 'heading', text })
export const GAP: Block = { kind: 'gap' }

export const paragraph = (text: string | Line, indent = 0, hanging = indent): Paragraph => ({
  kind: 'paragraph',
  line: typeof text === 'string' ? line(text) : text,
  indent,
  hanging,
})

export const verbatim = (lines: readonly (string | Line)[], indent = 0): Block => ({
  kind: 'verbatim',
  lines: lines.map((each) => (typeof each === 'string' ? line(each) : each)),
  indent,
})

export function table(columns: readonly Column[], rows: readonly (readonly Line[])[]): Table {
  for (const row of rows) assert(row.length === columns.length, 'a row of a table has a cell for each column')
  return { kind: 'table', columns, rows }
}

export const plainText = (of: Line): string => of.map(({ text }) => text).join('')

/** How many columns a line takes: every character that reports use takes one. */
export const widthOf = (of: Line): number => of.reduce((sum, { text }) => sum + [...text].length, 0)
