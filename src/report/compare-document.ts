/** Two runs on a terminal: side by side where it is wide enough, else one below the other. */
import { formatTime } from '../kernel/time.ts'
import type { ComparedPair, Comparison } from './compare.ts'
import { isShown, isTold } from './compare.ts'
import type { CompareRow } from './compare-rows.ts'
import type { Block, Document, Line, Span, Tone } from './document.ts'
import { GAP, heading, line, paragraph, span, verbatim, widthOf } from './document.ts'
import { wrapLine } from './layout.ts'
import { titleLine } from './run-document.ts'
import { holeBlocks, outcomeBlocks, versionBlocks } from './runs-document.ts'
import { cellText } from './timeline-document.ts'
import { nodeWords, plural } from './words.ts'

interface CompareForm {
  readonly width: number
  /** Every row; else those that both sides have alike are folded, and flushes left out. */
  readonly verbose: boolean
}

/** Two columns narrower than this read worse than two lines. */
const LEAST_COLUMN = 44
const BAR = ' │ '

/** Rows that are alike and stay beside one that is not. */
const CONTEXT = 2

/** Replicas that have changed since they were last shown on that side: `b1 L0 2/2`. */
class Cells {
  readonly #last: Record<string, string> = {}

  changed(row: CompareRow): Line {
    const about = row.partition ?? ''
    const cells = row.cells.flatMap((cell) => {
      const text = cellText(cell)
      const key = `${about} ${cell.broker}`
      if (this.#last[key] === text) return []
      this.#last[key] = text
      return [`b${cell.broker} ${text}`]
    })
    return cells.length === 0 ? [] : line(cells.join('  '), 'dim')
  }
}

function rowLine(row: CompareRow, kind: ComparedPair['kind'], partitions: number): Line {
  const only = row.partition !== null && partitions === 1 ? `${row.partition}: ` : ''
  const words = only !== '' && row.words.startsWith(only) ? row.words.slice(only.length) : row.words
  const tone: Tone = kind === 'same' ? 'dim' : kind === 'moved' ? 'plain' : 'warn'
  const who = row.node === '' ? '' : `${nodeWords(row.node)} `
  return [
    span(`${formatTime(row.atUs)} `, 'dim'),
    span(`${row.mark.glyph} `, row.mark.tone),
    span(who, kind === 'same' ? 'plain' : 'strong'),
    span(words, tone),
  ]
}

const GAP_WORDS: Readonly<Record<'only' | 'moved', string>> = { only: '– nothing', moved: '– at another time' }

/** The lines of one side of a pair. */
function sideLines(
  pair: ComparedPair,
  side: 'left' | 'right',
  given: { readonly width: number; readonly cells: Cells; readonly partitions: number },
): Line[] {
  const row = pair[side]
  if (row === null) return [line(GAP_WORDS[pair.kind === 'moved' ? 'moved' : 'only'], 'dim')]
  const words = wrapLine(rowLine(row, pair.kind, given.partitions), given.width - 2, given.width)
  const cells = given.cells.changed(row)
  const below = cells.length === 0 ? [] : wrapLine(cells, given.width - 2)
  const indented = (of: Line): Line => [span('  '), ...of]
  return [...words.map((each, at) => (at === 0 ? each : indented(each))), ...below.map(indented)]
}

const padded = (of: Line, width: number): Span[] => [...of, span(' '.repeat(Math.max(0, width - widthOf(of))))]

const MARKS: Readonly<Record<ComparedPair['kind'], Span>> = {
  same: span('  '),
  moved: span('~ ', 'dim'),
  other: span('≠ ', 'warn'),
  only: span('± ', 'warn'),
}

/** The printed pairs, those that are alike folded; a number stands for so many folded ones. */
function folded(pairs: readonly ComparedPair[], verbose: boolean): (ComparedPair | number)[] {
  if (verbose) return pairs.filter(isShown)
  const shown = pairs.filter((pair) => isShown(pair) && isTold(pair))
  const keeps = shown.map((pair, index) => {
    if (pair.kind !== 'same' || (pair.left ?? pair.right)!.key.startsWith('step ')) return true
    return shown
      .slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1)
      .some(({ kind }) => kind === 'only' || kind === 'other')
  })
  const result: (ComparedPair | number)[] = []
  for (const [index, pair] of shown.entries()) {
    const last = result.at(-1)
    if (keeps[index] === true) result.push(pair)
    else if (typeof last === 'number') result[result.length - 1] = last + 1
    else result.push(1)
  }
  return result
}

function pairLines(comparison: Comparison, form: CompareForm): Line[] {
  const [left, right] = comparison.sides
  const partitions = left.view.partitions.length
  const column = Math.floor((form.width - 2 - BAR.length) / 2)
  const beside = column >= LEAST_COLUMN
  const labels = Math.max(left.label.length, right.label.length)
  const width = beside ? column : form.width - 3 - labels
  const cells = { left: new Cells(), right: new Cells() }
  const first = comparison.divergence === null ? null : comparison.pairs[comparison.divergence.at]
  const lines: Line[] = []
  if (beside) {
    const title = (label: string): Line => line(label, 'strong')
    lines.push([span('  '), ...padded(title(left.label), column), span(BAR, 'dim'), ...title(right.label)])
  }
  for (const pair of folded(comparison.pairs, form.verbose)) {
    if (typeof pair === 'number') {
      lines.push(line(`  … ${plural(pair, 'line')} alike on both sides …`, 'dim'))
      continue
    }
    if (pair === first) lines.push(line('▼ here they part', 'bad'))
    const sides = (['left', 'right'] as const).map((side) =>
      sideLines(pair, side, { width, cells: cells[side], partitions }),
    )
    const mark = MARKS[pair.kind]
    if (beside) {
      const rows = Math.max(sides[0]!.length, sides[1]!.length)
      for (let at = 0; at < rows; at++) {
        const head = at === 0 ? mark : span('  ')
        lines.push([head, ...padded(sides[0]![at] ?? [], column), span(BAR, 'dim'), ...(sides[1]![at] ?? [])])
      }
      continue
    }
    for (const [index, { label }] of [left, right].entries()) {
      for (const [at, each] of sides[index]!.entries()) {
        const head = index === 0 && at === 0 ? mark : span('  ')
        lines.push([head, span(`${(at === 0 ? label : '').padEnd(labels)} `, 'dim'), ...each])
      }
    }
  }
  return lines
}

const LEGEND =
  '≠ both did it, with another effect; ± only one did; ~ the other did it at another time. Below the words the replicas ' +
  'that have changed (b1 is broker 1): role and leader epoch, log end / high watermark.'

const LEFT_OUT = '--verbose shows every line, also flushes to disks.'

function divergenceBlocks({ divergence, pairs, sides }: Comparison): Block[] {
  const blocks: Block[] = [heading('First divergence')]
  if (divergence === null) {
    blocks.push(paragraph([span('None: ', 'good'), span('both did the same, step by step, to the end.')]))
    return blocks
  }
  const { left, right } = pairs[divergence.at]!
  const told = [divergence.left, divergence.right]
  for (const [index, { label }] of sides.entries()) {
    const row = index === 0 ? left : right
    const time = row === null ? '' : `${formatTime(row.atUs)} `
    blocks.push(paragraph([span(`${label}: `, 'strong'), span(time, 'dim'), span(told[index]!, 'warn')], 2, 4))
  }
  return blocks
}

export function compareDocument(comparison: Comparison, form: CompareForm): Document {
  const [left, right] = comparison.sides
  const columns = [left, right].map(({ label, view }) => ({ title: label, views: [view] }))
  return [
    paragraph(titleLine(comparison)),
    ...[...new Set([left.view.became, right.view.became])].map((became) => paragraph([span(became, 'dim')], 2, 4)),
    ...(comparison.varied === null
      ? []
      : [paragraph([span(`${comparison.varied}: ${left.label} or ${right.label}`, 'strong')], 2)]),
    paragraph([span(`Seed ${comparison.seed} on both sides.`, 'dim')], 2),
    heading('Side by side'),
    paragraph([span(form.verbose ? LEGEND : `${LEGEND} ${LEFT_OUT}`, 'dim')]),
    verbatim(pairLines(comparison, form)),
    ...divergenceBlocks(comparison),
    heading('What each came to'),
    ...versionBlocks(columns, form.width),
    ...holeBlocks(columns),
    GAP,
    ...outcomeBlocks(columns),
    verbatim([[span('repeat ', 'dim'), span(comparison.repeat)]]),
  ]
}
