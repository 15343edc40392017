/** Fits lines and tables into a width: words are wrapped, columns are narrowed and then left out. */
import type { Column, Line, Span, Table } from './document.ts'
import { span, widthOf } from './document.ts'

/** A word with the tone of each of its parts, and the spaces before it. */
interface Word {
  readonly parts: Span[]
  readonly width: number
  readonly gap: number
}

function wordsOf(of: Line): Word[] {
  const words: Word[] = []
  let parts: Span[] = []
  let gap = 0
  const end = (): void => {
    if (parts.length > 0) {
      words.push({ parts, width: widthOf(parts), gap })
      parts = []
      gap = 0
    }
  }
  for (const { text, tone } of of) {
    for (const [index, piece] of text.split(' ').entries()) {
      if (index > 0) {
        end()
        gap += 1
      }
      if (piece !== '') parts.push({ text: piece, tone })
    }
  }
  end()
  return words
}

/** A word that is wider than a line, in pieces that fit. */
function broken(word: Word, width: number): Word[] {
  if (word.width <= width) return [word]
  const pieces: Word[] = []
  let parts: Span[] = []
  let used = 0
  for (const { text, tone } of word.parts) {
    let rest = [...text]
    while (rest.length > 0) {
      if (used === width) {
        pieces.push({ parts, width: used, gap: word.gap })
        parts = []
        used = 0
      }
      const piece = rest.slice(0, width - used)
      rest = rest.slice(piece.length)
      parts.push({ text: piece.join(''), tone })
      used += piece.length
    }
  }
  if (used > 0) pieces.push({ parts, width: used, gap: 0 })
  return pieces
}

/** Joins neighbours of one tone. */
function joined(of: Line): Line {
  const spans: Span[] = []
  for (const { text, tone } of of) {
    const last = spans.at(-1)
    if (last !== undefined && last.tone === tone) spans[spans.length - 1] = { text: last.text + text, tone }
    else spans.push({ text, tone })
  }
  return spans
}

/** Wraps at spaces into lines of at most `width`; the first has `first` columns. A longer word is cut. Spaces between words are kept within a line. */
export function wrapLine(of: Line, width: number, first = width): Line[] {
  const most = Math.max(1, width)
  const lines: Span[][] = [[]]
  let room = Math.max(1, first)
  let used = 0
  for (const whole of wordsOf(of)) {
    for (const word of broken(whole, most)) {
      const gap = used > 0 ? word.gap : 0
      if (used > 0 && used + gap + word.width > room) {
        lines.push([])
        room = most
        used = 0
      }
      const here = lines[lines.length - 1]!
      const before = here.at(-1)
      if (used > 0 && gap > 0 && before !== undefined) {
        // Spaces take the tone of their neighbours where they agree, so that a stretch stays one stretch.
        here.push(span(' '.repeat(gap), before.tone === word.parts[0]!.tone ? before.tone : 'plain'))
      }
      here.push(...word.parts)
      used += (used > 0 ? gap : 0) + word.width
    }
  }
  return lines.map(joined)
}

interface FittedTable {
  readonly columns: readonly Column[]
  readonly widths: readonly number[]
  /** Row, column, lines of the cell. */
  readonly rows: readonly (readonly (readonly Line[])[])[]
}

const total = (widths: readonly number[], gap: number): number =>
  widths.reduce((sum, width) => sum + width, 0) + gap * Math.max(0, widths.length - 1)

/** A table in `width` columns with `gap` between two: wrapping columns give way first, then the least kept are left out. */
export function fitTable(of: Table, width: number, gap = 2): FittedTable {
  let kept = of.columns.map((column, index) => ({ column, index }))
  for (;;) {
    const natural = kept.map(({ column, index }) =>
      Math.max([...column.title].length, ...of.rows.map((row) => widthOf(row[index]!))),
    )
    const least = kept.map(({ column }, at) => Math.min(natural[at]!, column.wrapsTo ?? natural[at]!))
    if (total(least, gap) <= width || kept.length === 1) {
      const widths = shared(natural, least, width - gap * (kept.length - 1))
      return {
        columns: kept.map(({ column }) => column),
        widths,
        rows: of.rows.map((row) => kept.map(({ index }, at) => wrapLine(row[index]!, widths[at]!))),
      }
    }
    const weakest = kept.reduce((low, each) => (each.column.keep <= low.column.keep ? each : low))
    kept = kept.filter((each) => each !== weakest)
  }
}

/** Gives each column what it must have, and what is over to those that want more, evenly. */
function shared(natural: readonly number[], least: readonly number[], room: number): number[] {
  const widths = [...least]
  let over = room - widths.reduce((sum, width) => sum + width, 0)
  while (over > 0) {
    const wanting = widths.map((width, at) => ({ at, lacks: natural[at]! - width })).filter(({ lacks }) => lacks > 0)
    if (wanting.length === 0) break
    const each = Math.max(1, Math.floor(over / wanting.length))
    for (const { at, lacks } of wanting) {
      const given = Math.min(each, lacks, over)
      widths[at]! += given
      over -= given
    }
  }
  return widths.map((width) => Math.max(1, Math.min(width, Math.max(1, room))))
}
