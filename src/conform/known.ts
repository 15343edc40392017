/** Differences that are explained: `known.yaml` as plain data, held against what differs. */
import type { Difference } from './check.ts'
import type { RecordingReport } from './compare.ts'

export interface KnownDifference {
  /** `name/version`, as in leader-crash/2.4.1. */
  readonly recording: string
  readonly label: string
  readonly field: string
  /** Why it is right that they differ. */
  readonly reason: string
}

type ParsedKnown =
  | { readonly ok: true; readonly known: readonly KnownDifference[] }
  | { readonly ok: false; readonly problems: readonly string[] }

const FIELDS = ['recording', 'label', 'field', 'reason'] as const

/** Reads the list. Every entry needs all four fields as text; all mistakes are told. */
export function parseKnown(data: unknown): ParsedKnown {
  if (data === null || data === undefined) return { ok: true, known: [] }
  if (!Array.isArray(data)) return { ok: false, problems: ['expected a list of entries'] }
  const problems: string[] = []
  data.forEach((entry: unknown, index) => {
    for (const field of FIELDS) {
      const value = (entry as Record<string, unknown> | null)?.[field]
      if (typeof value !== 'string' || value === '') problems.push(`entry ${index + 1}: "${field}" must be a text`)
    }
  })
  return problems.length > 0 ? { ok: false, problems } : { ok: true, known: data as KnownDifference[] }
}

export interface Judged {
  readonly report: RecordingReport
  /** Differences that nobody has explained. */
  readonly unexplained: readonly Difference[]
  readonly explained: readonly (Difference & { readonly reason: string })[]
}

export interface Judgement {
  readonly recordings: readonly Judged[]
  /** Entries of a recording that was run whose difference is not there: they fail like a difference. */
  readonly outdated: readonly KnownDifference[]
  readonly agreed: number
  readonly differing: number
  readonly notModelled: number
  /** Recordings that differ only in what is explained: they count as agreed. */
  readonly explainedOnly: number
  readonly unknownSaw: Readonly<Record<string, number>>
  readonly holds: boolean
}

export const nameOf = (report: { readonly name: string; readonly kafka: string }): string =>
  `${report.name}/${report.kafka}`

/** Sets explained differences apart and finds entries that explain nothing any more. */
export function judge(reports: readonly RecordingReport[], known: readonly KnownDifference[]): Judgement {
  const recordings = reports.map((report): Judged => {
    const mine = known.filter((entry) => entry.recording === nameOf(report))
    const reasonOf = (difference: Difference): string | undefined =>
      mine.find((entry) => explains(entry, difference))?.reason
    const explained = report.differences.flatMap((difference) => {
      const reason = reasonOf(difference)
      return reason === undefined ? [] : [{ ...difference, reason }]
    })
    return {
      report,
      explained,
      unexplained: report.differences.filter((difference) => reasonOf(difference) === undefined),
    }
  })
  const modelled = recordings.filter(({ report }) => report.status !== 'not-modelled')
  const outdated = known.filter((entry) => {
    const ran = recordings.find(({ report }) => nameOf(report) === entry.recording)
    return ran !== undefined && !ran.report.differences.some((difference) => explains(entry, difference))
  })
  const unknownSaw: Record<string, number> = {}
  for (const { report } of recordings) {
    for (const word of Object.keys(report.unknownSaw))
      unknownSaw[word] = (unknownSaw[word] ?? 0) + report.unknownSaw[word]!
  }
  const differing = modelled.filter(({ unexplained }) => unexplained.length > 0).length
  return {
    recordings,
    outdated,
    agreed: modelled.length - differing,
    differing,
    notModelled: recordings.length - modelled.length,
    explainedOnly: modelled.filter(({ unexplained, explained }) => unexplained.length === 0 && explained.length > 0)
      .length,
    unknownSaw,
    holds: differing === 0 && outdated.length === 0,
  }
}

const explains = (entry: KnownDifference, difference: Difference): boolean =>
  entry.label === difference.label && entry.field === difference.field
