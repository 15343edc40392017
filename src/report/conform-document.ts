/** Recordings of real clusters beside ours: a line each, and side by side what differs. */
import type { Difference, PinNote } from '../conform/check.ts'
import type { Judged, Judgement } from '../conform/known.ts'
import type { VectorReport } from '../conform/vectors/vectors.ts'
import type { Block, Column, Document, Line, Tone } from './document.ts'
import { GAP, line, paragraph, span, table } from './document.ts'
import { plural } from './words.ts'

type ConformStatus = 'agreed' | 'differing' | 'not-modelled'

const STATUS: Readonly<Record<ConformStatus, { readonly mark: string; readonly words: string; readonly tone: Tone }>> =
  {
    agreed: { mark: '✓', words: 'agrees', tone: 'good' },
    differing: { mark: '✗', words: 'differs', tone: 'bad' },
    'not-modelled': { mark: '–', words: 'not modelled', tone: 'dim' },
  }

const STATUS_WIDTH = 15

function statusLine(status: ConformStatus, name: string, words: string): Line {
  const { mark, words: said, tone } = STATUS[status]
  return [
    span(`${mark} ${said}`.padEnd(STATUS_WIDTH), tone),
    span(name, status === 'not-modelled' ? 'dim' : 'strong'),
    span(`  ${words}`, 'dim'),
  ]
}

const nameOf = ({ report }: Judged): string => `${report.name}/${report.kafka}`

/** A recording agrees when nothing differs but what is explained. */
export const statusOf = ({ report, unexplained }: Judged): ConformStatus =>
  report.status === 'not-modelled' ? 'not-modelled' : unexplained.length > 0 ? 'differing' : 'agreed'

/** The one line of a recording. */
export function recordingLine(judged: Judged): Line {
  const { report, unexplained, explained } = judged
  if (report.status === 'not-modelled')
    return statusLine('not-modelled', nameOf(judged), report.notModelledReason ?? '')
  const parts = [`${report.compared} compared`]
  if (unexplained.length > 0) parts.push(plural(unexplained.length, 'difference'))
  if (explained.length > 0) parts.push(`${explained.length} explained`)
  if (report.notReached > 0) parts.push(`${plural(report.notReached, 'point')} not reached`)
  if (report.pins.length > 0) parts.push(plural(report.pins.length, 'pin'))
  const unknown = Object.keys(report.unknownSaw).sort()
  if (unknown.length > 0)
    parts.push(`not known: ${unknown.map((word) => `${word} ${report.unknownSaw[word]}×`).join(', ')}`)
  return statusLine(statusOf(judged), nameOf(judged), parts.join(', '))
}

export function vectorLine(report: VectorReport): Line {
  const words =
    report.status === 'not-modelled'
      ? (report.notModelledReason ?? '')
      : `${report.compared} compared${report.differences.length === 0 ? '' : `, ${plural(report.differences.length, 'difference')}`}`
  return statusLine(report.status, `vectors/${report.name}`, words)
}

export function differenceTable(differences: readonly (Difference & { readonly reason?: string })[]): Block {
  const withReason = differences.some(({ reason }) => reason !== undefined)
  const columns: Column[] = [
    { title: 'label', align: 'left', keep: 6, wrapsTo: 12 },
    { title: 'field', align: 'left', keep: 7, wrapsTo: 10 },
    { title: 'recorded', align: 'left', keep: 8, wrapsTo: 12 },
    { title: 'ours', align: 'left', keep: 9, wrapsTo: 12 },
    ...(withReason ? [{ title: 'why', align: 'left' as const, keep: 5, wrapsTo: 14 }] : []),
  ]
  const rows = differences.map(({ label, field, recorded, ours, reason }): Line[] => [
    line(label),
    line(field),
    line(recorded, 'good'),
    line(ours, 'bad'),
    ...(withReason ? [line(reason ?? '', 'dim')] : []),
  ])
  return table(columns, rows)
}

/** The pinned draws; those of one reason are one paragraph. */
function pinBlocks(pins: readonly PinNote[]): Block[] {
  const reasons = [...new Set(pins.map(({ why }) => why))]
  return reasons.map((why) => {
    const draws = pins
      .filter((pin) => pin.why === why)
      .map(({ stream, index, value }) => `${stream}#${index} = ${value}`)
    return paragraph([span(`pinned, as ${why}: `, 'dim'), span(draws.join(', '), 'dim')], 2, 4)
  })
}

/** What differs in one recording, what of it is explained, and the pins. */
export function recordingDetails({ report, unexplained, explained }: Judged, withPins: boolean): Document {
  return [
    ...(unexplained.length > 0 ? [differenceTable(unexplained)] : []),
    ...(explained.length > 0 ? [paragraph([span('explained:', 'dim')], 2), differenceTable(explained)] : []),
    ...(withPins ? pinBlocks(report.pins) : []),
  ]
}

/** The counts at the end. */
export function conformSummary(judgement: Judgement, vectors: readonly VectorReport[], pins: boolean): Document {
  const { agreed, differing, notModelled, explainedOnly, outdated, unknownSaw } = judgement
  const blocks: Block[] = [GAP]
  for (const entry of outdated) {
    blocks.push(
      paragraph(
        [
          span('✗ explained but no longer there: ', 'bad'),
          span(`${entry.recording}, ${entry.label}, ${entry.field} (${entry.reason})`),
        ],
        0,
        2,
      ),
    )
  }
  const unknown = Object.keys(unknownSaw).sort()
  if (unknown.length > 0) {
    blocks.push(
      paragraph(
        [
          span(
            `seen but not known, so not compared: ${unknown.map((word) => `${word} ${unknownSaw[word]}×`).join(', ')}`,
            'dim',
          ),
        ],
        0,
        2,
      ),
    )
  }
  const count = (value: number, words: string, tone: Tone): Line => [
    span(`${value} ${words}`, value === 0 ? 'dim' : tone),
  ]
  const explained = explainedOnly === 0 ? '' : ` (${explainedOnly} but for what is explained)`
  const total = judgement.recordings.length
  if (total > 0) {
    blocks.push(
      paragraph([
        span(`${plural(total, 'recording')}${pins ? '' : ' without pins'}: `, 'strong'),
        ...count(agreed, `agreed${explained}`, 'good'),
        span(', '),
        ...count(differing, 'differing', 'bad'),
        span(', '),
        ...count(notModelled, 'not modelled', 'plain'),
      ]),
    )
  }
  if (vectors.length > 0) {
    const of = (status: VectorReport['status']): number => vectors.filter((report) => report.status === status).length
    blocks.push(
      paragraph([
        span(`${plural(vectors.length, 'file')} of vectors: `, 'strong'),
        ...count(of('agreed'), 'agreed', 'good'),
        span(', '),
        ...count(of('differing'), 'differing', 'bad'),
        span(', '),
        ...count(of('not-modelled'), 'not modelled', 'plain'),
      ]),
    )
  }
  return blocks
}
