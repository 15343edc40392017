/** Reports as lines of plain text: one a recording, and side by side what differs. */
import type { Difference, PinNote } from './check.ts'
import type { Judged, Judgement } from './known.ts'
import { nameOf } from './known.ts'
import type { VectorReport } from './vectors.ts'

const STATUS_WIDTH = 12
/** Longer cells are wrapped. */
const CELL_WIDTH = 44

const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

/** The line of one recording. */
export function recordingLine({ report, unexplained, explained }: Judged): string {
  const name = nameOf(report)
  if (report.status === 'not-modelled')
    return `${'not modelled'.padEnd(STATUS_WIDTH)}  ${name}  ${report.notModelledReason ?? ''}`
  const parts = [`${report.compared} compared`]
  if (unexplained.length > 0) parts.push(counted(unexplained.length, 'difference'))
  if (explained.length > 0) parts.push(`${explained.length} explained`)
  if (report.notReached > 0) parts.push(`${counted(report.notReached, 'point')} not reached`)
  const unknown = Object.entries(report.unknownSaw).map(([word, count]) => `${word} x ${count}`)
  if (unknown.length > 0) parts.push(`not known: ${unknown.join(', ')}`)
  const status = unexplained.length > 0 ? 'differs' : 'agrees'
  return `${status.padEnd(STATUS_WIDTH)}  ${name}  ${parts.join(', ')}`
}

/** What differs, side by side. */
export function differenceTable(differences: readonly (Difference & { readonly reason?: string })[]): string[] {
  if (differences.length === 0) return []
  const withReason = differences.some((each) => each.reason !== undefined)
  const header = ['label', 'field', 'recorded', 'ours', ...(withReason ? ['reason'] : [])]
  const rows = differences.map((each) => [
    each.label,
    each.field,
    each.recorded,
    each.ours,
    ...(withReason ? [each.reason ?? ''] : []),
  ])
  return table([header, ...rows])
}

/** The pinned draws, those of one reason on one line. */
export function pinLines(pins: readonly PinNote[]): string[] {
  const reasons = [...new Set(pins.map((pin) => pin.why))]
  return reasons.map((why) => {
    const drawn = pins.filter((pin) => pin.why === why).map((pin) => `${pin.stream}#${pin.index} = ${pin.value}`)
    return `pinned, as ${why}: ${drawn.join(', ')}`
  })
}

/** What is said at the end. */
export function summaryLines(judgement: Judgement): string[] {
  const { agreed, differing, notModelled, explainedOnly, outdated, unknownSaw } = judgement
  const lines = outdated.map(
    (entry) => `explained but not there: ${entry.recording}, ${entry.label}, ${entry.field} (${entry.reason})`,
  )
  const explained = explainedOnly === 0 ? '' : ` (${explainedOnly} but for what is explained)`
  lines.push(`${agreed} agreed${explained}, ${differing} differing, ${notModelled} not modelled`)
  const unknown = Object.keys(unknownSaw)
    .sort()
    .map((word) => `${word} x ${unknownSaw[word]}`)
  if (unknown.length > 0) lines.push(`seen but not known, so not compared: ${unknown.join(', ')}`)
  return lines
}

/** The line of one file of vectors. */
export function vectorLine(report: VectorReport): string {
  const status = report.status === 'not-modelled' ? 'not modelled' : report.status === 'agreed' ? 'agrees' : 'differs'
  const words =
    report.status === 'not-modelled'
      ? (report.notModelledReason ?? '')
      : `${report.compared} compared${report.differences.length === 0 ? '' : `, ${counted(report.differences.length, 'difference')}`}`
  return `${status.padEnd(STATUS_WIDTH)}  vectors/${report.name}  ${words}`
}

function table(rows: readonly (readonly string[])[]): string[] {
  const wrapped = rows.map((row) => row.map((cell) => wrap(cell)))
  const columns = rows[0]?.length ?? 0
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...wrapped.map((row) => Math.max(...row[column]!.map((line) => line.length)))),
  )
  const lines: string[] = []
  wrapped.forEach((row, index) => {
    const height = Math.max(...row.map((cell) => cell.length))
    for (let line = 0; line < height; line++) {
      lines.push(
        row
          .map((cell, column) => (cell[line] ?? '').padEnd(widths[column]!))
          .join('  ')
          .trimEnd(),
      )
    }
    if (index === 0) lines.push(widths.map((width) => '-'.repeat(width)).join('  '))
  })
  return lines
}

/** Breaks a cell at spaces. */
function wrap(text: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > CELL_WIDTH) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  lines.push(line)
  return lines
}
