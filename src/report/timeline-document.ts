/** The dense trace as text: a line a transition, a column a replica, and in words what happened. */
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import { formatTime } from '../kernel/time.ts'
import type { Block, Line, Span, Tone } from './document.ts'
import { line, paragraph, span, verbatim, widthOf } from './document.ts'
import { wrapLine } from './layout.ts'
import type { ReplicaCell, TimelineRow } from './timeline.ts'
import { nodeWords, plural } from './words.ts'

interface TimelineForm {
  readonly rows: readonly TimelineRow[]
  /** A column each. */
  readonly brokers: readonly BrokerId[]
  readonly partitions: readonly TopicPartition[]
  /** Columns of the terminal. */
  readonly width: number
  /** More rows than these are left out in the middle; null: none. */
  readonly most: number | null
}

const TIMELINE_LEGEND =
  'Columns: role and leader epoch, log end / high watermark. L leads, F follows, Z leads by its own belief only; ' +
  'lower case: outside the ISR. c controller, ‖ paused, ! hung, · unchanged; of a broker that is down the log end.'

/** What one replica is at one moment, in a few characters. */
export function cellText(cell: ReplicaCell): string {
  if (cell.process === 'down') return cell.logEndOffset < 0 ? 'down' : `down ${cell.logEndOffset}`
  const sign = cell.process === 'paused' ? ' ‖' : cell.process === 'hung' ? ' !' : cell.controller ? ' c' : ''
  if (cell.role === '-') return `- ${cell.logEndOffset < 0 ? '' : cell.logEndOffset}${sign}`.trimEnd()
  const role = cell.role === 'L' && !cell.named ? 'Z' : cell.role
  const cased = cell.inIsr ? role : role.toLowerCase()
  return `${cased}${cell.leaderEpoch} ${cell.logEndOffset}/${cell.highWatermark}${sign}`
}

function cellTone(cell: ReplicaCell): Tone {
  if (cell.process === 'down' || cell.process === 'hung') return 'bad'
  if (cell.process === 'paused') return 'warn'
  if (cell.role === 'L') return cell.named ? 'good' : 'bad'
  if (cell.role === 'F') return cell.inIsr ? 'plain' : 'warn'
  return 'dim'
}

const TONES: Readonly<Record<TimelineRow['mark']['tone'], Tone>> = {
  good: 'good',
  bad: 'bad',
  warn: 'warn',
  info: 'info',
  plain: 'plain',
}

/** Who did what; the partition is left out where there is only one. */
function happened(row: TimelineRow, partitions: readonly TopicPartition[]): Line {
  if (row.kind === 'step') return [span('> ', 'strong'), span(row.words, 'strong')]
  const only = partitions.length === 1 ? `${partitions[0]}: ` : ''
  const words = only !== '' && row.words.startsWith(only) ? row.words.slice(only.length) : row.words
  const who = nodeWords(row.node)
  const tone = TONES[row.mark.tone]
  return [span(`${row.mark.glyph} `, tone), span(who, 'strong'), span(` ${words}`, tone === 'info' ? 'plain' : tone)]
}

/** Room that words must have beside the columns; where there is less they come first and the cells below them. */
const LEAST_WORDS = 38
const GAP = '  '

const padded = (text: string, width: number, tone: Tone): Span =>
  span(text + ' '.repeat(Math.max(0, width - [...text].length)), tone)

/** The cells of each row as text, unchanged ones as a dot. The first row of a partition is complete. */
function cellsOf(form: TimelineForm): { text: string; tone: Tone }[][] {
  const last: Record<string, string> = {}
  return form.rows.map((row) => {
    const about = row.partition ?? form.partitions[0] ?? ''
    return form.brokers.map((broker) => {
      const cell = row.cells.find((each) => each.broker === broker)
      if (cell === undefined) return { text: '', tone: 'dim' as const }
      const text = cellText(cell)
      const key = `${about} ${broker}`
      if (last[key] === text) return { text: '·', tone: 'dim' as const }
      last[key] = text
      return { text, tone: cellTone(cell) }
    })
  })
}

function elided(blocks: readonly Line[][], most: number | null): Line[] {
  if (most === null || blocks.length <= most) return blocks.flat()
  const head = Math.ceil(most / 2)
  const tail = most - head
  const note = line(`… ${plural(blocks.length - most, 'line')} left out …`, 'dim')
  return [...blocks.slice(0, head).flat(), note, ...blocks.slice(blocks.length - tail).flat()]
}

/** The lines of the timeline, a title line first. */
export function timelineBlocks(form: TimelineForm): Block[] {
  if (form.rows.length === 0)
    return [paragraph([span('Nothing happened that changes a role, an ISR or a log end.', 'dim')])]
  const cells = cellsOf(form)
  const titles = form.brokers.map((id) => `broker ${id}`)
  const widths = titles.map((title, at) =>
    Math.max(title.length, ...cells.map((row) => [...(row[at]?.text ?? '')].length)),
  )
  const times = form.rows.map((row) => formatTime(row.atUs))
  const timeWidth = Math.max(4, ...times.map((text) => text.length))
  const left = timeWidth + GAP.length + widths.reduce((sum, width) => sum + width + GAP.length, 0)
  const beside = form.width - left >= LEAST_WORDS
  const cellSpans = (row: readonly { text: string; tone: Tone }[]): Span[] =>
    row.flatMap(({ text, tone }, at) => [padded(text, widths[at]!, tone), span(GAP)])

  const rows = form.rows.map((row, index): Line[] => {
    const words = happened(row, form.partitions)
    const time = padded(times[index]!, timeWidth, 'dim')
    if (beside) {
      const wrapped = wrapLine(words, form.width - left - 2, form.width - left)
      return wrapped.map((part, at) =>
        at === 0 ? [time, span(GAP), ...cellSpans(cells[index]!), ...part] : [span(' '.repeat(left + 2)), ...part],
      )
    }
    const room = form.width - timeWidth - GAP.length
    const wrapped = wrapLine(words, room - 2, room)
    const lines: Line[] = wrapped.map((part, at) =>
      at === 0 ? [time, span(GAP), ...part] : [span(' '.repeat(timeWidth + GAP.length + 2)), ...part],
    )
    if (cells[index]!.some(({ text }) => text !== '·' && text !== '')) {
      lines.push(...wrapCells(cellSpans(cells[index]!), timeWidth + GAP.length, form.width))
    }
    return lines
  })

  const head: Line = beside
    ? [
        padded('time', timeWidth, 'dim'),
        span(GAP),
        ...titles.flatMap((title, at) => [padded(title, widths[at]!, 'dim'), span(GAP)]),
        span('what happened', 'dim'),
      ]
    : [padded('time', timeWidth, 'dim'), span(GAP), span(`what happened, and below it ${titles.join(', ')}`, 'dim')]
  return [
    paragraph([span(TIMELINE_LEGEND, 'dim')]),
    verbatim([...(beside ? [head] : wrapLine(head, form.width)), ...elided(rows, form.most)]),
  ]
}

/** Cells below their words: as many on a line as fit. */
function wrapCells(spans: readonly Span[], indent: number, width: number): Line[] {
  const lines: Span[][] = [[]]
  for (let at = 0; at < spans.length; at += 2) {
    const pair = spans.slice(at, at + 2)
    const here = lines[lines.length - 1]!
    if (here.length > 0 && indent + widthOf(here) + widthOf(pair) - GAP.length > width) lines.push([...pair])
    else here.push(...pair)
  }
  return lines.map((each) => [span(' '.repeat(indent)), ...each])
}
