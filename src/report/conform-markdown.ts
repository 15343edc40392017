/** Recordings beside ours as a published page: what agrees, by recording and version, and everything that does not. */
import type { Judged, Judgement } from '../conform/known.ts'
import type { VectorReport } from '../conform/vectors/vectors.ts'
import { compareReleases, parseRelease } from '../kafka/generation/table.ts'
import { statusOf } from './conform-document.ts'
import { cellOf } from './museum-markdown.ts'
import { plural } from './words.ts'

interface ConformPage {
  readonly judgement: Judgement
  readonly vectors: readonly VectorReport[]
  /** The command that makes it again. */
  readonly command: string
  /** Version of the program. */
  readonly highwater: string
  readonly pins: boolean
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
const head = (titles: readonly string[]): string[] => [row(titles), row(titles.map(() => '---'))]

function byRelease(a: string, b: string): number {
  const [left, right] = [parseRelease(a), parseRelease(b)]
  if (left === null || right === null) return a < b ? -1 : 1
  return Number(left.kraft) - Number(right.kraft) || compareReleases(left, right)
}

function cell(judged: Judged | undefined): string {
  if (judged === undefined) return ''
  const { report, unexplained, explained } = judged
  if (statusOf(judged) === 'not-modelled') return '– not modelled'
  const pins = report.pins.length === 0 ? '' : `, ${plural(report.pins.length, 'pin')}`
  const known = explained.length === 0 ? '' : `, ${explained.length} explained`
  if (unexplained.length > 0) return `✗ ${unexplained.length} of ${report.compared} differ${known}${pins}`
  return `✓ ${report.compared}${known}${pins}`
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, '', ...lines, '']
}

const nameOf = ({ report }: Judged): string => `${report.name}/${report.kafka}`

export function conformMarkdown({ judgement, vectors, command, highwater, pins }: ConformPage): string {
  const { recordings, agreed, differing, notModelled, explainedOnly } = judgement
  const names = [...new Set(recordings.map(({ report }) => report.name))].sort()
  const versions = [...new Set(recordings.map(({ report }) => report.kafka))].sort(byRelease)
  const find = (name: string, version: string): Judged | undefined =>
    recordings.find(({ report }) => report.name === name && report.kafka === version)
  const pinned = recordings.filter(({ report }) => report.pins.length > 0)
  const pinCount = pinned.reduce((sum, { report }) => sum + report.pins.length, 0)
  const explained = recordings.flatMap((judged) =>
    judged.explained.map((each) =>
      row([nameOf(judged), each.label, each.field, each.recorded, each.ours, each.reason].map(cellOf)),
    ),
  )
  const open = recordings.flatMap((judged) =>
    judged.unexplained.map((each) =>
      row([nameOf(judged), each.label, each.field, each.recorded, each.ours].map(cellOf)),
    ),
  )
  const reasons = new Map<string, string[]>()
  for (const judged of recordings) {
    const reason = judged.report.status === 'not-modelled' ? (judged.report.notModelledReason ?? '') : null
    if (reason !== null) reasons.set(reason, [...(reasons.get(reason) ?? []), nameOf(judged)])
  }
  const lines = [
    '# Conformance with real brokers',
    '',
    'Recordings of unmodified Kafka clusters are replayed in the simulator; every state, log, answer and request that a recording shows is compared.',
    `Made by \`${command}\`, highwater ${highwater}${pins ? '' : ', without pins'}. A replay draws from the seed \`conform\`.`,
    '',
    `${plural(recordings.length, 'recording')}: ${agreed} agreed${explainedOnly === 0 ? '' : ` (${explainedOnly} but for what is explained)`}, ${differing} differing, ${notModelled} not modelled.`,
    `${plural(pinCount, 'draw')} pinned in ${plural(pinned.length, 'recording')}: a pin chooses one of several legal outcomes of a race, so that it comes out as recorded.`,
    '',
    'A cell says how many comparisons agreed, and how many draws were pinned for it.',
    '',
    ...head(['recording', ...versions]),
    ...names.map((name) => row([name, ...versions.map((version) => cell(find(name, version)))])),
    '',
    ...section(
      'Differences',
      open.length === 0 ? [] : [...head(['recording', 'label', 'field', 'recorded', 'ours']), ...open],
    ),
    ...section(
      'Explained differences',
      explained.length === 0
        ? ['There is none.']
        : [...head(['recording', 'label', 'field', 'recorded', 'ours', 'why that is right']), ...explained],
    ),
    ...section(
      'Not modelled',
      [...reasons].sort(([a], [b]) => (a < b ? -1 : 1)).map(([reason, of]) => `- ${cellOf(reason)}: ${of.join(', ')}`),
    ),
    ...section(
      'Vectors of real classes',
      vectors.length === 0
        ? []
        : [
            ...head(['file', 'status', 'compared']),
            ...vectors.map(({ name, status, compared, differences, notModelledReason }) =>
              row([
                name,
                status === 'agreed'
                  ? '✓ agreed'
                  : status === 'differing'
                    ? `✗ ${differences.length} differ`
                    : `– ${cellOf(notModelledReason ?? '')}`,
                status === 'not-modelled' ? '' : String(compared),
              ]),
            ),
          ],
    ),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}
