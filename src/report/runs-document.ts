/** Several runs beside each other: a column a version, a summary of seeds, a line each. */
import { formatDuration } from '../kernel/time.ts'
import type { Block, Column, Document, Line, Tone } from './document.ts'
import { GAP, heading, line, paragraph, span, table, verbatim, widthOf } from './document.ts'
import { outcomeLine, outcomeWords, propertyBlocks, titleLine } from './run-document.ts'
import type { RunOutcome, RunView, VerdictView } from './run-view.ts'
import { plural } from './words.ts'

/** In the order in which they are summed up: the worst last. */
const ORDER: readonly RunOutcome[] = [
  'held',
  'expected',
  'known-hole',
  'stopped',
  'interrupted',
  'limit-reached',
  'step-not-reached',
  'expectation-missed',
  'violated',
]

const FIGURES: readonly {
  readonly title: string
  readonly of: (view: RunView) => number
  readonly bad: Tone
  readonly time?: true
}[] = [
  { title: 'sent', of: (view) => view.counted.sent, bad: 'plain' },
  { title: 'acked', of: (view) => view.counted.acked, bad: 'plain' },
  { title: 'failed', of: (view) => view.counted.failed, bad: 'warn' },
  { title: 'unknown', of: (view) => view.counted.unknown, bad: 'warn' },
  { title: 'lost', of: (view) => view.counted.lost, bad: 'bad' },
  { title: 'ever missing', of: (view) => view.counted.everMissing, bad: 'warn' },
  { title: 'duplicated', of: (view) => view.counted.duplicated, bad: 'warn' },
  { title: 'redelivered', of: (view) => view.counted.redelivered, bad: 'plain' },
  { title: 'longest wait', of: (view) => view.counted.longestUnavailableUs, bad: 'plain', time: true },
]

type Figure = (typeof FIGURES)[number]

const printed = (figure: Figure, value: number): string =>
  figure.time === true ? formatDuration(value) : String(value)

/** One value, or the least and the most of several. */
function figureCell(figure: Figure, views: readonly RunView[]): Line {
  const values = views.map(figure.of).sort((a, b) => a - b)
  const least = values[0] ?? 0
  const most = values.at(-1) ?? 0
  const text = least === most ? printed(figure, least) : `${printed(figure, least)} to ${printed(figure, most)}`
  return line(text, most === 0 ? 'dim' : figure.bad)
}

/** One outcome, or how many had which. */
function outcomeCell(views: readonly RunView[]): Line {
  if (views.length === 1) return outcomeLine(views[0]!.outcome)
  const cell = ORDER.flatMap((outcome) => {
    const count = views.filter((view) => view.outcome === outcome).length
    return count === 0 ? [] : [span(`${count} `), ...outcomeLine(outcome), span(' ')]
  })
  return cell
}

const VERDICT_CELLS: Readonly<Record<VerdictView['outcome'], readonly [string, Tone]>> = {
  held: ['✓ held', 'good'],
  'expected-violation': ['✓ broken, expected', 'good'],
  allowed: ['○ broken, allowed', 'warn'],
  'known-hole': ['○ known hole', 'warn'],
  'expectation-missed': ['✗ missed', 'bad'],
  violated: ['✗ BROKEN', 'bad'],
}

function verdictCell(name: string, views: readonly RunView[]): Line {
  const verdicts = views
    .map((view) => view.verdicts.find((verdict) => verdict.name === name))
    .filter((it) => it !== undefined)
  const judged = verdicts.filter((verdict) => verdict.judged)
  if (judged.length === 0) return line('–', 'dim')
  const worst = judged.find(({ fails }) => fails) ?? judged.find(({ held }) => !held) ?? judged[0]!
  const [words, tone] = VERDICT_CELLS[worst.outcome]
  const count = judged.filter(({ outcome }) => outcome === worst.outcome).length
  return line(views.length === 1 || worst.held ? words : `${words} ${count}/${views.length}`, tone)
}

interface VersionColumn {
  readonly title: string
  readonly views: readonly RunView[]
}

/** Properties that some run broke or a scenario speaks of, in their order. */
function notableProperties(views: readonly RunView[]): string[] {
  const notable = new Set(
    views.flatMap((view) =>
      view.verdicts.filter((it) => !it.held || it.fails || it.expected !== null).map(({ name }) => name),
    ),
  )
  return (views[0]?.verdicts ?? []).map(({ name }) => name).filter((name) => notable.has(name))
}

/** A row of the table of versions: what it is of, and a cell a version. */
interface VersionRow {
  readonly label: Line
  readonly cells: readonly Line[]
}

const INDENT = 2
/** Between two columns. */
const BETWEEN = 2

const widest = (lines: readonly Line[]): number => Math.max(...lines.map(widthOf))

/** Indexes of the columns that fit beside each other; those that do not follow in a table below. */
function tablesOf(titles: readonly Line[], rows: readonly VersionRow[], width: number): number[][] {
  const labels = INDENT + widest(rows.map(({ label }) => label))
  const tables: number[][] = []
  let left = 0
  for (const [index, title] of titles.entries()) {
    const needed = BETWEEN + widest([title, ...rows.map(({ cells }) => cells[index]!)])
    if (tables.length === 0 || needed > left) {
      tables.push([])
      left = width - labels
    }
    tables.at(-1)!.push(index)
    left -= needed
  }
  return tables
}

/** What is zero everywhere and would only be worth a row if it were not. */
const QUIET_FIGURES = ['ever missing', 'duplicated', 'redelivered']

const shownFigures = (views: readonly RunView[]): Figure[] =>
  FIGURES.filter((figure) => !QUIET_FIGURES.includes(figure.title) || views.some((view) => figure.of(view) > 0))

/** A column a version, a row a figure. */
export function versionBlocks(columns: readonly VersionColumn[], width: number): Block[] {
  const views = columns.flatMap((column) => column.views)
  const row = (label: string, cell: (of: readonly RunView[]) => Line): VersionRow => ({
    label: line(label),
    cells: columns.map((column) => cell(column.views)),
  })
  const rows = [
    row('outcome', outcomeCell),
    ...shownFigures(views).map((figure) => row(figure.title, (of) => figureCell(figure, of))),
    ...notableProperties(views).map((name) => row(name, (of) => verdictCell(name, of))),
  ]
  const titles = columns.map(({ title }) => line(title))
  return tablesOf(titles, rows, width).flatMap((part, index) => {
    const headings: Column[] = [
      { title: 'Kafka', align: 'left', keep: 9, wrapsTo: 12 },
      ...part.map((at): Column => ({ title: columns[at]!.title, align: 'left', keep: 8, wrapsTo: 9 })),
    ]
    const shown = table(
      headings,
      rows.map(({ label, cells }) => [label, ...part.map((at) => cells[at]!)]),
    )
    return index === 0 ? [shown] : [GAP, shown]
  })
}

const MOST_SEEDS = 12

/** How many seeds came out how, and the figures over all of them. */
export function seedBlocks(views: readonly RunView[]): Block[] {
  const rows = ORDER.flatMap((outcome): Line[][] => {
    const of = views.filter((view) => view.outcome === outcome)
    if (of.length === 0) return []
    const seeds = of.slice(0, MOST_SEEDS).map(({ seed }) => seed)
    const more = of.length > MOST_SEEDS ? `, … ${of.length - MOST_SEEDS} more` : ''
    return [[outcomeLine(outcome), line(String(of.length)), line(seeds.join(', ') + more, 'dim')]]
  })
  const outcomes = table(
    [
      { title: 'Outcome', align: 'left', keep: 9 },
      { title: 'runs', align: 'right', keep: 8 },
      { title: 'seeds', align: 'left', keep: 1, wrapsTo: 20 },
    ],
    rows,
  )
  const numbers = { align: 'right' as const, keep: 5 }
  const figures = table(
    [
      { title: 'Over all seeds', align: 'left', keep: 9 },
      { title: 'least', ...numbers },
      { title: 'median', ...numbers },
      { title: 'most', ...numbers },
    ],
    shownFigures(views).map((figure) => {
      const values = views.map(figure.of).sort((a, b) => a - b)
      const at = (index: number): Line =>
        line(printed(figure, values[index] ?? 0), (values[index] ?? 0) === 0 ? 'dim' : figure.bad)
      return [line(figure.title), at(0), at((values.length - 1) >> 1), at(values.length - 1)]
    }),
  )
  const histories = new Set(views.map(({ history }) => history)).size
  return [
    outcomes,
    GAP,
    figures,
    paragraph([
      span(
        `${plural(histories, 'different history', 'different histories')} in ${plural(views.length, 'run')}.`,
        'dim',
      ),
    ]),
  ]
}

/** What went wrong in one run of many, with the command that repeats it. */
function failureBlocks(view: RunView): Block[] {
  const failing = { ...view, verdicts: view.verdicts.filter(({ fails }) => fails) }
  const evidence = failing.verdicts.length === 0 ? [] : propertyBlocks(failing).slice(1)
  const where =
    view.notReached === null
      ? []
      : [
          paragraph(
            `step ${view.notReached.step}${view.notReached.source === null ? '' : ` (${view.notReached.source})`}: ${view.notReached.text}`,
            4,
          ),
        ]
  return [
    GAP,
    paragraph(
      [
        ...outcomeLine(view.outcome),
        span(`  ${view.scenario ?? view.title}`, 'strong'),
        span(`  Kafka ${view.kafka}, seed ${view.seed}`, 'dim'),
        span(`: ${outcomeWords(view)}`),
      ],
      0,
      2,
    ),
    ...where,
    ...evidence,
    ...(view.repeat === '' ? [] : [verbatim([[span('repeat ', 'dim'), span(view.repeat)]], 2)]),
  ]
}

/** More failures than these are counted only. */
const MOST_FAILURES = 20

export function failuresDocument(views: readonly RunView[]): Document {
  const failed = views.filter((view) => view.failed)
  const shown = failed.slice(0, MOST_FAILURES)
  const more = failed.length - shown.length
  return [
    ...shown.flatMap(failureBlocks),
    ...(more > 0 ? [GAP, paragraph(`… and ${plural(more, 'more run')} that failed`)] : []),
  ]
}

/** The last line over several runs: `42 runs: 40 ✓ HELD, 2 ✗ VIOLATED`. */
export function totalsLine(views: readonly RunView[], of: number): Line {
  const parts = ORDER.flatMap((outcome) => {
    const count = views.filter((view) => view.outcome === outcome).length
    return count === 0 ? [] : [[span(`${count} `), ...outcomeLine(outcome)]]
  })
  const joined = parts.flatMap((part, index) => (index === 0 ? part : [span(', '), ...part]))
  const lacking = of - views.length
  return [
    span(`${plural(views.length, 'run')}: `, 'strong'),
    ...joined,
    ...(lacking > 0 ? [span(`; ${lacking} not done`, 'warn')] : []),
  ]
}

/**
 * Why what broke in some version is no failure there: a line for each version and reason, with the properties that it
 * explains and the KIP or issue it is known by.
 */
export function holeBlocks(columns: readonly VersionColumn[]): Block[] {
  const blocks = columns.flatMap(({ title, views }): Block[] => {
    const reasons = new Map<string, { readonly names: Set<string>; readonly because: Line }>()
    for (const { outcome, name, because, knownHole } of views.flatMap(({ verdicts }) => verdicts)) {
      if (outcome !== 'known-hole') continue
      const reason = because ?? 'explained by'
      const issue = knownHole ?? 'no issue names it'
      const known = reasons.get(`${reason} ${issue}`)
      if (known !== undefined) known.names.add(name)
      else
        reasons.set(`${reason} ${issue}`, {
          names: new Set([name]),
          because: [span(`${reason}: `, 'dim'), span(issue, 'warn')],
        })
    }
    return [...reasons.values()].map(({ names, because }) =>
      paragraph([span('○ ', 'warn'), span(title, 'strong'), span(`  ${[...names].join(', ')}: `), ...because], 2, 4),
    )
  })
  return blocks.length === 0 ? [] : [heading('Known holes: broken where that version does not promise it'), ...blocks]
}

/** What each version came to in a sentence, where it was run once. */
export const outcomeBlocks = (columns: readonly VersionColumn[]): Block[] =>
  columns.flatMap(({ title, views: [view, ...more] }) =>
    view === undefined || more.length > 0
      ? []
      : [
          paragraph(
            [span(`${title}: `, 'strong'), ...outcomeLine(view.outcome), span(`: ${outcomeWords(view)}`)],
            0,
            2,
          ),
        ],
  )

export const storyHeading = (view: RunView): Block => paragraph(titleLine(view))
