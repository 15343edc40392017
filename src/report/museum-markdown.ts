/** The museum as Markdown: one wide table, and under each incident why each generation came to what it did. */
import type { Exhibit, Museum, MuseumCell, MuseumVerdict } from './museum.ts'
import {
  affectedWords,
  countWords,
  EVIDENCE_WORDS,
  issueLink,
  madeBy,
  rangesOf,
  VERDICT_WORDS,
  verdictWords,
} from './museum-words.ts'

/** Text as Markdown that means itself, on one line: also in a table cell. */
export const cellOf = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(/[\\|*_`[\]]/g, (character) => `\\${character}`)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

const headOf = (titles: readonly string[]): string[] => [row(titles), row(titles.map(() => '---'))]

const verdictText = (cell: MuseumCell): string => `${verdictWords(cell)}${cell.agrees ? '' : ' **(disagrees)**'}`

const evidenceText = (cells: readonly MuseumCell[], folder: string): string => {
  const { glyph, words } = EVIDENCE_WORDS[cells[0]!.evidence]
  const recordings = cells.flatMap((cell) => cell.recordings)
  const links = recordings.map((name) => `[${name}](${folder}/${name}.json)`)
  return `${glyph} ${words}${links.length === 0 ? '' : `: ${links.join(', ')}`}`
}

const isAlike = (a: MuseumCell, b: MuseumCell): boolean =>
  verdictWords(a) === verdictWords(b) && a.reason === b.reason && a.agrees === b.agrees && a.evidence === b.evidence

function exhibitLines(exhibit: Exhibit, folder: string): string[] {
  const issues = exhibit.jira.map((jira) => `[${jira}](${issueLink(jira)})`)
  const about = [...(exhibit.kip === null ? [] : [exhibit.kip]), ...issues, cellOf(affectedWords(exhibit))]
  return [
    `## ${cellOf(exhibit.title)}`,
    '',
    `[${exhibit.scenario}](${exhibit.link}) · ${about.join(' · ')}`,
    '',
    ...headOf(['generations', 'verdict', 'why', 'known from']),
    ...rangesOf(exhibit.cells, isAlike).map(({ generations, cells }) => {
      const cell = cells[0]!
      const why = cell.disagreement === null ? cell.reason : `${cell.reason} — expected otherwise: ${cell.disagreement}`
      const known = cell.verdict === 'not-applicable' ? '' : evidenceText(cells, folder)
      return row([generations, verdictText(cell), cellOf(why), known])
    }),
    '',
  ]
}

/** `recordings` is the folder of recordings as a link from the report. */
export function museumMarkdown(museum: Museum, { recordings }: { readonly recordings: string }): string {
  const used = new Set(museum.exhibits.flatMap(({ cells }) => cells.flatMap(({ verdict, also }) => [verdict, ...also])))
  const key = (Object.keys(VERDICT_WORDS) as MuseumVerdict[])
    .filter((verdict) => used.has(verdict))
    .map(
      (verdict) => `${VERDICT_WORDS[verdict].glyph} ${VERDICT_WORDS[verdict].word}: ${VERDICT_WORDS[verdict].meaning}`,
    )
  const lines = [
    '# The museum of incidents',
    '',
    'Each row is an incident of Kafka’s history, told by a scenario; each column is a generation of brokers under the same scenario and seed.',
    '',
    madeBy(museum),
    '',
    `${countWords(museum)}.`,
    '',
    `${key.join('; ')}.`,
    `Known from: ${Object.values(EVIDENCE_WORDS)
      .map(({ glyph, words }) => `${glyph} ${words}`)
      .join(', ')}.`,
    '',
    ...headOf(['incident', ...museum.generations]),
    ...museum.exhibits.map(({ title, link, cells }) =>
      row([
        `[${cellOf(title)}](${link})`,
        ...cells.map((cell) =>
          `${verdictText(cell)} ${cell.verdict === 'not-applicable' ? '' : EVIDENCE_WORDS[cell.evidence].glyph}`.trim(),
        ),
      ]),
    ),
    '',
    ...museum.exhibits.flatMap((exhibit) => exhibitLines(exhibit, recordings)),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}
